package org.mdlc.compiler.emit.cuda;

import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.mdlc.compiler.plan.Instr;
import org.mdlc.compiler.plan.Kernel;
import org.mdlc.compiler.plan.Kernel.Access;
import org.mdlc.compiler.plan.Kernel.Stage;
import org.mdlc.compiler.plan.Kernel.Store;

/**
 * Where the threads of a block wait for each other when they share the elements of one outer point.
 *
 * <p>Within one stage every thread keeps to its own elements. Between stages an element may change
 * hands, so the threads wait before a stage reads what an earlier one stored, and before it stores
 * what an earlier one may still be reading or storing. Parameters may share memory, so that a store
 * to one counts against loads from any other. A block reduction is a barrier by itself.
 */
final class Barriers {
  private final Kernel kernel;
  private boolean loaded;
  private final Set<Integer> stored = new HashSet<>();

  Barriers(Kernel kernel) {
    this.kernel = kernel;
  }

  /** Loads that stand before the first stage. */
  void loadedAhead() {
    loaded = true;
  }

  /** True when the threads must wait before the first instruction of a stage. */
  boolean before(Stage stage) {
    boolean readsStored = stage.body().stream().anyMatch(this::readsStored);
    boolean laneStores = !stage.axes().isEmpty() && mustWaitToStore(stage);
    return passed(readsStored || laneStores);
  }

  /**
   * True when the threads must wait before the stores of a stage without own axes: all of them read
   * its operands, one of them stores.
   */
  boolean beforeStores(Stage stage) {
    loaded |= loads(stage);
    return passed(mustWaitToStore(stage));
  }

  /** To be called at the end of each stage. */
  void after(Stage stage) {
    if (stage.reduces().isEmpty()) {
      loaded |= loads(stage);
      stored.addAll(stage.stores().stream().map(Store::param).collect(Collectors.toSet()));
    } else {
      passed(true);
    }
  }

  private boolean passed(boolean barrier) {
    if (barrier) {
      loaded = false;
      stored.clear();
    }
    return barrier;
  }

  private boolean mustWaitToStore(Stage stage) {
    return !stage.stores().isEmpty()
        && (loaded || stage.stores().stream().anyMatch(s -> stored.contains(s.param())));
  }

  private boolean readsStored(Instr instr) {
    return instr instanceof Instr.Load load
        && kernel.params().get(load.param()).access() == Access.UPDATE
        && stored.contains(load.param());
  }

  private static boolean loads(Stage stage) {
    return stage.body().stream().anyMatch(i -> i instanceof Instr.Load);
  }
}
