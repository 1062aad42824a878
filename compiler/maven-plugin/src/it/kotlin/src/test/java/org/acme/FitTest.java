package org.acme;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class FitTest {
  @Test
  void kotlinTrains() {
    assertEquals(0, FitKt.lossOfLine(), 1e-3);
  }
}
