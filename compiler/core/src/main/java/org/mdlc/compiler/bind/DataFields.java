package org.mdlc.compiler.bind;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.bind.BoundProgram.DataSource;
import org.mdlc.compiler.bind.BoundProgram.Field;
import org.mdlc.compiler.bind.Library.Category;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.diag.Diagnostic;
import org.mdlc.compiler.diag.DidYouMean;
import org.mdlc.compiler.syntax.Ast;
import org.mdlc.compiler.type.Shape;
import org.mdlc.compiler.type.TensorType;

/** Reads where rows come from: a source and, per model input or label, the columns that fill it. */
final class DataFields {
  static final List<String> FORMATS = List.of("csv", "npz", "npy", "idx", "images", "texts");

  /** What a folder's files are called, and their classes. */
  private static final Map<String, List<String>> FOLDERS =
      Map.of("images", List.of("images", "labels"), "texts", List.of("texts", "labels"));

  private static final Set<Long> CHANNELS = Set.of(1L, 3L, 4L);

  /** {@code columns * scale + offset}; the columns alone are the start. */
  private record Affine(List<String> columns, double scale, double offset) {}

  private final Evaluator evaluator;
  private final Map<String, TensorType> ports;
  private final Set<String> texts;
  private final Set<String> labels;
  private final Set<String> silent;
  private final Set<String> optional;
  private final Scope scope;
  private final DataFiles files;
  private final LabelAdvice advice;
  private DataColumns table = new DataColumns(Optional.empty());

  /**
   * @param ports inputs, labels and weights with their types
   * @param texts which of them are text
   * @param labels which of them are labels
   * @param silent names of outputs, which would be labels if their losses were right
   * @param optional which of the ports need no field
   */
  DataFields(
      Evaluator evaluator,
      Map<String, TensorType> ports,
      Set<String> texts,
      Set<String> labels,
      Set<String> silent,
      Set<String> optional,
      Scope scope,
      DataFiles files,
      LabelAdvice advice) {
    this.files = files;
    this.advice = advice;
    this.optional = optional;
    this.texts = texts;
    this.labels = labels;
    this.silent = silent;
    this.evaluator = evaluator;
    this.ports = ports;
    this.scope = scope;
  }

  /**
   * Reads one source.
   *
   * @param main where the fields stand when this source has none of its own
   */
  Optional<DataSource> source(Ast.Data tree, Ast.@Nullable Data main, double holdout) {
    if (!(tree.source() instanceof Ast.Call call)
        || !(call.callee() instanceof Ast.NameExpr format)) {
      evaluator
          .problems()
          .report(
              new Misuse(
                  Codes.UNKNOWN_FORMAT, "data comes from a source such as csv(\"file.csv\")"),
              tree.source().span());
      return Optional.empty();
    }
    if (!FORMATS.contains(format.name())) {
      var diagnostic =
          Diagnostic.of(
              Codes.UNKNOWN_FORMAT,
              format.span(),
              "there is no data format `" + format.name() + "`");
      var near = DidYouMean.nearest(format.name(), FORMATS);
      evaluator
          .problems()
          .report(
              near.isPresent()
                  ? diagnostic.help("did you mean `" + near.get() + "`?", format.span(), near.get())
                  : diagnostic.note("formats are " + String.join(", ", FORMATS)));
      return Optional.empty();
    }
    var paths = new ArrayList<String>();
    for (var argument : call.arguments()) {
      var value =
          evaluator.within(
              Evaluator.Mode.PLAIN, () -> evaluator.eval(argument.value(), scope, Category.VALUE));
      if (value instanceof Datum.Text t) {
        paths.add(t.value());
      } else if (!value.isPoison()) {
        evaluator
            .problems()
            .report(
                new Misuse(
                    Codes.TYPE_MISMATCH,
                    "a data file is given by its path, not by " + value.kind()),
                argument.value().span());
      }
    }
    var beside = tree.source().span().file().name();
    table = new DataColumns(table(files, beside, format.name(), paths));
    var fields = !tree.fields().isEmpty() || main == null ? tree.fields() : main.fields();
    return Optional.of(
        new DataSource(
            format.name(),
            paths,
            fields(fields, tree, format.name()),
            holdout,
            tree.source().span()));
  }

  /** The CSV file of a source, if it is there. */
  static Optional<DataFiles.Table> table(
      DataFiles files, String beside, String format, List<String> paths) {
    return format.equals("csv") && paths.size() == 1
        ? files.csv(Files.resolve(beside, paths.getFirst()))
        : Optional.empty();
  }

