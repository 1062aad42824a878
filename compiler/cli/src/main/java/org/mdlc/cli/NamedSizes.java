package org.mdlc.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.mdlc.compiler.bind.BoundProgram;
import org.mdlc.compiler.type.Dim;

/** Reads the sizes of a model's named dimensions off its data. */
final class NamedSizes {
  private NamedSizes() {}

  /** Whether an input or target has a dimension whose size is open. */
  static boolean areOpen(BoundProgram bound) {
    return ports(bound)
        .flatMap(port -> port.type().shape().dims().stream())
        .anyMatch(NamedSizes::isOpen);
  }

  /** The dimensions whose sizes are open. */
  static Set<String> open(BoundProgram bound) {
    var open = new TreeSet<String>();
    ports(bound)
        .flatMap(port -> port.type().shape().dims().stream())
        .filter(NamedSizes::isOpen)
        .forEach(dim -> open.addAll(dim.symbols()));
    return open;
  }

  /** What the data tells, as settings of the model: {@code T} to {@code 80}. */
  static Map<String, String> of(BoundProgram bound, Map<String, List<Integer>> rowShapes) {
    Map<String, Long> sizes = new LinkedHashMap<>();
    ports(bound)
        .forEach(
            port -> {
              var row = rowShapes.get(port.name());
              if (row != null) {
                learn(port.type().shape().dims(), row, sizes);
              }
            });
    Map<String, String> settings = new LinkedHashMap<>();
    sizes.forEach((name, size) -> settings.put(name, Long.toString(size)));
    return settings;
  }

  private static Stream<BoundProgram.Port> ports(BoundProgram bound) {
    return Stream.concat(bound.inputs().stream(), bound.targets().stream());
  }

  private static boolean isOpen(Dim dim) {
    return !dim.isConstant() && !dim.equals(Dim.BATCH);
  }

  /** Dimension by dimension where the ranks agree, else the one that is open from the rest. */
  private static void learn(List<Dim> dims, List<Integer> row, Map<String, Long> sizes) {
    var wanted = dims.subList(1, dims.size());
    if (row.size() == wanted.size()) {
      for (int axis = 0; axis < row.size(); axis++) {
        put(wanted.get(axis), row.get(axis), sizes);
      }
      return;
    }
    var open = wanted.stream().filter(NamedSizes::isOpen).toList();
    long known =
        wanted.stream()
            .filter(Dim::isConstant)
            .mapToLong(Dim::value)
            .reduce(1, Math::multiplyExact);
    long stored = row.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
    if (open.size() == 1 && known > 0 && stored % known == 0) {
      put(open.getFirst(), stored / known, sizes);
    }
  }

  private static void put(Dim dim, long size, Map<String, Long> sizes) {
    var names = dim.symbols();
    if (names.size() == 1 && dim.equals(Dim.symbol(names.first()))) {
      sizes.putIfAbsent(names.first(), size);
    }
  }
}
