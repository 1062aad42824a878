package org.acme;

import java.util.Map;
import org.mdlc.runtime.Verbosity;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.HostTensor;

/** Trains the generated class {@link Xor}. */
public final class Parity {
  private Parity() {}

  /** The loss after training on all four cases. */
  public static double train() {
    var cases =
        ArrayDataset.of(
            Map.of(
                "bits", HostTensor.of(new float[][] {{0, 0}, {0, 1}, {1, 0}, {1, 1}}),
                "odd", HostTensor.of(new float[][] {{0}, {1}, {1}, {0}})));
    try (var model = Xor.create()) {
      model.fit(cases, model.defaults().verbose(Verbosity.SILENT));
      return model.evaluate(cases).require("loss");
    }
  }
}
