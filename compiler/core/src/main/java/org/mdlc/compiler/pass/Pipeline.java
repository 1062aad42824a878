package org.mdlc.compiler.pass;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.mdlc.compiler.ir.CompilerBug;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.ir.TextForm;

/**
 * Passes in the order they run, each with the reasons for its place. The graph is verified after
 * every pass.
 */
public final class Pipeline {
  private final List<Entry> entries;

  private record Entry(Pass pass, List<After> after) {}

  private record After(Class<? extends Pass> earlier, String reason) {}

  private Pipeline(List<Entry> entries) {
    this.entries = List.copyOf(entries);
  }

  /**
   * What makes a step graph, or any other graph of primitives and composites, ready for planning.
   *
   * @param dims numbers for named dimensions other than the batch
   */
  public static Pipeline optimize(Map<String, Long> dims) {
    return new Builder()
        .add(new BindNamedDims(dims))
        .add(new DecomposeOps())
        .add(new HoldNarrowFloats())
        .after(DecomposeOps.class, "the bodies of layers have narrow floats too")
        .add(new FlushTinyMoments())
        .add(new MoveOutOfScans())
        .after(DecomposeOps.class, "what a cell does is open only when cells are taken apart")
        .after(
            HoldNarrowFloats.class,
            "a product moved out takes along the rounding of its operands and its result")
        .add(new Simplify())
        .after(HoldNarrowFloats.class, "no rewrite may think that two roundings are one")
        .after(
            BindNamedDims.class,
            "whether a reshape or slice changes anything shows only in numbers")
        .after(
            DecomposeOps.class,
            "layers meet each other's operations only without the walls around them")
        .add(new ShareCommonValues())
        .after(Simplify.class, "different spellings of one value become equal")
        .add(new Simplify())
        .after(
            ShareCommonValues.class,
            "equal operands (select of x and x) show only once they are shared")
        .add(new ReadMasksFromResults())
        .after(ShareCommonValues.class, "forward and backward then speak of one mask")
        .add(new AvoidTablesOfZeros())
        .after(Simplify.class, "who reads a table, and how, shows only once nothing stands between")
        .add(new RemoveDeadCode())
        .after(Simplify.class, "rewrites leave the values they replaced behind")
        .build();
  }

  public static final class Builder {
    private final List<Entry> entries = new ArrayList<>();

    public Builder add(Pass pass) {
      entries.add(new Entry(pass, new ArrayList<>()));
      return this;
    }

    /** The pass added last must run after another one, for a reason. */
    public Builder after(Class<? extends Pass> earlier, String reason) {
      entries.getLast().after().add(new After(earlier, reason));
      return this;
    }

    /**
     * @throws CompilerBug when the order breaks a constraint
     */
    public Pipeline build() {
      var seen = new HashSet<Class<?>>();
      for (var entry : entries) {
        for (var after : entry.after()) {
          if (!seen.contains(after.earlier())) {
            throw new CompilerBug(
                entry.pass().name(),
                "must run after " + after.earlier().getSimpleName() + ": " + after.reason());
          }
        }
        seen.add(entry.pass().getClass());
      }
      return new Pipeline(entries);
    }
  }

  /** Runs all passes. */
  public Graph run(Graph graph, DumpSink dumps) {
    var current = graph;
    for (var entry : entries) {
      current = entry.pass().run(current);
      if (dumps.wants(entry.pass().name())) {
        dumps.dump(entry.pass().name(), current.name(), TextForm.print(current));
      }
      Verify.check(current, entry.pass().name());
    }
    return current;
  }

  /** The names that {@code --dump-after} takes. */
  public List<String> passNames() {
    return entries.stream().map(e -> e.pass().name()).distinct().toList();
  }
}
