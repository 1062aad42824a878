package org.mdlc.compiler.bind;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * In which order Keras keeps what an optimizer remembers of its weights: the average and the summed
 * gradients of all weights, then what each optimizer makes in its {@code build}.
 */
final class KerasSlots {
  /** Where it is not one list of all slots in the order in which the optimizer declares them. */
  private static final Map<String, List<List<String>>> LISTS =
      Map.of(
          "Adam", List.of(List.of("m", "v"), List.of("largest")),
          "AdamW", List.of(List.of("m", "v"), List.of("largest")),
          "RMSprop", List.of(List.of("v"), List.of("m"), List.of("average_gradient")),
          "Nadam", List.of(List.of("m", "v"), List.of("once:u_product")),
          "Adafactor", List.of(List.of("zero:r", "zero:c", "velocity")));

  private static final List<String> FIRST = List.of("average", "gradient_accumulator");

  private KerasSlots() {}

  /**
   * The lists, see {@link KerasLayout.Slots}.
   *
   * @param made the slots there are, in the order in which they were declared
   */
  static List<List<String>> of(String optimizer, Set<String> made) {
    var all = new ArrayList<List<String>>();
    FIRST.forEach(name -> all.add(List.of(name)));
    var rest = made.stream().filter(name -> !FIRST.contains(name)).toList();
    all.addAll(LISTS.getOrDefault(optimizer, List.of(rest)));
    return all.stream()
        .map(
            list ->
                list.stream()
                    .filter(s -> s.startsWith("zero:") || made.contains(plain(s)))
                    .toList())
        .filter(list -> !list.isEmpty())
        .toList();
  }

  private static String plain(String slot) {
    return slot.substring(slot.indexOf(':') + 1);
  }
}
