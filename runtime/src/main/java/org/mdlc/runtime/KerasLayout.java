package org.mdlc.runtime;

import java.util.List;
import java.util.Optional;

/**
 * Where Keras keeps the weights of the same model in its files, in the order in which Keras counts
 * them: {@code model.layers}, and within a layer the order of creation.
 *
 * @param groups the groups of a {@code .weights.h5} file that hold weights
 * @param optimizer what is kept of the optimizer; none without one, or where Keras has no
 *     counterpart
 */
public record KerasLayout(List<Group> groups, Optional<Slots> optimizer) {
  /**
   * The weights of one object.
   *
   * @param path of the group, such as {@code layers/dense}; below it comes {@code vars}
   * @param weights names of variables, in the order of {@code vars/0}, {@code vars/1} ..
   */
  public record Group(String path, List<String> weights) {
    /** Copies the list. */
    public Group {
      weights = List.copyOf(weights);
    }
  }

  /**
   * What an optimizer keeps. First comes the iteration, then the learning rate unless it is a
   * schedule, then list after list, and in each one weight after the other.
   *
   * @param prefix what names of its variables begin with, ending in {@code /}
   * @param lists names of slots; before a name {@code zero:} says that Keras keeps a 0 for a weight
   *     without this slot, and {@code once:} that it keeps one for all weights
   */
  public record Slots(String prefix, List<List<String>> lists) {
    /** Copies the lists. */
    public Slots {
      lists = lists.stream().map(List::copyOf).toList();
    }
  }

  /** Copies the list. */
  public KerasLayout {
    groups = List.copyOf(groups);
  }
}
