package org.mdlc.compiler.diag;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * Every diagnostic that exists. A code never changes its meaning and is never used again.
 *
 * <p>Ranges: 01 syntax, 02 names, 03 shapes and types, 04 layers and parameters, 05 train blocks,
 * 06 data, 07 imports and weights, 09 limits. Warnings use the same ranges.
 */
public enum Codes {
  // ---- 01: syntax
  UNEXPECTED_TOKEN("E0101", "unexpected token", "The text at this place does not fit the grammar."),
  UNKNOWN_CHARACTER(
      "E0102",
      "unknown character",
      "A character that has no meaning outside strings and comments."),
  UNCLOSED_STRING(
      "E0103",
      "string not closed",
      "A string begins with a double quote and ends with one on the same line."),
  UNCLOSED_BRACKET(
      "E0104", "bracket not closed", "A brace, bracket or parenthesis is opened and never closed."),
  STRAY_BRACKET(
      "E0105",
      "bracket closes nothing",
      "A closing brace, bracket or parenthesis has no opening one."),
  FOREIGN_SYNTAX(
      "E0106",
      "syntax of another language",
      "This is how Python, Java or C say it; mdl has its own way."),
  MISPLACED_STATEMENT(
      "E0107",
      "statement in the wrong place",
      "This kind of statement belongs to another kind of definition."),
  UNUSED_VALUE(
      "E0108",
      "value is not used",
      "An expression stands where a statement is expected and its value goes nowhere."),
  BAD_ASSIGNMENT_TARGET(
      "E0109",
      "cannot be assigned to",
      "Only a name (or a tuple of names) can stand left of = or <-."),
  BAD_NUMBER("E0110", "number cannot be read", "A number is misspelt or too large."),
  BAD_ESCAPE(
      "E0111",
      "unknown escape in a string",
      "Strings know the escapes \\n, \\t, \\\\, \\\", \\{ and \\}."),
  CHAINED_COMPARISON(
      "E0112",
      "comparisons cannot be chained",
      "a < b < c compares a bool with c; write a < b and b < c."),
  MISSING_LIST(
      "E0113",
      "missing parameter list",
      "Layers and their kin take two lists: configuration, then tensors."),
  MISSING_BRANCH(
      "E0114",
      "if without a value",
      "An if that is used as a value needs an else, and a value in both branches."),
  UNCLOSED_COMMENT("E0115", "comment not closed", "A comment that begins with /* ends with */."),
  BAD_TEMPLATE(
      "E0116",
      "message cannot be read",
      "Braces in a require message hold an expression; a plain brace is written \\{."),
  RESERVED_WORD(
      "E0117",
      "reserved word used as a name",
      "This word is part of the language and cannot be a name."),
  NOT_UTF8("E0118", "not UTF-8", "Source files are UTF-8 text."),

  // ---- 02: names
  UNKNOWN_NAME(
      "E0201",
      "unknown name",
      "Nothing of this name is defined here, in an import or in the library."),
  DUPLICATE_NAME("E0202", "name defined twice", "Two definitions in one place have the same name."),
  UNKNOWN_MEMBER("E0203", "unknown member", "The value before the dot has nothing of this name."),
  NOT_A_VARIABLE(
      "E0204", "assignment to a constant", "Only names made by var can be assigned again."),
  USED_BEFORE_DEFINITION(
      "E0205", "used before its definition", "A name is used above the line that defines it."),
  RECURSIVE_DEFINITION(
      "E0206",
      "definition uses itself",
      "A definition reaches itself again, so that expanding it would never end."),
  NOT_CALLABLE(
      "E0207", "cannot be called", "Only functions, layers, blocks and models can be called."),
  UNKNOWN_TYPE("E0208", "unknown type", "There is no type of this name."),

  // ---- 03: shapes and types
  SHAPE_MISMATCH(
      "E0301",
      "shapes do not fit",
      "An operation is given tensors whose shapes do not go together."),
  RANK_MISMATCH(
      "E0302",
      "wrong number of dimensions",
      "A tensor has more or fewer dimensions than are needed here."),
  TYPE_MISMATCH("E0303", "wrong type", "A value of one type stands where another is needed."),
  DIVISION_NOT_EXACT(
      "E0304",
      "dimension does not divide",
      "A whole number is needed here and the division leaves a rest."),
  INDEX_OUT_OF_RANGE("E0305", "index out of range", "An index lies outside the dimension or list."),
  UNKNOWN_DIMENSION(
      "E0306", "dimension is not known", "The compiler needs a number here and has only a name."),
  DTYPE_MISMATCH(
      "E0307",
      "element types differ",
      "An operation is given tensors of element types that do not go together."),
  REQUIREMENT_FAILED(
      "E0308",
      "requirement not met",
      "A require of a definition does not hold for this use of it."),
  NOT_COMPILE_TIME(
      "E0309",
      "not known at compile time",
      "This place needs a value that is fixed before training starts."),
  EMPTY_DIMENSION("E0310", "dimension would be empty", "A dimension comes out as zero or less."),
  DIVISION_BY_ZERO("E0311", "division by zero", "A compile-time division or remainder by zero."),
  AXIS_UNKNOWN("E0312", "no such axis", "The tensor has no dimension of this number or name."),
  RESULT_MISMATCH(
      "E0313",
      "result is not as declared",
      "The shape that comes out differs from the declared one."),