  private List<Field> fields(List<Ast.Field> trees, Ast.Data at, String format) {
    var fields = new LinkedHashMap<String, Field>();
    for (var tree : trees) {
      var name = portOf(tree);
      if (!ports.containsKey(name)) {
        unknown(tree);
        continue;
      }
      if (fields.containsKey(name)) {
        evaluator
            .problems()
            .report(
                Diagnostic.of(
                    Codes.DUPLICATE_SETTING, tree.name().span(), "`" + name + "` is filled twice"));
        continue;
      }
      try {
        var affine = affine(tree.value());
        text(tree, affine, format);
        folder(tree, affine, format);
        count(tree, affine, format);
        fields.put(name, new Field(name, affine.columns(), affine.scale(), affine.offset()));
      } catch (Misuse m) {
        evaluator.problems().report(m, tree.value().span());
        fields.put(name, new Field(name, List.of(), 1, 0));
      }
    }
    var missing =
        ports.keySet().stream()
            .filter(p -> !fields.containsKey(p) && !optional.contains(p))
            .toList();
    if (!missing.isEmpty() && !evaluator.problems().hasErrors()) {
      evaluator
          .problems()
          .report(
              Diagnostic.of(
                      Codes.MISSING_FIELD,
                      at.role().span(),
                      "the data does not say where `"
                          + String.join("` and `", missing)
                          + "` "
                          + (missing.size() == 1 ? "comes" : "come")
                          + " from")
                  .help("write `" + missing.get(0) + " = ..` in its braces"));
    }
    return List.copyOf(fields.values());
  }

  private static String portOf(Ast.Field field) {
    var name = field.name().text();
    return field.weighs() ? Weights.arrayOf(name) : name;
  }

  /** Text stands in the columns of a CSV file, and there is no arithmetic on it. */
  private void text(Ast.Field tree, Affine affine, String format) {
    if (!texts.contains(tree.name().text())) {
      return;
    }
    if (!format.equals("csv") && !format.equals("texts")) {
      throw new Misuse(
              Codes.TEXT_SOURCE,
              "`" + tree.name() + "` takes text, and " + format + "(..) holds numbers only")
          .help("text comes from csv(\"file.csv\") or texts(\"folder\")");
    }
    if (affine.scale() != 1 || affine.offset() != 0) {
      throw new Misuse(
              Codes.TEXT_SOURCE,
              "`" + tree.name() + "` takes text, which cannot be scaled or shifted")
          .help("give the column alone: " + tree.name() + " = " + affine.columns().get(0));
    }
  }

  /** A folder has files, and their classes. */
  private void folder(Ast.Field tree, Affine affine, String format) {
    var known = FOLDERS.get(format);
    var type = ports.get(portOf(tree));
    if (known == null || type == null) {
      return;
    }
    var column = affine.columns().get(0);
    if (affine.columns().size() > 1 || !known.contains(column)) {
      throw new Misuse(
              Codes.UNKNOWN_COLUMN,
              format + "(..) has `" + String.join("` and `", known) + "`, and nothing else")
          .help(
              "write `"
                  + tree.name()
                  + " = "
                  + known.get(labels.contains(portOf(tree)) ? 1 : 0)
                  + "`");
    }
    boolean takesText = texts.contains(tree.name().text());
    if (column.equals("texts") != (format.equals("texts") && takesText)) {
      throw new Misuse(
          Codes.TEXT_SOURCE,
          takesText
              ? "`" + tree.name() + "` takes text, and labels are numbers"
              : "`" + tree.name() + "` takes numbers, and the files of texts(..) are text");
    }
    var row = type.shape().dims().subList(1, type.rank());
    if (column.equals("images")
        && (row.size() != 3 || row.get(2).isConstant() && !CHANNELS.contains(row.get(2).value()))) {
      throw new Misuse(
              Codes.DATA_SHAPE,
              "images are [height, width, channels] with 1, 3 or 4 channels; `"
                  + tree.name()
                  + "` is not")
          .note("it is " + declared(tree, type));
    }
  }

  /** In a CSV file each column is one number: as many are needed as the input has. */
  private void count(Ast.Field tree, Affine affine, String format) {
    var type = ports.get(portOf(tree));
    if (!format.equals("csv") || type == null) {
      return;
    }
    var known = table.count(affine.columns());
    if (known.isEmpty()) {
      return;
    }
    long columns = known.getAsLong();
    var needed = new Shape(type.shape().dims().subList(1, type.rank())).elements();
    if (!needed.isConstant() || needed.value() == columns || tree.weighs() && columns == 1) {
      return;
    }
    boolean label = labels.contains(portOf(tree));
    if (!label && silent.stream().anyMatch(output -> advice.prediction(output) == null)) {
      return; // the model has an error, perhaps in how this input is declared
    }
    var misuse =
        new Misuse(
                label ? Codes.LOSS_LABEL_MISMATCH : Codes.DATA_SHAPE,
                "`"
                    + tree.name()
                    + "` takes "
                    + needed
                    + unit(tree, needed.is(1))
                    + " per row and is given "
                    + columns
                    + (columns == 1 ? " column" : " columns"))
            .note("it is " + declared(tree, type));
    throw label ? advice.advised(misuse, portOf(tree), columns) : misuse;
  }

  private String declared(Ast.Field tree, TensorType type) {
    var name = tree.name();
    return texts.contains(name.text())
        ? new Datum.Strings(name.text(), type.shape(), name.span()).typeText()
        : type.toString();
  }

  private String unit(Ast.Field tree, boolean one) {
    var word = texts.contains(tree.name().text()) ? " string" : " number";
    return one ? word : word + "s";
  }

