package org.mdlc.compiler.analysis;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Words that begin something, with a sentence each. */
final class Keywords {
  /** What stands outside of all braces. */
  static final Map<String, String> TOP =
      words(
          "model", "Inputs, layers and outputs.",
          "train", "How a model is trained: data, loss, metrics, optimizer.",
          "layer", "A layer of your own, with weights.",
          "block", "Several layers as one, for use in models.",
          "fn", "A function without weights.",
          "let", "A constant.",
          "import", "Takes over the definitions of another file, or weights.",
          "loss", "A loss of your own: values of `(y_true, y_pred)`.",
          "metric", "A metric of your own.",
          "optimizer", "An optimizer of your own: the step of one weight.",
          "schedule", "A learning rate by the number of the step.",
          "initializer", "What weights start from.",
          "regularizer", "A loss of one weight.",
          "constraint", "What a weight is forced to after a step.");

  /** What begins a statement of any body. */
  static final Map<String, String> BODY =
      words(
          "let", "Names a value; a layer with a name can be used twice.",
          "var", "A name that can be assigned again, with `=`.",
          "repeat", "`repeat n as i { .. }` runs a body n times; i counts from 0.",
          "for", "`for x in list { .. }`.",
          "if", "Decided when the model is compiled.",
          "require", "`require condition, \"message\"`: what must hold.");

  /** What begins a statement of a model only. */
  static final Map<String, String> MODEL =
      words(
          "input", "`input image: f32[28, 28, 1]`; the batch is implicit.",
          "output", "`output digit = ..`",
          "precision", "What the layers compute in: `precision mixed_bfloat16`.");

  /** What begins a statement of a layer, a function and the like. */
  static final Map<String, String> DEFINITION =
      words(
          "param", "A weight, which is trained.",
          "state", "A value that is kept from step to step; `<-` updates it.",
          "return", "The result.");

  /** What begins a line of a train block. */
  static final Map<String, String> TRAIN =
      words(
          "data",
              "Where the rows come from: `data csv(\"x.csv\") { image = columns(0..9), digit = label }`.",
          "holdout", "Rows that are kept for `mdlc evaluate`: a share, or a source of their own.",
          "validation", "A source of rows to validate with after each epoch.",
          "validation_split",
              "The share of the rows to validate with after each epoch; the last ones.",
          "loss", "What is made small: `loss digit: SparseCategoricalCrossentropy()`.",
          "metrics", "What is counted beside the loss.",
          "weighted_metrics", "Metrics that take the weights of samples and classes into account.",
          "optimizer", "What moves the weights; `for` says which.",
          "batch", "Rows in one step; 32 unless said.",
          "epochs", "How often all rows are seen; 1 unless said.",
          "seed", "A number from which all random numbers follow.",
          "shuffle", "Whether the rows are shuffled in each epoch; `true` unless said.",
          "callbacks", "What happens between epochs: `EarlyStopping`, `ModelCheckpoint` ..",
          "class_weight", "How much each class counts: `class_weight [1, 5]`.",
          "sample_weight", "A column that says how much each row counts.",
          "freeze", "Layers whose weights stay.",
          "unfreeze", "Layers whose weights move again.",
          "adapt", "Layers that learn from the data before training.",
          "stage", "A part of the training with settings of its own.",
          "minimize", "`minimize loss over layers with optimizer`: one of several objectives.",
          "let", "Names a value.");

  /** What an expression may begin with or contain. */
  static final Map<String, String> VALUE =
      words(
          "true", "",
          "false", "",
          "none", "No value.",
          "not", "",
          "if",
              "`if condition { a } else { b }`: one of two values, chosen when the model is compiled.",
          "fn", "`fn(x) => ..`: a function without a name.",
          "scan", "Walks a dimension of a tensor, with values carried along.",
          "training", "True in the steps that train.");

  private Keywords() {}

  /** What a word means in a train block or else in a body. */
  static Optional<String> doc(String word) {
    return Optional.ofNullable(TRAIN.get(word)).or(() -> Optional.ofNullable(MODEL.get(word)));
  }

  private static Map<String, String> words(String... pairs) {
    var words = new LinkedHashMap<String, String>();
    for (int i = 0; i < pairs.length; i += 2) {
      words.put(pairs[i], pairs[i + 1]);
    }
    return words;
  }
}
