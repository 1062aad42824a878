package org.mdlc.compiler.bind;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.mdlc.compiler.source.Span;
import org.mdlc.compiler.type.TensorType;

/**
 * A model in the user's words: which layers and functions are called with what. What another
 * framework needs to build the same model; the graphs of {@link BoundProgram} say what it computes.
 *
 * @param inputs what enters, in order
 * @param calls in the order in which they happen; blocks and functions of the user's are opened
 * @param outputs what leaves, by name
 */
public record Architecture(List<Input> inputs, List<Call> calls, Map<String, Plain> outputs) {
  /** Nothing is known, as for a program that is not made of layers. */
  public static final Architecture NONE = new Architecture(List.of(), List.of(), Map.of());

  public Architecture {
    inputs = List.copyOf(inputs);
    calls = List.copyOf(calls);
    outputs = Collections.unmodifiableMap(new LinkedHashMap<>(outputs));
  }

  /** A tensor that enters. */
  public record Input(String name, Plain value, Span span) {}

  /**
   * One call.
   *
   * @param operands what it is given; masks that come along with their tensors are not among them
   * @param result a tensor, or the tensors of a list
   */
  public record Call(Callee callee, Map<String, Plain> operands, Plain result, Span span) {
    public Call {
      operands = Collections.unmodifiableMap(new LinkedHashMap<>(operands));
    }
  }

  /** What is called. */
  public sealed interface Callee {}

  /** A function of the library, or an operator such as {@code +}. */
  public record Function(String name) implements Callee {}

  /**
   * A layer, or a model used as one.
   *
   * @param kind its definition, such as {@code Dense}
   * @param path where it stands in the model; its weights are named below it
   * @param users the definition is the user's
   * @param weights number of weights and states of its own, not of layers inside
   * @param arguments of its first list, all of them
   * @param inside what it does, when the definition is the user's or it is a model
   */
  public record Layer(
      String kind,
      String name,
      String path,
      boolean users,
      boolean trainable,
      int weights,
      Map<String, Plain> arguments,
      Optional<Architecture> inside,
      Span span)
      implements Callee, Plain {
    public Layer {
      arguments = Collections.unmodifiableMap(new LinkedHashMap<>(arguments));
    }
  }

  /** A value. */
  public sealed interface Plain {}

  /** {@code none}. */
  public record Nothing() implements Plain {}

  /** A whole number. */
  public record Whole(long value) implements Plain {}

  /** A size that is not known before the data is, such as {@code T}. */
  public record Open(String name) implements Plain {}

  /** A dimension of a signature: where it stands, not counting the batch; -1 is the last. */
  public record Axis(int index) implements Plain {}

  /** A float. */
  public record Real(double value) implements Plain {}

  /** A bool. */
  public record Truth(boolean value) implements Plain {}

  /** A string or word. */
  public record Text(String value) implements Plain {}

  /** A list or tuple. */
  public record Items(List<Plain> items) implements Plain {
    public Items {
      items = List.copyOf(items);
    }
  }

  /**
   * A tensor.
   *
   * @param id the same for the same tensor
   * @param masked some of its steps do not count
   */
  public record Tensor(int id, TensorType type, boolean masked) implements Plain {}

  /** A function by its name. */
  public record Named(String name, boolean users) implements Plain {}

  /**
   * An initializer, regularizer, constraint, schedule, optimizer, loss or metric with its
   * arguments.
   *
   * @param kind such as {@code initializer}
   * @param users the definition is the user's
   */
  public record Configured(
      String kind, String name, boolean users, Map<String, Plain> arguments, String reduction)
      implements Plain {
    public Configured {
      arguments = Collections.unmodifiableMap(new LinkedHashMap<>(arguments));
    }
  }

  /** A part of an index: {@code a:b:c}, with {@link Nothing} for what is left out. */
  public record Slice(Plain from, Plain to, Plain step) implements Plain {}

  /** {@code ..} of an index. */
  public record Rest() implements Plain {}

  /** Anything else, in words. */
  public record Other(String text) implements Plain {}

  /**
   * What a train block minimises and measures; of several stages the first.
   *
   * @param losses by output
   */
  public record Compile(
      List<Loss> losses, List<Metric> metrics, Optional<Configured> optimizer, boolean simple) {
    public Compile {
      losses = List.copyOf(losses);
      metrics = List.copyOf(metrics);
    }
  }

  public record Loss(String output, Plain loss, double weight, Span span) {}

  /**
   * A metric of an output.
   *
   * @param metric configured, or the string as written
   * @param name given to it; empty where none was
   */
  public record Metric(String output, Plain metric, String name, boolean weighted, Span span) {}
}
