package org.mdlc.compiler.keras;

import java.util.List;

/**
 * A model of Keras in mdl.
 *
 * @param name of the model
 * @param text the file, without the import of its weights
 * @param weights which dataset of {@code model.weights.h5} is which weight
 */
public record ImportedModel(String name, String text, List<WeightPlace> weights) {
  public ImportedModel {
    weights = List.copyOf(weights);
  }

  /**
   * A weight and where Keras keeps it.
   *
   * @param path in mdl, such as {@code encoder/dense/kernel}
   * @param shape its sizes
   * @param dataset in Keras's file, such as {@code layers/sequential/layers/dense/vars/0}
   */
  public record WeightPlace(String path, List<Integer> shape, String dataset) {
    public WeightPlace {
      shape = List.copyOf(shape);
    }
  }
}
