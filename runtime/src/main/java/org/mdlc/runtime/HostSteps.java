package org.mdlc.runtime;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.Dataset;
import org.mdlc.runtime.data.Element;
import org.mdlc.runtime.data.Elements;
import org.mdlc.runtime.data.HostTensor;
import org.mdlc.runtime.data.StringTensor;
import org.mdlc.runtime.preprocessing.StringLayer;
import org.mdlc.runtime.preprocessing.VocabularyLayer;

/** Runs the layers over strings of a model at its boundary, and lets them learn. */
final class HostSteps {
  private HostSteps() {}

  /**
   * Layers with vocabularies learned from the texts that reach them.
   *
   * @param again whether those that have learned learn again
   */
  static Map<String, StringLayer> adapted(
      ModelSpec spec, Map<String, StringLayer> layers, Dataset data, boolean again) {
    Map<String, StringLayer> adapted = new LinkedHashMap<>();
    layers.forEach(
        (path, layer) -> {
          if (layer instanceof VocabularyLayer v
              && !v.hasGivenVocabulary()
              && (again || !v.isAdapted())) {
            try (Elements elements = data.elements(0)) {
              adapted.put(path, v.adapt(texts(spec, path, data, elements)));
            }
          }
        });
    return adapted;
  }

  private static Stream<StringTensor> texts(
      ModelSpec spec, String layer, Dataset data, Elements elements) {
    Set<String> sources = new LinkedHashSet<>();
    spec.hostSteps().stream()
        .filter(step -> step.layer().equals(layer))
        .forEach(step -> sources.addAll(step.sources()));
    Stream<ArrayDataset> parts =
        data instanceof ArrayDataset arrays
            ? Stream.of(arrays)
            : Stream.generate(elements::next).takeWhile(Objects::nonNull).map(Element::make);
    return parts.flatMap(part -> sources.stream().map(source -> text(spec, source, part)));
  }

  /** The text for an input of strings, in the rows that the model takes. */
  static StringTensor text(ModelSpec spec, String name, ArrayDataset data) {
    TextSpec wanted =
        spec.texts().stream().filter(t -> t.name().equals(name)).findFirst().orElseThrow();
    if (!data.texts().containsKey(name)) {
      throw new DataException(
          String.format(
              Locale.ROOT,
              "%s needs the text %s, which the data lacks; it has %s",
              spec.name(),
              wanted,
              String.join(", ", data.names())));
    }
    StringTensor given = data.text(name);
    if (given.rowSize() != wanted.rowSize()) {
      throw new DataException(
          String.format(
              Locale.ROOT,
              "the text %s of %s takes %d strings per row, the data has %d",
              name,
              spec.name(),
              wanted.rowSize(),
              given.rowSize()));
    }
    // A layer takes [rows, n]: what is not split into words is one word.
    return given.reshape(
        IntStream.concat(
                IntStream.of(given.rows()),
                wanted.shape().isEmpty()
                    ? IntStream.of(1)
                    : wanted.shape().stream().mapToInt(Integer::intValue))
            .toArray());
  }

  /** One input that is made of text, batch after batch. */
  static final class Column {
    private final TensorSpec port;
    private final HostStep step;
    private final StringLayer layer;
    private final List<StringTensor> texts = new ArrayList<>();

    Column(ModelSpec spec, HostStep step, Map<String, StringLayer> layers, ArrayDataset data) {
      this.port =
          spec.inputs().stream()
              .filter(input -> input.name().equals(step.port()))
              .findFirst()
              .orElseThrow();
      this.step = step;
      this.layer = Objects.requireNonNull(layers.get(step.layer()), step.layer());
      step.sources().forEach(source -> texts.add(text(spec, source, data)));
      if (layer instanceof VocabularyLayer v && !v.isAdapted()) {
        throw new DataException(
            step.layer() + " has no vocabulary yet: train the model, load weights, or call adapt");
      }
    }

    /** What the program takes for these rows. */
    HostTensor rows(int... rows) {
      StringTensor[] taken =
          texts.stream().map(text -> text.take(rows)).toArray(StringTensor[]::new);
      HostTensor made = layer.apply(taken);
      if (made.size() != (long) rows.length * port.rowSize()) {
        throw new DataException(
            String.format(
                Locale.ROOT,
                "%s gives %s where the model takes rows of %s",
                step.layer(),
                made,
                port.shape()));
      }
      return made.reshape(port.shapeOf(rows.length));
    }
  }
}
