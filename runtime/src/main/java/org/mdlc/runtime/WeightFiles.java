package org.mdlc.runtime;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.HostTensor;
import org.mdlc.runtime.file.Hdf5File;
import org.mdlc.runtime.file.Hdf5Group;
import org.mdlc.runtime.file.KerasArchive;
import org.mdlc.runtime.file.NumpyFiles;
import org.mdlc.runtime.file.SafeTensors;
import org.mdlc.runtime.preprocessing.StringLayer;

/** Weights in files of every kind. */
final class WeightFiles {
  private static final String NESTED = "layers/";

  private WeightFiles() {}

  static void save(Model model, Path file) throws IOException {
    Map<String, String> texts = Checkpoints.vocabularies(model);
    switch (WeightsKind.toWrite(file)) {
      case SAFETENSORS ->
          SafeTensors.write(file, Checkpoints.values(model, VariableSpec::isWeight), texts);
      case NPZ -> {
        if (!texts.isEmpty()) {
          throw new DataException(
              file + ": an .npz file cannot hold the vocabulary of a layer; save .safetensors");
        }
        NumpyFiles.writeNpz(file, Checkpoints.values(model, VariableSpec::isWeight));
      }
      case KERAS_WEIGHTS -> Hdf5File.write(file, keras(model, texts));
      case KERAS_MODEL -> {
        Optional<String> config = model.kerasConfig();
        if (config.isPresent()) {
          saveKeras(model, file, config.get());
        } else {
          KerasArchive.replaceWeights(file, keras(model, texts));
        }
      }
      case LEGACY -> throw new AssertionError("not written");
    }
  }

  static void saveKeras(Model model, Path file, String config) throws IOException {
    if (WeightsKind.of(file) != WeightsKind.KERAS_MODEL) {
      throw new DataException(file + ": the name of a model that Keras opens ends in .keras");
    }
    KerasArchive.write(file, config, keras(model, Checkpoints.vocabularies(model)));
  }

  private static Hdf5Group keras(Model model, Map<String, String> texts) {
    return new KerasWeights(model.spec()).write(model.variables()::get, texts);
  }

  static LoadReport load(Model model, Path file, Load options) throws IOException {
    StoredWeights stored = read(model, file, model.spec().keras(), options);
    Map<String, StringLayer> vocabularies = Checkpoints.vocabularies(model, file, stored.texts());
    LoadReport report = Checkpoints.load(model, file, stored, wanted(model, file), options);
    model.stringLayers().putAll(vocabularies);
    model.weightsLoaded();
    return report;
  }

  /** Weights that a file of this kind has. Keras does not keep the states of a stateful RNN. */
  private static Predicate<VariableSpec> wanted(Model model, Path file) {
    return switch (WeightsKind.of(file)) {
      case SAFETENSORS, NPZ -> VariableSpec::isWeight;
      case KERAS_WEIGHTS, KERAS_MODEL, LEGACY -> {
        Set<String> stored = KerasWeights.stored(model.spec().keras());
        yield v -> v.role() == Role.PARAM || stored.contains(v.name());
      }
    };
  }

  static LoadReport loadLayer(Model model, Path file, String layer) throws IOException {
    String prefix = layer + "/";
    StoredWeights stored =
        switch (WeightsKind.of(file)) {
          case SAFETENSORS -> inside(model, prefix, SafeTensors.read(file));
          case NPZ -> inside(model, prefix, NumpyFiles.readNpz(file));
          case KERAS_WEIGHTS, KERAS_MODEL, LEGACY ->
              read(model, file, layoutOf(model, file, layer), Load.strict());
        };
    Predicate<VariableSpec> wanted = wanted(model, file);
    return Checkpoints.load(
        model, file, stored, v -> wanted.test(v) && v.name().startsWith(prefix), Load.strict());
  }

  private static StoredWeights inside(Model model, String prefix, Map<String, HostTensor> tensors) {
    Map<String, HostTensor> named = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> named.put(prefix + name, tensor));
    return weights(model, named);
  }

  /** Of a checkpoint, the weights alone. */
  private static StoredWeights weights(Model model, Map<String, HostTensor> tensors) {
    StoredWeights all = Checkpoints.byName(model, tensors);
    Map<String, HostTensor> weights = new LinkedHashMap<>();
    for (VariableSpec variable : model.spec().variables()) {
      HostTensor tensor = tensors.get(variable.name());
      if (variable.isWeight() && tensor != null) {
        weights.put(variable.name(), tensor);
      }
    }
    return new StoredWeights(weights, all.unused(), all.texts());
  }

  /** How Keras would keep a nested model that stands alone. */
  private static KerasLayout layoutOf(Model model, Path file, String layer) {
    List<KerasLayout.Group> groups = new ArrayList<>();
    for (KerasLayout.Group group : model.spec().keras().groups()) {
      String[] parts = group.path().split("/", 3);
      if (group.weights().getFirst().startsWith(layer + "/")) {
        if (layer.contains("/") || parts.length < 3 || !parts[2].startsWith(NESTED)) {
          throw new DataException(
              file
                  + ": a file of Keras is the weights of a whole model, and "
                  + layer
                  + " of "
                  + model.spec().name()
                  + " is no model of its own; name weights in a .safetensors file");
        }
        groups.add(new KerasLayout.Group(parts[2], group.weights()));
      }
    }
    return new KerasLayout(groups, Optional.empty());
  }

  private static StoredWeights read(Model model, Path file, KerasLayout layout, Load options)
      throws IOException {
    ModelSpec spec = model.spec();
    return switch (WeightsKind.of(file)) {
      case SAFETENSORS -> {
        StoredWeights stored = weights(model, SafeTensors.read(file));
        yield new StoredWeights(stored.tensors(), stored.unused(), SafeTensors.metadata(file));
      }
      case NPZ -> weights(model, NumpyFiles.readNpz(file));
      case KERAS_WEIGHTS -> keras(spec, file, layout, options, Hdf5File.read(file));
      case KERAS_MODEL -> keras(spec, file, layout, options, KerasArchive.readWeights(file));
      case LEGACY ->
          new LegacyWeights(spec, file, options.isByName()).read(Hdf5File.read(file), layout);
    };
  }

  private static StoredWeights keras(
      ModelSpec spec, Path file, KerasLayout layout, Load options, Hdf5Group root) {
    if (options.isByName()) {
      throw new DataException(
          file + ": layers have no names in a file of Keras 3; skip what does not fit instead");
    }
    return new KerasWeights(spec).read(file, root, layout);
  }
}
