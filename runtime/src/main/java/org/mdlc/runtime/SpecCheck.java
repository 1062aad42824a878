package org.mdlc.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.DataSpec;

/** Holds what data has against what a model takes, before any row is read. */
final class SpecCheck {
  private final ModelSpec model;
  private final DataSpec data;
  private final List<String> problems = new ArrayList<>();

  private SpecCheck(ModelSpec model, DataSpec data) {
    this.model = model;
    this.data = data;
  }

  /**
   * Requires inputs, targets and fitting weights.
   *
   * @throws DataException if the data does not fit, showing both sides
   */
  static void labelled(ModelSpec model, DataSpec data) {
    SpecCheck check = new SpecCheck(model, data);
    check.inputs();
    check.targets();
    check.report(true);
  }

  /**
   * Requires inputs.
   *
   * @throws DataException if the data does not fit, showing both sides
   */
  static void unlabelled(ModelSpec model, DataSpec data) {
    SpecCheck check = new SpecCheck(model, data);
    check.inputs();
    check.report(false);
  }

  private void inputs() {
    model.arrays().forEach(input -> numbers("input", input));
    model.texts().forEach(this::text);
  }

  private void targets() {
    model.targets().forEach(target -> numbers("target", target));
    for (TensorSpec weight : model.weights()) {
      if (data.has(weight.name())) {
        weight(weight);
      }
    }
    model.targets().forEach(target -> requireUse(target.name()));
  }

  private void numbers(String kind, TensorSpec wanted) {
    if (!data.has(wanted.name())) {
      problems.add(
          String.format(
              Locale.ROOT, "%s needs the %s %s, which the data lacks", model.name(), kind, wanted));
      return;
    }
    DataSpec.Column given = data.get(wanted.name());
    if (given.kind() == DataSpec.Kind.TEXT) {
      problems.add(
          String.format(
              Locale.ROOT,
              "the %s %s of %s takes numbers, the data has text",
              kind,
              wanted.name(),
              model.name()));
    } else if (!significant(given.rowShape()).equals(significant(wanted.shape()))) {
      problems.add(
          String.format(
              Locale.ROOT,
              "the %s %s of %s takes rows of shape %s, the data has %s",
              kind,
              wanted.name(),
              model.name(),
              wanted.shape(),
              given.rowShape()));
    }
  }

  private void text(TextSpec wanted) {
    if (!data.has(wanted.name())) {
      problems.add(
          String.format(
              Locale.ROOT, "%s needs the text %s, which the data lacks", model.name(), wanted));
      return;
    }
    DataSpec.Column given = data.get(wanted.name());
    if (given.kind() != DataSpec.Kind.TEXT) {
      problems.add(
          String.format(
              Locale.ROOT,
              "the input %s of %s takes text, the data has numbers",
              wanted.name(),
              model.name()));
    } else if (TensorSpec.elementCount(given.rowShape()) != wanted.rowSize()) {
      problems.add(
          String.format(
              Locale.ROOT,
              "the text %s of %s takes %d strings per row, the data has %d",
              wanted.name(),
              model.name(),
              wanted.rowSize(),
              TensorSpec.elementCount(given.rowShape())));
    }
  }

  /** One number per row does for all values of the row. */
  private void weight(TensorSpec wanted) {
    DataSpec.Column given = data.get(wanted.name());
    if (given.kind() == DataSpec.Kind.TEXT || TensorSpec.elementCount(given.rowShape()) != 1) {
      numbers("weight", wanted);
    }
  }

  /** Weights that the data brings must not be lost. */
  private void requireUse(String target) {
    String weight = ModelSpec.weightOf(target);
    boolean used =
        Stream.of(model.inputs(), model.targets(), model.weights())
            .flatMap(List::stream)
            .anyMatch(taken -> taken.name().equals(weight));
    if (data.has(weight) && !used) {
      problems.add(
          String.format(
              Locale.ROOT,
              "the data has %s, and %s was compiled without weights for %s: write `sample_weight %s`"
                  + " in its train block",
              weight,
              model.name(),
              target,
              target));
    }
  }

  // [n] labels for a target of shape [1], or images [8, 8] for an input [8, 8, 1], mean the same.
  static List<Integer> significant(List<Integer> shape) {
    return shape.stream().filter(size -> size != 1).toList();
  }

  private void report(boolean labelled) {
    if (!problems.isEmpty()) {
      throw new DataException(
          String.join("\n", problems)
              + "\n  the model takes: "
              + taken(labelled)
              + "\n  the data has:    "
              + data);
    }
  }

  private String taken(boolean labelled) {
    Stream<String> inputs =
        Stream.concat(
            model.arrays().stream().map(TensorSpec::toString),
            model.texts().stream().map(TextSpec::toString));
    Stream<String> targets =
        labelled ? model.targets().stream().map(TensorSpec::toString) : Stream.of();
    return Stream.concat(inputs, targets)
        .map(port -> port.replace(": ", " "))
        .collect(Collectors.joining(", "));
  }
}
