package org.acme;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.HostTensor;

class ModelsTest {
  @Test
  void learnsParity() {
    assertTrue(Parity.train() < 0.1);
  }

  @Test
  void sharedLayersGiveThreeNumbers() {
    try (var probe = Probe.create(7)) {
      var x = ArrayDataset.of("x", HostTensor.of(new float[10], 2, 5));
      assertEquals(2, probe.predict(x).rows());
    }
  }
}
