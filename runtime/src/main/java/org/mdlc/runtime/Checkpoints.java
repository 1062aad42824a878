package org.mdlc.runtime;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.mdlc.runtime.data.DType;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.HostTensor;
import org.mdlc.runtime.file.SafeTensors;
import org.mdlc.runtime.preprocessing.StringLayer;
import org.mdlc.runtime.preprocessing.VocabularyLayer;
import org.mdlc.runtime.random.NumpyRandom;
import org.mdlc.runtime.random.PythonRandom;

/** Saves a model's variables by their paths and loads them back, all or none. */
final class Checkpoints {
  // No variable is named so: the paths of variables start with the name of a layer, lower case.
  private static final String SHUFFLE = "__shuffle__";
  private static final String SEEDS = "__seeds__";
  private static final String METRICS_BUILT = "__metrics_built__";
  private static final String VOCABULARY = "vocabulary:";
  private static final int MAX_LISTED = 12;

  private Checkpoints() {}

  /** The states of the generators of a model at one moment. */
  static final class Generators {
    private final int[] shuffle;
    private final int[] seeds;

    private Generators(int[] shuffle, int[] seeds) {
      this.shuffle = shuffle;
      this.seeds = seeds;
    }

    static Generators of(Model model) {
      return new Generators(model.shuffleDraws().save(), model.seedDraws().save());
    }
  }

  static void saveAll(Model model, Path file) throws IOException {
    saveAll(model, file, Generators.of(model), Map.of(), Map.of());
  }

  /**
   * A checkpoint that holds more than the model.
   *
   * @param generators their states
   * @param beside tensors whose names start with {@code __}
   */
  static void saveAll(
      Model model,
      Path file,
      Generators generators,
      Map<String, HostTensor> beside,
      Map<String, String> texts)
      throws IOException {
    Map<String, HostTensor> tensors = values(model, variable -> true);
    tensors.put(SHUFFLE, state(generators.shuffle));
    tensors.put(SEEDS, state(generators.seeds));
    tensors.put(METRICS_BUILT, HostTensor.of(new int[] {model.metricsBuilt() ? 1 : 0}));
    tensors.putAll(beside);
    Map<String, String> metadata = new LinkedHashMap<>(vocabularies(model));
    metadata.putAll(texts);
    SafeTensors.write(file, tensors, metadata);
  }

  /** What was learned, by the path of its layer. */
  static Map<String, String> vocabularies(Model model) {
    Map<String, String> texts = new LinkedHashMap<>();
    model
        .stringLayers()
        .forEach(
            (path, layer) -> {
              if (layer instanceof VocabularyLayer v && !v.hasGivenVocabulary() && v.isAdapted()) {
                texts.put(VOCABULARY + path, v.vocabularyText());
              }
            });
    return texts;
  }

  /** The layers that learn, with the vocabularies of the file. */
  static Map<String, StringLayer> vocabularies(Model model, Path file, Map<String, String> texts) {
    Map<String, StringLayer> loaded = new LinkedHashMap<>();
    for (Map.Entry<String, StringLayer> entry : model.stringLayers().entrySet()) {
      if (entry.getValue() instanceof VocabularyLayer layer && !layer.hasGivenVocabulary()) {
        String text = texts.get(VOCABULARY + entry.getKey());
        if (text == null && layer.isAdapted()) {
          continue; // weights from elsewhere, over a vocabulary that was learned or loaded before
        }
        if (text == null) {
          throw new DataException(
              file
                  + ": the vocabulary of "
                  + entry.getKey()
                  + " is missing; if it is to be learned from data, call adapt first");
        }
        try {
          loaded.put(entry.getKey(), layer.withVocabularyText(text));
        } catch (DataException e) {
          throw new DataException(file + ", " + entry.getKey() + ": " + e.getMessage(), e);
        }
      }
    }
    return loaded;
  }

  static LoadReport loadAll(Model model, Path file) throws IOException {
    return loadAll(model, file, SafeTensors.read(file));
  }

