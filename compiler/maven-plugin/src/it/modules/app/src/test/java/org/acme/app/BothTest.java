package org.acme.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.acme.tabular.Line;
import org.acme.vision.Dots;
import org.junit.jupiter.api.Test;
import org.mdlc.runtime.Verbosity;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.HostTensor;

class BothTest {
  @Test
  void usesTheModelsOfBothModules() {
    var points =
        ArrayDataset.of(
            Map.of(
                "x", HostTensor.of(new float[][] {{0}, {1}}),
                "y", HostTensor.of(new float[][] {{1}, {3}})));
    try (var dots = Dots.create(1);
        var line = Line.create()) {
      var image = ArrayDataset.of("image", HostTensor.of(new float[16], 1, 4, 4, 1));
      assertEquals(1, dots.predict(image).rows());
      line.fit(points, line.defaults().verbose(Verbosity.SILENT));
      assertEquals(0, line.evaluate(points).require("loss"), 1e-3);
    }
  }

  @Test
  void hasItsOwnFlagsToo() {
    assertEquals("seen", System.getProperty("app.flag"));
  }
}
