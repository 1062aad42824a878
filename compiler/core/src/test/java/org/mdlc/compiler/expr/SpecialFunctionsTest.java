package org.mdlc.compiler.expr;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** Values of SciPy 1.x in float64. */
final class SpecialFunctionsTest {
  @Test
  void erfIsExactToTheLastDigits() {
    double[][] known = {
      {0.1, 0.1124629160182849},
      {0.5, 0.5204998778130465},
      {1.0, 0.8427007929497148},
      {2.0, 0.9953222650189527},
      {2.499999, 0.9995930458042653},
      {2.5, 0.999593047982555},
      {3.5, 0.9999992569016276},
      {5.0, 0.9999999999984626}
    };
    for (var pair : known) {
      assertEquals(pair[1], SpecialFunctions.erf(pair[0]), 4e-16);
      assertEquals(-pair[1], SpecialFunctions.erf(-pair[0]), 4e-16);
    }
    assertEquals(1, SpecialFunctions.erf(Double.POSITIVE_INFINITY));
    assertEquals(Double.NaN, SpecialFunctions.erf(Double.NaN));
    assertEquals(-0.0, SpecialFunctions.erf(-0.0));
  }

  @Test
  void erfinvIsExactToTheLastDigits() {
    double[][] known = {
      {1e-10, 8.862269254527581e-11},
      {0.1, 0.08885599049425769},
      {0.5, 0.4769362762044699},
      {0.9, 1.1630871536766743},
      {0.99, 1.8213863677184496},
      {0.999999, 3.458910737275499},
      {-0.3, -0.2724627147267544}
    };
    for (var pair : known) {
      // near 1 the last bit of erf moves the result by 1e-16 / slope, which is 7e-6 at 0.999999
      double slope = 2 / Math.sqrt(Math.PI) * Math.exp(-pair[1] * pair[1]);
      assertEquals(pair[1], SpecialFunctions.erfinv(pair[0]), 4e-16 / slope);
    }
    assertEquals(8.862269254527581e-11, SpecialFunctions.erfinv(1e-10), 1e-25);
    assertEquals(Double.POSITIVE_INFINITY, SpecialFunctions.erfinv(1));
    assertEquals(Double.NEGATIVE_INFINITY, SpecialFunctions.erfinv(-1));
    assertEquals(Double.NaN, SpecialFunctions.erfinv(1.5));
  }
}