  /**
   * @param tensors what the file holds
   */
  static LoadReport loadAll(Model model, Path file, Map<String, HostTensor> tensors)
      throws IOException {
    int[] shuffle = words(tensors, SHUFFLE, file);
    int[] seeds = words(tensors, SEEDS, file);
    requireState(NumpyRandom.isState(shuffle), SHUFFLE, file);
    requireState(PythonRandom.isState(seeds), SEEDS, file);
    int[] metricsBuilt = words(tensors, METRICS_BUILT, file);
    Map<String, StringLayer> vocabularies = vocabularies(model, file, SafeTensors.metadata(file));
    LoadReport report = load(model, file, byName(model, tensors), variable -> true, Load.strict());
    model.stringLayers().putAll(vocabularies);
    model.weightsLoaded();
    model.shuffleDraws().restore(shuffle);
    model.seedDraws().restore(seeds);
    model.metricsBuilt(metricsBuilt[0] != 0);
    return report;
  }

  private static int[] words(Map<String, HostTensor> tensors, String name, Path file) {
    HostTensor tensor = tensors.get(name);
    if (tensor == null || tensor.dtype() != DType.I32 || tensor.size() == 0) {
      throw new DataException(file + ": not a checkpoint: " + name + " is missing or not integers");
    }
    return tensor.ints();
  }

  private static void requireState(boolean valid, String name, Path file) {
    if (!valid) {
      throw new DataException(
          file + ": damaged checkpoint: " + name + " is not the state of a random generator");
    }
  }

  static Map<String, HostTensor> values(Model model, Predicate<VariableSpec> wanted) {
    Map<String, HostTensor> tensors = new LinkedHashMap<>();
    for (VariableSpec variable : model.spec().variables()) {
      if (wanted.test(variable)) {
        tensors.put(variable.name(), model.variables().get(variable.name()));
      }
    }
    return tensors;
  }

  /** Tensors that are named after variables. */
  static StoredWeights byName(Model model, Map<String, HostTensor> tensors) {
    List<String> unused = new ArrayList<>(tensors.keySet());
    unused.removeIf(name -> model.variables().has(name) || name.startsWith("__"));
    return new StoredWeights(tensors, unused, Map.of());
  }

  /**
   * Gives variables the values of a file.
   *
   * @param wanted variables that the file is to have
   */
  static LoadReport load(
      Model model, Path file, StoredWeights stored, Predicate<VariableSpec> wanted, Load options) {
    Map<String, HostTensor> fitting = new LinkedHashMap<>();
    List<String> missing = new ArrayList<>();
    List<String> mismatched = new ArrayList<>();
    for (VariableSpec variable : model.spec().variables()) {
      HostTensor tensor = stored.tensors().get(variable.name());
      if (tensor == null) {
        if (wanted.test(variable)) {
          missing.add(variable.name() + " " + variable.type());
        }
      } else if (fits(variable, tensor)) {
        fitting.put(variable.name(), variable.dtype() == DType.F32 ? tensor.toFloats() : tensor);
      } else {
        mismatched.add(
            variable.name() + " is " + variable.type() + " here, " + tensor + " in the file");
      }
    }
    boolean incomplete = !missing.isEmpty() && !options.isByName() && !options.skipsMismatch();
    if (incomplete || !mismatched.isEmpty() && !options.skipsMismatch()) {
      throw misfit(model, file, missing, mismatched, stored.unused());
    }
    fitting.forEach(model.variables()::set);
    return new LoadReport(new ArrayList<>(fitting.keySet()), missing, mismatched, stored.unused());
  }

  private static boolean fits(VariableSpec variable, HostTensor tensor) {
    boolean sameType = variable.dtype() == DType.F32 || tensor.dtype() == DType.I32;
    return sameType && variable.shape().equals(Variables.boxed(tensor.shape()));
  }

  private static DataException misfit(
      Model model, Path file, List<String> missing, List<String> mismatched, List<String> unused) {
    StringBuilder message = new StringBuilder();
    message.append(file).append(" does not fit ").append(model.spec().name()).append(':');
    list(message, "missing in the file", missing);
    list(message, "of another type or shape", mismatched);
    list(message, "in the file but not in the model", unused);
    return new DataException(message.toString());
  }

  private static void list(StringBuilder message, String what, List<String> names) {
    if (names.isEmpty()) {
      return;
    }
    message.append("\n  ").append(names.size()).append(' ').append(what).append(':');
    names.stream().limit(MAX_LISTED).forEach(name -> message.append("\n    ").append(name));
    if (names.size() > MAX_LISTED) {
      message.append("\n    and ").append(names.size() - MAX_LISTED).append(" more");
    }
  }

  private static HostTensor state(int[] words) {
    return HostTensor.of(words, words.length);
  }
}
