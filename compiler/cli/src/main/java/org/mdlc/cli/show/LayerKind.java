package org.mdlc.cli.show;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import org.mdlc.compiler.report.LayerReport;
import org.mdlc.compiler.report.ProgramReport;
import org.mdlc.compiler.report.StepReport;

/**
 * What a layer does, in a word: it decides its colour.
 *
 * @param id of the colour in the style sheet
 * @param text for the legend
 */
record LayerKind(String id, String text) {
  private record Rule(Pattern pattern, LayerKind kind) {}

  private static final LayerKind LOSS = new LayerKind("loss", "loss, metrics");
  private static final LayerKind OTHER = new LayerKind("other", "other");

  /** The first whose pattern the name of the layer's definition has in it. */
  private static final List<Rule> RULES =
      List.of(
          rule("Attention", "attention", "attention"),
          rule("LSTM|GRU|RNN|Bidirectional", "recurrent", "recurrence"),
          rule("Conv", "conv", "convolution"),
          rule("Dense|Embedding", "dense", "dense, embedding"),
          rule("Normalization", "norm", "normalization"),
          rule("Pool|Flatten|Reshape|UpSampling|Padding|Cropping", "pool", "pooling, shape"));

  private static Rule rule(String pattern, String id, String text) {
    return new Rule(Pattern.compile(pattern), new LayerKind(id, text));
  }

  /** All kinds, in the order of the legend. */
  static List<LayerKind> all() {
    var all = new ArrayList<>(RULES.stream().map(Rule::kind).toList());
    all.add(LOSS);
    all.add(OTHER);
    return all;
  }

  static LayerKind of(LayerReport layer) {
    if (layer.kind().isEmpty()) {
      return LOSS;
    }
    return RULES.stream()
        .filter(rule -> rule.pattern().matcher(layer.kind()).find())
        .map(Rule::kind)
        .findFirst()
        .orElse(OTHER);
  }

  /** Of the layer that a step does most for. */
  static LayerKind of(StepReport step, ProgramReport report) {
    return step.serves().stream()
        .max(Comparator.comparingInt(s -> s.operations().size()))
        .map(most -> of(report.layers().get(most.layer())))
        .orElse(OTHER);
  }
}
