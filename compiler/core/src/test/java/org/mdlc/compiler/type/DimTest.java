package org.mdlc.compiler.type;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DimTest {
  private static final Dim T = Dim.symbol("T");

  @Test
  void equalPolynomialsAreEqual() {
    assertThat(T.plus(1).times(T.plus(1))).isEqualTo(T.times(T).plus(T.times(2)).plus(1));
    assertThat(T.minus(T)).isEqualTo(Dim.ZERO);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "784",
        "-3",
        "batch",
        "64*T",
        "T*batch",
        "-T+2*T*T+7",
        "floor((T+1)/2)-1",
        "3*floor((2*T+1)/4)"
      })
  void textParsesBack(String text) {
    assertThat(DimParser.parse(text)).hasToString(text);
    assertThat(DimParser.parse(DimParser.parse(text).toString())).isEqualTo(DimParser.parse(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "*", "2**3", "floor(T/2)", "T)"})
  void badTextIsNamed(String text) {
    assertThatThrownBy(() -> DimParser.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("dimension");
  }

  @ParameterizedTest
  @CsvSource({"7,2", "-7,2", "0,5", "12,4", "13,4"})
  void divisionAgreesWithWholeNumbers(long t, long divisor) {
    var numerator = T.times(3).plus(5);
    assertThat(numerator.floorDiv(divisor).bind(Map.of("T", t)).value())
        .isEqualTo(Math.floorDiv(3 * t + 5, divisor));
    assertThat(numerator.ceilDiv(divisor).bind(Map.of("T", t)).value())
        .isEqualTo(Math.ceilDiv(3 * t + 5, divisor));
  }

  @Test
  void divisionKeepsWhatDividesOut() {
    assertThat(T.times(64).plus(32).floorDiv(32)).hasToString("2*T+1");
    assertThat(T.times(64).dividedBy(T)).contains(Dim.of(64));
    assertThat(T.plus(1).dividedBy(T)).isEmpty();
  }

  @Test
  void anOpenDimensionIsNoNumber() {
    assertThatThrownBy(T::value)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("T");
    assertThat(Dim.BATCH.times(10).at(32)).isEqualTo(320);
  }
}