  TEXT_AS_TENSOR(
      "E0314",
      "text used as a tensor",
      "Text has no numbers until a layer such as TextVectorization makes some of it."),
  TEXT_EXPECTED(
      "E0315",
      "text is needed here",
      "A layer over text takes an input of the model that is declared str, and nothing else."),

  // ---- 04: layers and parameters
  MISSING_ARGUMENT("E0401", "argument missing", "A parameter without a default is given no value."),
  UNKNOWN_ARGUMENT("E0402", "unknown argument", "There is no parameter of this name."),
  TOO_MANY_ARGUMENTS(
      "E0403", "too many arguments", "More values are given than there are parameters."),
  DUPLICATE_ARGUMENT("E0404", "argument given twice", "One parameter is given two values."),
  POSITIONAL_AFTER_NAMED(
      "E0405", "position after name", "An argument without a name follows one with a name."),
  UNKNOWN_WORD("E0406", "not one of the allowed words", "The parameter allows only certain words."),
  VALUE_OUT_OF_RANGE(
      "E0407", "value out of range", "The value is of the right type but makes no sense here."),
  MISSING_RESULT("E0408", "nothing is returned", "The body of a definition ends without a result."),
  MISSING_INITIAL("E0409", "no initial value", "A param or state needs a value to start from."),
  UNREACHABLE("E0410", "never reached", "The statements after a return are never reached."),
  LAYER_USED_AS_TENSOR(
      "E0411",
      "layer used as a tensor",
      "A layer is a function of tensors; give it one with |> or a call."),
  TUPLE_MISMATCH(
      "E0412",
      "wrong number of values",
      "A tuple is taken apart into more or fewer names than it has values."),
  SHARED_SHAPE_CONFLICT(
      "E0413",
      "shared layer meets another shape",
      "A layer's weights were made for one input shape and it is used with another."),
  NO_OUTPUT("E0414", "model without an output", "A model needs at least one output."),
  UPDATE_OUTSIDE_STATE(
      "E0415",
      "only state can be updated",
      "The arrow <- updates a state, an optimizer's weight or a scan's carried value."),
  MISSING_UPDATE(
      "E0416",
      "never updated",
      "An optimizer must update its weight, and a scan its carried values."),

  // ---- 05: train blocks
  UNKNOWN_MODEL("E0501", "unknown model", "A train block names a model that does not exist."),
  UNKNOWN_SETTING("E0502", "unknown setting", "A train block has no setting of this name."),
  MISSING_LOSS("E0503", "no loss", "A train block needs a loss or a minimize statement."),
  UNKNOWN_OUTPUT("E0504", "unknown output", "The model has no output of this name."),
  OUTPUT_NOT_NAMED(
      "E0505", "which output?", "A model with several outputs needs the output's name here."),
  EMPTY_GLOB("E0506", "matches nothing", "No layer or weight of the model matches this path."),
  DUPLICATE_SETTING(
      "E0507",
      "setting given twice",
      "A setting may stand once in a train block and once in each stage."),
  LOSS_LABEL_MISMATCH(
      "E0508",
      "loss does not fit the output",
      "The loss needs labels or predictions of another shape or type."),
  MISSING_OPTIMIZER("E0509", "no optimizer", "A train block with a loss needs an optimizer."),
  NOTHING_TO_TRAIN(
      "E0510", "nothing to train", "Everything is frozen, or the model has no weights."),
  DUPLICATE_TRAIN("E0511", "two train blocks", "A model has at most one train block in a file."),
  CLASS_WEIGHTS(
      "E0512",
      "class weights do not fit the classes",
      "A class_weight gives one number for each class of its output."),
  NOTHING_TO_ADAPT(
      "E0513", "nothing to adapt", "The layer learns nothing from data before training."),
  CONFLICTING_OPTIMIZERS(
      "E0514",
      "optimizers in each other's way",
      "A weight belongs to two optimizers, or one of several optimizers scales the common loss."),
  UNKNOWN_PRECISION(
      "E0515",
      "unknown precision",
      "Layers compute in float32, or under one of Keras's mixed policies."),
  SCHEDULED_RATE(
      "E0516",
      "learning rate that nobody may set",
      "A callback sets the learning rate, and every optimizer has a schedule for it."),

