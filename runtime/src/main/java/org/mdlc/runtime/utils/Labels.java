package org.mdlc.runtime.utils;

import java.util.Arrays;
import org.mdlc.runtime.data.DType;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.HostTensor;

/** Class numbers as rows of zeros and ones; Keras's {@code keras.utils.to_categorical}. */
public final class Labels {
  private Labels() {}

  /**
   * One-hot rows, with as many classes as the largest number says.
   *
   * @param labels of any shape, whole numbers (fractions are cut off); a last axis of size 1 is
   *     left out
   * @return f32, the shape of the labels and an axis of classes
   * @throws DataException if there is no label or one is negative
   */
  public static HostTensor toCategorical(HostTensor labels) {
    if (labels.size() == 0) {
      throw new DataException("the number of classes of no labels is unknown: say `numClasses`");
    }
    int largest = 0;
    for (int i = 0; i < labels.size(); i++) {
      largest = Math.max(largest, classOf(labels, i));
    }
    if (largest == Integer.MAX_VALUE) {
      throw new DataException("the labels of " + labels + " need more than 2^31 classes");
    }
    return toCategorical(labels, largest + 1);
  }

  /**
   * One-hot rows. Unlike Keras, a negative label is an error, and does not count from the last
   * class.
   *
   * @param labels of any shape, whole numbers (fractions are cut off); a last axis of size 1 is
   *     left out
   * @param numClasses 0 for as many as the largest label says
   * @return f32, the shape of the labels and an axis of {@code numClasses}
   * @throws DataException if a label is not within 0 and {@code numClasses - 1}, naming it
   */
  public static HostTensor toCategorical(HostTensor labels, int numClasses) {
    if (numClasses < 0) {
      throw new IllegalArgumentException(
          "`numClasses` is at least 1, or 0 for as many as there are, not " + numClasses);
    }
    if (numClasses == 0) {
      return toCategorical(labels);
    }
    int[] shape = labels.shape();
    int rank = shape.length > 1 && shape[shape.length - 1] == 1 ? shape.length - 1 : shape.length;
    int[] oneHot = Arrays.copyOf(shape, rank + 1);
    oneHot[rank] = numClasses;
    HostTensor rows = HostTensor.zeros(DType.F32, oneHot);
    float[] values = rows.floats();
    for (int i = 0; i < labels.size(); i++) {
      int label = classOf(labels, i);
      if (label < 0 || label >= numClasses) {
        throw new DataException(
            "label "
                + label
                + " at element "
                + i
                + " of "
                + labels
                + " is no class: there are "
                + numClasses
                + ", from 0 on");
      }
      values[i * numClasses + label] = 1;
    }
    return rows;
  }

  private static int classOf(HostTensor labels, int element) {
    double label = labels.get(element);
    if (Double.isNaN(label)) {
      throw new DataException("element " + element + " of " + labels + " is NaN and no class");
    }
    return (int) label;
  }
}
