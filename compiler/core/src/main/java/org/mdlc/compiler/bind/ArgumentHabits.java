package org.mdlc.compiler.bind;

import static java.util.Map.entry;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.mdlc.compiler.diag.Diagnostic;
import org.mdlc.compiler.diag.DidYouMean;
import org.mdlc.compiler.source.Span;
import org.mdlc.compiler.syntax.Ast;

/** What arguments were called in Keras 1 and 2, and which of them are not needed here. */
final class ArgumentHabits {
  /** Old names with those that came after them; the first that the callee has is meant. */
  private static final Map<String, List<String>> RENAMED =
      Map.ofEntries(
          entry("lr", List.of("learning_rate")),
          entry("init", List.of("kernel_initializer", "embeddings_initializer")),
          entry("inner_init", List.of("recurrent_initializer")),
          entry("inner_activation", List.of("recurrent_activation")),
          entry("nb_filter", List.of("filters")),
          entry("filter_length", List.of("kernel_size")),
          entry("border_mode", List.of("padding")),
          entry("subsample", List.of("strides")),
          entry("subsample_length", List.of("strides")),
          entry("stride", List.of("strides")),
          entry("pool_length", List.of("pool_size")),
          entry("dim_ordering", List.of("data_format")),
          entry("output_dim", List.of("units")),
          entry("bias", List.of("use_bias")),
          entry("p", List.of("rate")),
          entry("W_regularizer", List.of("kernel_regularizer", "embeddings_regularizer")),
          entry("b_regularizer", List.of("bias_regularizer")),
          entry("W_constraint", List.of("kernel_constraint", "embeddings_constraint")),
          entry("b_constraint", List.of("bias_constraint")),
          entry("dropout_W", List.of("dropout")),
          entry("dropout_U", List.of("recurrent_dropout")));

  /** Old names of what the compiler finds out itself, or what a schedule does, with the reason. */
  private static final Map<String, String> DROPPED =
      Map.of(
          "input_shape", "the shape stands at the model's `input`",
          "batch_input_shape", "the shape stands at the model's `input`",
          "input_dim", "the size comes from what the layer is given",
          "input_length", "the size comes from what the layer is given",
          "decay", "a rate that falls is a schedule such as learning_rate = ExponentialDecay(..)",
          "dtype", "what layers compute in is said by `precision` in the model");

  private ArgumentHabits() {}

  /**
   * With advice about an argument that the callee does not have.
   *
   * @param call where the argument stands
   */
  static Diagnostic advised(
      Diagnostic diagnostic, Ast.Name name, Span call, List<String> parameters) {
    var meant =
        RENAMED.getOrDefault(name.text(), List.of()).stream()
            .filter(parameters::contains)
            .findFirst()
            .or(() -> DidYouMean.nearest(name.text(), parameters));
    var reason = DROPPED.get(name.text());
    if (meant.isPresent()) {
      return diagnostic.help("did you mean `" + meant.get() + "`?", name.span(), meant.get());
    }
    if (reason != null) {
      var advice = "leave it out: " + reason;
      return without(name, call)
          .map(edit -> edit.advisedBy(diagnostic, advice))
          .orElseGet(() -> diagnostic.help(advice));
    }
    return parameters.isEmpty()
        ? diagnostic
        : diagnostic.note("it takes " + String.join(", ", parameters));
  }

  private static Optional<Edit> without(Ast.Name name, Span call) {
    return CallText.of(call, List.of()).flatMap(text -> text.without(name.text()));
  }
}
