package org.mdlc.junit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.mdlc.runtime.Model;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.HostTensor;

/** Models of tests are compiled, seeded and closed. */
@MdlTest
final class ModelsTest {
  private static final String SUMS =
      "model Sums(width: int) { input x: f32[width]  output y = x |> Dense(1) }";
  private static final List<Model> GIVEN = new ArrayList<>();

  @Test
  void predicts(
      @MdlModel(text = SUMS, set = "width = 3") Model model,
      @MdlModel(text = SUMS, set = "width = 3") Model same,
      @MdlModel(text = SUMS, set = "width = 3", seed = 43) Model other) {
    var x = ArrayDataset.of("x", HostTensor.of(new float[] {1, 2, 3}, 1, 3));
    assertThat(model.predict(x).get("y")).isEqualTo(same.predict(x).get("y"));
    assertThat(model.predict(x).get("y")).isNotEqualTo(other.predict(x).get("y"));
    GIVEN.add(model);
    GIVEN.add(other);
  }

  @AfterAll
  static void areClosedAfterTheTest() {
    assertThat(GIVEN).hasSize(2).allMatch(model -> !model.variables().segment().scope().isAlive());
  }
}
