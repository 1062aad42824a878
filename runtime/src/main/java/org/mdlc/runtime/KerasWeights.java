package org.mdlc.runtime;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.mdlc.runtime.data.DType;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.HostTensor;
import org.mdlc.runtime.file.Hdf5Group;

/**
 * Keras 3's {@code .weights.h5}: the weights by class and number of their layers, and the state of
 * the optimizer by number. Texts are attributes of the root, which Keras does not look at.
 */
final class KerasWeights {
  static final String VARS = "vars";
  private static final String OPTIMIZER = "optimizer";

  /** Stands for what Keras keeps and nobody reads. */
  private static final HostTensor ZERO = HostTensor.of(new int[1]);

  private final ModelSpec spec;
  private final Map<String, VariableSpec> byName = new LinkedHashMap<>();

  KerasWeights(ModelSpec spec) {
    this.spec = spec;
    spec.variables().forEach(v -> byName.put(v.name(), v));
  }

  /** Names of all variables that Keras keeps in its files, in its order. */
  static Set<String> stored(KerasLayout layout) {
    Set<String> names = new LinkedHashSet<>();
    layout.groups().forEach(group -> names.addAll(group.weights()));
    return names;
  }

  // ---- writing

  Hdf5Group write(Function<String, HostTensor> values, Map<String, String> texts) {
    Hdf5Group root = new Hdf5Group();
    Set<String> stored = stored(spec.keras());
    for (VariableSpec variable : spec.variables()) {
      if (variable.role() == Role.PARAM && !stored.contains(variable.name())) {
        throw new DataException(
            variable.name()
                + " of "
                + spec.name()
                + " has no place in a file of Keras; save .safetensors");
      }
    }
    root.make(VARS).attribute("name", spec.name());
    for (KerasLayout.Group group : spec.keras().groups()) {
      Hdf5Group vars = root.make(vars(group.path()));
      vars.attribute("name", group.path().substring(group.path().lastIndexOf('/') + 1));
      put(vars, group.weights().stream().map(values).toList());
    }
    List<Slot> slots = optimizer();
    if (slots != null) {
      Hdf5Group vars = root.make(OPTIMIZER + "/" + VARS);
      vars.attribute("name", OPTIMIZER);
      put(
          vars,
          slots.stream()
              .map(s -> s.names.isEmpty() ? ZERO : values.apply(s.names.getFirst()))
              .toList());
    }
    texts.forEach(root::attribute);
    return root;
  }

  private static void put(Hdf5Group vars, List<HostTensor> values) {
    for (int i = 0; i < values.size(); i++) {
      vars.put(Integer.toString(i), values.get(i));
    }
  }

  private static String vars(String group) {
    return group.isEmpty() ? VARS : group + "/" + VARS;
  }

  // ---- the optimizer

  /** One variable of Keras's optimizer: none of ours, one, or several of the same value. */
  private record Slot(List<String> names) {}

  /** Keras's optimizer, variable after variable; null where the model has none like it. */
  private @Nullable List<Slot> optimizer() {
    KerasLayout.Slots layout = spec.keras().optimizer().orElse(null);
    if (layout == null) {
      return null;
    }
    List<String> weights = stored(spec.keras()).stream().filter(this::isTrainable).toList();
    List<Slot> slots = new ArrayList<>();
    for (String name : List.of("iteration", "learning_rate")) {
      if (byName.containsKey(layout.prefix() + name)) {
        slots.add(new Slot(List.of(layout.prefix() + name)));
      }
    }
    for (List<String> list : layout.lists()) {
      if (list.getFirst().startsWith("once:")) {
        String slot = slotName(list.getFirst());
        slots.add(new Slot(weights.stream().map(w -> layout.prefix() + w + "/" + slot).toList()));
        continue;
      }
      for (String weight : weights) {
        for (String slot : list) {
          String name = layout.prefix() + weight + "/" + slotName(slot);
          if (byName.containsKey(name)) {
            slots.add(new Slot(List.of(name)));
          } else if (slot.startsWith("zero:")) {
            slots.add(new Slot(List.of()));
          }
        }
      }
    }
    return slots;
  }

  private boolean isTrainable(String name) {
    VariableSpec variable = byName.get(name);
    return variable != null && variable.trainable();
  }

  private static String slotName(String slot) {
    return slot.substring(slot.indexOf(':') + 1);
  }

  // ---- reading

  /**
   * Finds what the model needs.
   *
   * @throws DataException if nested models cannot be told apart
   */
  StoredWeights read(Path file, Hdf5Group root, KerasLayout layout) {
    NestedGroups nested = new NestedGroups(file, root, layout, byName);
    Map<String, HostTensor> found = new LinkedHashMap<>();
    Set<HostTensor> used = Collections.newSetFromMap(new IdentityHashMap<>());
    for (KerasLayout.Group group : layout.groups()) {
      Hdf5Group vars = root.group(vars(nested.place(group.path())));
      for (int i = 0; vars != null && i < group.weights().size(); i++) {
        HostTensor tensor = vars.arrays().get(Integer.toString(i));
        if (tensor != null) {
          found.put(group.weights().get(i), tensor);
          used.add(tensor);
        }
      }
    }
    if (layout.optimizer().isPresent()) {
      readOptimizer(root, found, used);
    }
    List<String> unused = new ArrayList<>();
    listUnused(root, "", used, unused);
    Map<String, String> texts = new LinkedHashMap<>();
    root.attributes()
        .forEach(
            (name, values) -> {
              if (values.size() == 1) {
                texts.put(name, values.getFirst());
              }
            });
    return new StoredWeights(found, unused, texts);
  }

  /** As Keras: the state of another optimizer is left alone. */
  private void readOptimizer(Hdf5Group root, Map<String, HostTensor> found, Set<HostTensor> used) {
    Hdf5Group vars = root.group(OPTIMIZER + "/" + VARS);
    List<Slot> slots = optimizer();
    if (vars == null || slots == null || vars.arrays().size() != slots.size()) {
      return;
    }
    Map<String, HostTensor> state = new LinkedHashMap<>();
    for (int i = 0; i < slots.size(); i++) {
      HostTensor tensor = vars.arrays().get(Integer.toString(i));
      if (tensor == null) {
        return;
      }
      used.add(tensor);
      for (String name : slots.get(i).names) {
        state.put(name, tensor);
      }
    }
    boolean fits =
        state.entrySet().stream().allMatch(s -> fits(byName.get(s.getKey()), s.getValue()));
    if (fits) {
      found.putAll(state);
    } else {
      vars.arrays().values().forEach(used::remove);
    }
  }

  static boolean fits(@Nullable VariableSpec variable, HostTensor tensor) {
    return variable != null
        && variable.shape().equals(Variables.boxed(tensor.shape()))
        && (variable.dtype() == DType.F32 || tensor.dtype() == DType.I32);
  }

  static void listUnused(Hdf5Group group, String path, Set<HostTensor> used, List<String> unused) {
    group
        .arrays()
        .forEach(
            (name, array) -> {
              if (!used.contains(array)) {
                unused.add(path + name);
              }
            });
    group.groups().forEach((name, inner) -> listUnused(inner, path + name + "/", used, unused));
  }
}
