package org.mdlc.runtime;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.HostTensor;
import org.mdlc.runtime.file.Hdf5Group;

/**
 * Keras 2's {@code .h5}, of weights alone or of a whole model: the weights of each layer as a list.
 * The lists are given to the layers of the model in order, or by name. Within a layer the weights
 * come before the states, as when all of it was trained.
 */
final class LegacyWeights {
  private static final String LAYERS = "layer_names";
  private static final String WEIGHTS = "weight_names";

  private final ModelSpec spec;
  private final Path file;
  private final boolean byName;

  LegacyWeights(ModelSpec spec, Path file, boolean byName) {
    this.spec = spec;
    this.file = file;
    this.byName = byName;
  }

  /** A layer with weights: tensors in the file, variables in the model. */
  private record Layer<T>(String name, Map<String, T> weights) {}

  StoredWeights read(Hdf5Group root, KerasLayout layout) {
    Hdf5Group group = root.group("model_weights") instanceof Hdf5Group g ? g : root;
    if (texts(group, LAYERS) == null) {
      throw new DataException(
          file + ": not a weights file of Keras: it has no attribute " + LAYERS);
    }
    List<Layer<HostTensor>> stored = stored(group);
    List<Layer<VariableSpec>> wanted = wanted(layout);
    Map<String, HostTensor> found = new LinkedHashMap<>();
    Set<HostTensor> used = Collections.newSetFromMap(new IdentityHashMap<>());
    if (!byName && stored.size() != wanted.size()) {
      throw new DataException(
          file
              + ": it has "
              + stored.size()
              + " layers with weights, and "
              + spec.name()
              + " has "
              + wanted.size()
              + "; load by name to take only those that both have\n  file: "
              + names(stored)
              + "\n  model: "
              + names(wanted));
    }
    for (int i = 0; i < wanted.size(); i++) {
      Layer<VariableSpec> layer = wanted.get(i);
      Layer<HostTensor> source =
          byName
              ? stored.stream().filter(s -> s.name.equals(layer.name)).findFirst().orElse(null)
              : stored.get(i);
      if (source != null) {
        pair(source, layer, found, used);
      }
    }
    List<String> unused = new ArrayList<>();
    KerasWeights.listUnused(group, "", used, unused);
    return new StoredWeights(found, unused, Map.of());
  }

  private void pair(
      Layer<HostTensor> source,
      Layer<VariableSpec> layer,
      Map<String, HostTensor> found,
      Set<HostTensor> used) {
    if (source.weights.size() != layer.weights.size()) {
      throw new DataException(
          file
              + ": its layer "
              + source.name
              + " has "
              + source.weights.size()
              + " weights, and "
              + layer.name
              + " of "
              + spec.name()
              + " has "
              + layer.weights.size()
              + "\n  file: "
              + String.join(", ", source.weights.keySet())
              + "\n  model: "
              + String.join(", ", layer.weights.keySet()));
    }
    List<HostTensor> tensors = List.copyOf(source.weights.values());
    List<String> names = List.copyOf(layer.weights.keySet());
    for (int i = 0; i < names.size(); i++) {
      found.put(names.get(i), tensors.get(i));
      used.add(tensors.get(i));
    }
  }

  private static String names(List<? extends Layer<?>> layers) {
    return String.join(", ", layers.stream().map(Layer::name).toList());
  }

  private List<Layer<HostTensor>> stored(Hdf5Group group) {
    List<Layer<HostTensor>> layers = new ArrayList<>();
    for (String name : Objects.requireNonNull(texts(group, LAYERS))) {
      Hdf5Group layer = group.group(name);
      List<String> weights = layer == null ? null : texts(layer, WEIGHTS);
      if (layer == null || weights == null) {
        throw new DataException(file + ", layer " + name + ": it has no attribute " + WEIGHTS);
      }
      Map<String, HostTensor> tensors = new LinkedHashMap<>();
      for (String weight : weights) {
        HostTensor tensor = layer.array(weight);
        if (tensor == null || tensors.put(weight, tensor) != null) {
          throw new DataException(
              file + ", layer " + name + ": the weight " + weight + " is missing or stands twice");
        }
      }
      if (!tensors.isEmpty()) {
        layers.add(new Layer<>(name, tensors));
      }
    }
    return layers;
  }

  /** A list of texts, which Keras splits when it is long: {@code layer_names0}, 1 ... */
  private static @Nullable List<String> texts(Hdf5Group group, String name) {
    List<String> whole = group.attributes().get(name);
    if (whole != null) {
      return whole;
    }
    List<String> joined = new ArrayList<>();
    for (int i = 0; group.attributes().get(name + i) instanceof List<String> part; i++) {
      joined.addAll(part);
    }
    return joined.isEmpty() ? null : joined;
  }

  private List<Layer<VariableSpec>> wanted(KerasLayout layout) {
    Map<String, VariableSpec> byName = new LinkedHashMap<>();
    spec.variables().forEach(v -> byName.put(v.name(), v));
    Map<String, Layer<VariableSpec>> layers = new LinkedHashMap<>();
    for (Role role : List.of(Role.PARAM, Role.STATE)) {
      for (KerasLayout.Group group : layout.groups()) {
        String[] parts = group.path().split("/");
        String top = parts.length < 2 ? group.path() : parts[0] + "/" + parts[1];
        Layer<VariableSpec> layer =
            layers.computeIfAbsent(top, _ -> new Layer<>(first(group), new LinkedHashMap<>()));
        for (String name : group.weights()) {
          VariableSpec variable = byName.get(name);
          if (variable != null && variable.role() == role) {
            layer.weights.put(name, variable);
          }
        }
      }
    }
    return List.copyOf(layers.values());
  }

  private static String first(KerasLayout.Group group) {
    String weight = group.weights().getFirst();
    return weight.substring(0, Math.max(0, weight.indexOf('/')));
  }
}
