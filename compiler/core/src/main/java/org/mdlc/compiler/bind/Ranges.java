package org.mdlc.compiler.bind;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.mdlc.compiler.bind.BoundProgram.Port;
import org.mdlc.compiler.bind.BoundProgram.Range;
import org.mdlc.compiler.bind.Datum.Tensor;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.ir.Role;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Dim;

/**
 * What the numbers of inputs and labels must keep to, as {@code in_range} says; checked when data
 * arrives, since a number outside would silently give NaN (a row of an Embedding) or count nothing
 * (a label).
 */
final class Ranges {
  /** An input and the label of an output may have one name. */
  private record Source(Role role, String name) {}

  private final Map<Source, Set<Range>> ofSources = new LinkedHashMap<>();

  /** The builtin {@code in_range(x, low, high, also = none)}. */
  static Datum inRange(Given g) {
    var x = g.tensor("x");
    if (x.dtype() != DType.I32) {
      throw g.wrong(Codes.DTYPE_MISMATCH, "x", "in_range takes whole numbers, not " + x.type());
    }
    g.evaluator().ranges().note(x, g.dim("low"), g.dim("high"), also(g));
    return g.get("x");
  }

  private static OptionalInt also(Given g) {
    return g.has("also") ? OptionalInt.of(g.whole("also")) : OptionalInt.empty();
  }

  private void note(Tensor x, Dim low, Dim high, OptionalInt also) {
    var source = x.frame().source(x.value());
    if (source == null
        || source.role() != Role.DATA && source.role() != Role.TARGET
        || !low.isConstant()
        || !high.isConstant()
        || low.value() < Integer.MIN_VALUE
        || high.value() > Integer.MAX_VALUE) {
      return;
    }
    ofSources
        .computeIfAbsent(new Source(source.role(), source.name()), _ -> new LinkedHashSet<>())
        .add(new Range((int) low.value(), (int) high.value(), also));
  }

  List<Port> ofInputs(List<Port> ports) {
    return with(Role.DATA, ports);
  }

  List<Port> ofTargets(List<Port> ports) {
    return with(Role.TARGET, ports);
  }

  private List<Port> with(Role role, List<Port> ports) {
    return ports.stream()
        .map(p -> new Port(p.name(), p.type(), known(new Source(role, p.name()))))
        .toList();
  }

  private List<Range> known(Source source) {
    return List.copyOf(ofSources.getOrDefault(source, Set.of()));
  }
}
