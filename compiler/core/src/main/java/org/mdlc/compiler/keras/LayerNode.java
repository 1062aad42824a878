package org.mdlc.compiler.keras;

import java.util.List;

/**
 * A layer with the layers inside it, as far as Keras's names of weights depend on it.
 *
 * @param className what Keras calls it, such as {@code Bidirectional}
 * @param name its name in the paths of weights in mdl, below the layer around it
 * @param inner of a model its layers in Keras's order; of a wrapper what it wraps, of a recurrent
 *     layer its cells
 */
record LayerNode(String className, String name, List<LayerNode> inner) {
  LayerNode {
    inner = List.copyOf(inner);
  }

  boolean isModel() {
    return className.equals("Functional")
        || className.equals("Sequential")
        || className.equals("Model");
  }
}
