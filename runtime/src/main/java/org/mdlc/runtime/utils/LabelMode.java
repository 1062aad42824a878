package org.mdlc.runtime.utils;

import java.util.List;
import org.mdlc.runtime.data.DType;
import org.mdlc.runtime.data.DataSpec;
import org.mdlc.runtime.data.HostTensor;

/** How class numbers stand in a data set; Keras's {@code label_mode}. */
public enum LabelMode {
  /** The number, i32 []. */
  INT,
  /** 0 or 1, f32 [1]; there are two classes. */
  BINARY,
  /** One-hot, f32 [classes]. */
  CATEGORICAL,
  /** No labels. */
  NONE;

  DataSpec.Column column(String name, int classes) {
    return switch (this) {
      case INT -> DataSpec.Column.of(name, DType.I32);
      case BINARY -> DataSpec.Column.of(name, DType.F32, 1);
      case CATEGORICAL -> DataSpec.Column.of(name, DType.F32, classes);
      case NONE -> throw new IllegalStateException("there are no labels");
    };
  }

  /** One row. */
  HostTensor row(int label, List<String> classNames) {
    return switch (this) {
      case INT -> HostTensor.of(new int[] {label}, 1);
      case BINARY -> HostTensor.of(new float[] {label}, 1, 1);
      case CATEGORICAL -> {
        float[] oneHot = new float[classNames.size()];
        if (label >= 0 && label < oneHot.length) { // else a row of zeros, as in Keras
          oneHot[label] = 1;
        }
        yield HostTensor.of(oneHot, 1, oneHot.length);
      }
      case NONE -> throw new IllegalStateException("there are no labels");
    };
  }
}
