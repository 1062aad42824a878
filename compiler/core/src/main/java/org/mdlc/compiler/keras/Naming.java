package org.mdlc.compiler.keras;

import java.util.HashMap;
import java.util.Map;
import org.mdlc.compiler.bind.StandardLibrary;

/**
 * The names that layers side by side have in the paths of their weights: as the binder gives them,
 * in the order in which the text makes the layers.
 */
final class Naming {
  private final Map<String, Integer> counts = new HashMap<>();

  /** The name of the next layer of a class that is given none. */
  String next(String className) {
    var base = StandardLibrary.layerName(className);
    int count = counts.merge(base, 1, Integer::sum) - 1;
    return count == 0 ? base : base + "_" + count;
  }

  /** Notes a name that is given. */
  String take(String name) {
    counts.merge(name, 1, Integer::sum);
    return name;
  }

  /** True for a name that Keras makes up itself, such as {@code dense_7}. */
  static boolean isAutomatic(String name, String className) {
    var base = StandardLibrary.layerName(className);
    return name.equals(base) || name.matches(java.util.regex.Pattern.quote(base) + "_\\d+");
  }
}