  private void unknown(Ast.Field field) {
    var name = field.name();
    if (silent.contains(name.text()) && evaluator.problems().hasErrors()) {
      return; // an output whose loss has an error of its own
    }
    if (silent.contains(name.text()) && advice.loss(name.text()).isEmpty()) {
      evaluator
          .problems()
          .report(
              Diagnostic.of(
                      Codes.UNKNOWN_FIELD,
                      name.span(),
                      "the output `"
                          + name
                          + "` has no loss, so it takes no "
                          + (field.weighs() ? "weights" : "labels"))
                  .help("give it one: `loss " + name + ": ..`, or leave this out"));
      return;
    }
    var diagnostic =
        Diagnostic.of(
            Codes.UNKNOWN_FIELD, name.span(), "the model has no input or label `" + name + "`");
    var near = DidYouMean.nearest(name.text(), ports.keySet());
    evaluator
        .problems()
        .report(
            near.isPresent()
                ? diagnostic.help("did you mean `" + near.get() + "`?", name.span(), near.get())
                : ports.isEmpty()
                    ? diagnostic
                    : diagnostic.note("it has " + String.join(", ", ports.keySet())));
  }

  private Affine affine(Ast.Expr tree) {
    return switch (tree) {
      case Ast.NameExpr n -> new Affine(List.of(n.name()), 1, 0);
      case Ast.Call c
          when c.callee() instanceof Ast.NameExpr n
              && (n.name().equals("column") || n.name().equals("columns")) ->
          new Affine(columns(c), 1, 0);
      case Ast.Unary u when u.op() == Ast.UnaryOp.NEGATE -> scaled(affine(u.operand()), -1);
      case Ast.Binary b -> binary(b);
      default -> throw bad(tree);
    };
  }

  private static Misuse bad(Ast.Expr tree) {
    return new Misuse(
            Codes.BAD_FIELD,
            "a field is made of columns, scaled and shifted by numbers: `"
                + Problems.firstLine(tree.span())
                + "` is neither")
        .help("write such as `images / 255` or `columns(0..63) / 8 - 1`");
  }

  private Affine binary(Ast.Binary tree) {
    var left = constant(tree.left());
    var right = constant(tree.right());
    if (left.isPresent() == right.isPresent()) {
      throw bad(tree);
    }
    var inner = affine(left.isPresent() ? tree.right() : tree.left());
    double number = left.isPresent() ? left.get() : right.get();
    return switch (tree.op()) {
      case MULTIPLY -> scaled(inner, number);
      case DIVIDE -> {
        if (left.isPresent() || number == 0) {
          throw bad(tree);
        }
        yield scaled(inner, 1 / number);
      }
      case ADD -> new Affine(inner.columns(), inner.scale(), inner.offset() + number);
      case SUBTRACT -> {
        var turned = left.isPresent() ? scaled(inner, -1) : inner;
        yield new Affine(
            turned.columns(),
            turned.scale(),
            turned.offset() + (left.isPresent() ? number : -number));
      }
      default -> throw bad(tree);
    };
  }

  private static Affine scaled(Affine inner, double by) {
    return new Affine(inner.columns(), inner.scale() * by, inner.offset() * by);
  }

  /** A number, unless the expression names columns. */
  private Optional<Double> constant(Ast.Expr tree) {
    return switch (tree) {
      case Ast.IntLit i -> Optional.of((double) i.value());
      case Ast.FloatLit f -> Optional.of(f.value());
      case Ast.Unary u when u.op() == Ast.UnaryOp.NEGATE -> constant(u.operand()).map(v -> -v);
      case Ast.NameExpr n when scope.find(n.name()) != null ->
          evaluator.eval(n, scope, Category.VALUE).number();
      case Ast.Binary b when constant(b.left()).isPresent() && constant(b.right()).isPresent() ->
          evaluator.eval(b, scope, Category.VALUE).number();
      default -> Optional.empty();
    };
  }

  private List<String> columns(Ast.Call call) {
    var columns = new ArrayList<String>();
    for (var argument : call.arguments()) {
      if (argument.value() instanceof Ast.Range r
          && r.from() instanceof Ast.StringLit from
          && r.to() instanceof Ast.StringLit to) {
        columns.add(from.value() + ".." + to.value());
      } else if (argument.value() instanceof Ast.Range r
          && r.from() instanceof Ast.IntLit from
          && r.to() instanceof Ast.IntLit to) {
        columns.add("#" + from.value() + "..#" + to.value());
      } else {
        columns.add(column(argument));
      }
    }
    if (columns.isEmpty()) {
      throw new Misuse(Codes.BAD_FIELD, "name at least one column");
    }
    return columns;
  }

  private String column(Ast.Arg argument) {
    return switch (evaluator.eval(argument.value(), scope, Category.VALUE)) {
      case Datum.Text t -> t.value();
      case Datum.Whole w when w.dim().isConstant() -> "#" + w.dim();
      case Datum.Poison _ -> "";
      case Datum other ->
          throw new Misuse(
              Codes.BAD_FIELD,
              "a column is named by a string or its place, not by " + other.kind());
    };
  }
}