  // ---- 06: data
  UNKNOWN_FORMAT(
      "E0601",
      "unknown data format",
      "Data comes from csv, npz, npy, idx, or a folder of images or texts."),
  MISSING_FIELD(
      "E0602",
      "input without data",
      "The data declaration does not say where a model input or target comes from."),
  UNKNOWN_FIELD(
      "E0603",
      "no such input or target",
      "The data declaration fills something that the model does not have."),
  DATA_SHAPE(
      "E0604",
      "data does not fit the input",
      "The data has another number of values than the model input."),
  UNKNOWN_COLUMN("E0605", "no such column", "The data has no column or array of this name."),
  BAD_FIELD(
      "E0606",
      "field cannot be read",
      "A field is made of columns, scaled and shifted by numbers; nothing else."),
  MISSING_DATA_FILE(
      "E0607", "data file not found", "The data file does not exist or cannot be read."),
  TEXT_SOURCE(
      "E0608",
      "text from numbers",
      "An input of strings is filled by columns of a CSV file, or the texts of a folder, as they stand."),
  CLASS_COUNT(
      "E0609",
      "classes do not fit the output",
      "A folder of images or texts has another number of classes than the output."),
  LABEL_OUT_OF_RANGE(
      "E0610",
      "label outside the classes",
      "A class number in the data is none of those that the output has."),

  // ---- 07: imports and weights
  IMPORT_NOT_FOUND(
      "E0701", "import not found", "The imported file does not exist or cannot be read."),
  IMPORT_CYCLE("E0702", "imports in a circle", "A file imports itself through others."),
  BAD_HASH("E0703", "not a SHA-256", "A SHA-256 is 64 hexadecimal digits."),
  HASH_MISMATCH(
      "E0704",
      "weights are not the expected ones",
      "The file's SHA-256 differs from the declared one."),
  WEIGHTS_MISMATCH(
      "E0705", "weights do not fit", "Names or shapes in the file are not those of the layer."),
  NOT_A_KERAS_MODEL(
      "E0706", "not a model of Keras", "The file is not a model as Keras 3 writes one."),
  NOT_IN_MDL(
      "E0707", "nothing like it in mdl", "The model of Keras holds something that mdl cannot say."),
  NOT_IN_KERAS(
      "E0708", "nothing like it in Keras", "The model does something that no layer of Keras does."),

  // ---- 09: limits
  NESTED_TOO_DEEP("E0901", "nested too deeply", "The text nests deeper than the compiler follows."),
  TOO_MANY_STEPS(
      "E0902", "too much to expand", "Expanding repeat, for or recursion takes too many steps."),
  FILE_TOO_LARGE("E0903", "file too large", "A source file holds at most 4 million characters."),
  MODEL_TOO_LARGE(
      "E0904", "tensor too large", "A tensor has more elements than the machine can address."),

  // ---- warnings
  UNUSED_NAME("W0201", "never used", "A name is defined and never used."),
  SHADOWED_NAME("W0202", "name hidden", "A new name hides one from an outer place or the library."),
  UNUSED_LAYER("W0401", "layer never used", "A layer is made and never applied to anything."),
  ACTIVATION_LOSS_MISMATCH(
      "W0501",
      "activation and loss do not match",
      "The last activation is not what this loss expects."),
  SOFTMAX_OVER_ONE(
      "W0301", "softmax over one value", "Softmax over a dimension of size 1 is always 1."),
  BROADCAST(
      "W0302",
      "silent broadcast",
      "Two tensors are stretched to fit in a way that is rarely meant."),
  UNUSED_INPUT("W0402", "input never used", "No output depends on this model input."),
  MASK_DROPPED(
      "W0403",
      "mask lost",
      "A tensor with a mask enters a layer that neither uses the mask nor hands it on."),
  UNUSED_CALLBACK_METRIC(
      "W0502",
      "monitors nothing",
      "A callback watches a metric that the train block does not make."),
  CHANNEL_ORDER(
      "W0303",
      "channels in another place",
      "An image whose channels come first enters a layer that looks for them last."),
  METRIC_LOSS_MISMATCH(
      "W0504",
      "metric and loss do not match",
      "The metric says little about an output that is trained with this loss."),
  HIGH_RATE(
      "W0505",
      "very high learning rate",
      "An adaptive optimizer moves each weight by about its learning rate at every step."),
  OUTPUT_WITHOUT_LOSS(
      "W0506", "output without a loss", "Nothing trains what only leads to this output."),
  LARGE_BATCH(
      "W0601", "batch larger than the data", "There are fewer rows than the batch size asks for."),
  UNSCALED_LOSS(
      "W0503",
      "no loss scale",
      "Under mixed_float16 small gradients become 0 where no optimizer scales the loss.");

  private final String code;
  private final String title;
  private final String meaning;

  Codes(String code, String title, String meaning) {
    this.code = code;
    this.title = title;
    this.meaning = meaning;
  }

  /** {@code E0301}. */
  public String code() {
    return code;
  }

  /** A few words. */
  public String title() {
    return title;
  }

  /** One sentence. */
  public String meaning() {
    return meaning;
  }

  public Severity severity() {
    return code.startsWith("W") ? Severity.WARNING : Severity.ERROR;
  }

  /** By code, in any case: {@code e0301}. */
  public static Optional<Codes> find(String code) {
    var upper = code.toUpperCase(Locale.ROOT);
    return Arrays.stream(values()).filter(c -> c.code.equals(upper)).findFirst();
  }
}
