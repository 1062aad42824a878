package org.mdlc.compiler.pass;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.ir.Node;
import org.mdlc.compiler.ir.Value;
import org.mdlc.compiler.op.Scan;

/**
 * Leaves out of a scan what nobody reads: stacked outputs, carries that only feed themselves, and
 * then the sequences, invariants and body nodes that served them.
 *
 * <pre>
 * last, all = scan(start, xs) { s2 = add(s, x); -> s2, s2 }      last = scan(start, xs) { s2 = add(s, x); -> s2 }
 * output last                                                ->  output last
 * </pre>
 */
final class TrimScan {
  private final Scan scan;
  private final Node node;
  private final Graph body;
  private final boolean[] kept;
  private final Set<Integer> used = new HashSet<>();

  private TrimScan(Scan scan, Node node, Predicate<Value> isRead) {
    this.scan = scan;
    this.node = node;
    this.body = scan.body();
    this.kept = new boolean[node.results().size()];
    for (int i = 0; i < kept.length; i++) {
      kept[i] = isRead.test(node.results().get(i));
    }
  }

  /**
   * The scan without what serves none of the results that are read, of which there is at least one.
   */
  static Node of(Scan scan, Node node, Predicate<Value> isRead) {
    return new TrimScan(scan, node, isRead).trimmed();
  }

  private Node trimmed() {
    while (keepCarriesInUse()) {}
    var places = operandsInUse();
    int carries = (int) places.stream().filter(i -> i < scan.carries()).count();
    int sequences =
        (int) places.stream().filter(i -> i < scan.carries() + scan.sequences()).count() - carries;
    if (places.size() == node.operands().size()
        && IntStream.range(0, kept.length).allMatch(i -> kept[i])) {
      return node;
    }
    var outputs =
        IntStream.range(0, kept.length).filter(i -> kept[i]).mapToObj(body.outputs()::get).toList();
    var nodes =
        body.nodes().stream()
            .filter(n -> n.results().stream().anyMatch(v -> used.contains(v.id())))
            .toList();
    var inputs = places.stream().map(body.inputs()::get).toList();
    var smaller =
        new Scan(
            new Graph(body.name(), inputs, nodes, outputs), carries, sequences, scan.reverse());
    var results =
        IntStream.range(0, kept.length).filter(i -> kept[i]).mapToObj(node.results()::get).toList();
    return new Node(
        smaller, places.stream().map(node.operands()::get).toList(), results, node.origin());
  }

  /**
   * Marks what the kept outputs are made from; true when that showed one more carry to be of use.
   */
  private boolean keepCarriesInUse() {
    used.clear();
    for (int i = 0; i < kept.length; i++) {
      if (kept[i]) {
        used.add(body.outputs().get(i).value().id());
      }
    }
    for (var inner : body.nodes().reversed()) {
      if (inner.results().stream().anyMatch(v -> used.contains(v.id()))) {
        inner.operands().forEach(v -> used.add(v.id()));
      }
    }
    boolean found = false;
    for (int i = 0; i < scan.carries(); i++) {
      if (!kept[i] && isUsed(i)) {
        kept[i] = true;
        found = true;
      }
    }
    return found;
  }

  private boolean isUsed(int input) {
    return used.contains(body.inputs().get(input).value().id());
  }

  /**
   * Kept carries, used sequences (one at least: it says how many steps there are) and used
   * invariants.
   */
  private List<Integer> operandsInUse() {
    int first = scan.carries();
    int end = first + scan.sequences();
    boolean none = IntStream.range(first, end).noneMatch(this::isUsed);
    return IntStream.range(0, node.operands().size())
        .filter(i -> i < first ? kept[i] : isUsed(i) || (none && i == first))
        .boxed()
        .toList();
  }
}
