package org.mdlc.compiler.bind;

import java.util.List;
import java.util.Optional;

/**
 * Where Keras keeps the weights of the same model in its files, in the order in which Keras counts
 * them.
 *
 * @param groups the groups of a {@code .weights.h5} file that hold weights
 * @param optimizer what it keeps of the optimizer; none without one, or where Keras has no
 *     counterpart: several optimizers, or one that scales the loss
 */
public record KerasLayout(List<Group> groups, Optional<Slots> optimizer) {
  /** Nothing is known, as for a program that is not made of layers. */
  public static final KerasLayout NONE = new KerasLayout(List.of(), Optional.empty());

  /**
   * The weights of one object: {@code layers/bidirectional/forward_layer/cell}.
   *
   * @param path of the group; below it comes {@code vars}
   * @param weights paths of variables, in the order of {@code vars/0}, {@code vars/1} ..
   */
  public record Group(String path, List<String> weights) {
    public Group {
      weights = List.copyOf(weights);
    }
  }

  /**
   * What an optimizer keeps. First comes the iteration, then the learning rate unless it is a
   * schedule, then list after list, and in each one weight after the other.
   *
   * @param prefix what paths of its variables begin with, ending in {@code /}
   * @param lists names of slots; before a name {@code zero:} says that Keras keeps a 0 for a weight
   *     without this slot, and {@code once:} that it keeps one for all weights
   */
  public record Slots(String prefix, List<List<String>> lists) {
    public Slots {
      lists = lists.stream().map(List::copyOf).toList();
    }
  }

  public KerasLayout {
    groups = List.copyOf(groups);
  }
}
