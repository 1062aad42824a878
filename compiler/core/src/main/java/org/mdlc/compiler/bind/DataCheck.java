package org.mdlc.compiler.bind;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.mdlc.compiler.bind.BoundProgram.DataSource;
import org.mdlc.compiler.bind.BoundProgram.Field;
import org.mdlc.compiler.bind.DataFiles.Column;
import org.mdlc.compiler.bind.DataFiles.Table;
import org.mdlc.compiler.bind.Datum.Tensor;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.diag.Diagnostic;
import org.mdlc.compiler.diag.Help;
import org.mdlc.compiler.source.Span;
import org.mdlc.compiler.syntax.Ast;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.TensorType;

/** Looks at the rows of a small CSV file for what would go wrong in training. */
final class DataCheck {
  private static final int USUAL_BATCH = 32;
  private static final int MOST_NAMED = 8;

  private final Problems problems;
  private final LabelAdvice labels;
  private final Map<String, TensorType> ports;
  private final Table table;

  /**
   * @param ports labels with their types
   */
  DataCheck(Problems problems, LabelAdvice labels, Map<String, TensorType> ports, Table table) {
    this.problems = problems;
    this.labels = labels;
    this.ports = ports;
    this.table = table;
  }

  /** Labels that are no class of their output. */
  void classes(Ast.Data tree, DataSource source) {
    for (var field : source.fields()) {
      var at =
          tree.fields().stream()
              .filter(f -> !f.weighs() && f.name().text().equals(field.port()))
              .map(f -> f.value().span())
              .findFirst();
      if (at.isPresent()) {
        column(field).ifPresent(column -> classes(field, column, at.get()));
      }
    }
  }

  private Optional<Column> column(Field field) {
    var type = ports.get(field.port());
    if (type == null || type.dtype() != DType.I32 || type.rank() != 1) {
      return Optional.empty();
    }
    var positions = new DataColumns(Optional.of(table)).positions(field.columns());
    return positions.size() == 1 ? table.column(positions.getFirst()) : Optional.empty();
  }

  private void classes(Field field, Column column, Span at) {
    var prediction = labels.prediction(field.port());
    if (prediction == null
        || prediction.rank() != 2
        || !prediction.shape().dim(-1).isConstant()
        || column.numeric() && !column.whole()) {
      return;
    }
    long classes = prediction.shape().dim(-1).value();
    double lowest = column.numeric() ? column.lowest() * field.scale() + field.offset() : 0;
    double highest =
        column.numeric()
            ? column.highest() * field.scale() + field.offset()
            : column.texts().size() - 1;
    if (classes == 1 || lowest >= 0 && highest < classes) {
      return; // of a single class the loss warns
    }
    var message =
        (column.numeric()
                ? "the labels go from " + (long) lowest + " to " + (long) highest
                : "the labels are " + different(column.texts()))
            + ", and `"
            + field.port()
            + "` has the classes 0 to "
            + (classes - 1);
    boolean fromOne = column.numeric() && lowest == 1 && highest == classes;
    problems.report(
        Problems.made(
            Diagnostic.of(Codes.LABEL_OUT_OF_RANGE, at, message)
                .help(
                    fromOne
                        ? new Help("classes are counted from 0", at, at.text() + " - 1")
                        : units(prediction, lowest, (long) highest + 1)),
            prediction));
  }

  private static String different(List<String> texts) {
    var first = String.join(", ", texts.subList(0, Math.min(MOST_NAMED, texts.size())));
    var more = texts.size() > MOST_NAMED ? ", .." : "";
    return texts.size() + " different texts (" + first + more + ")";
  }

  private static Help units(Tensor prediction, double lowest, long classes) {
    var edit =
        LabelAdvice.call(ShapeAdvice.maker(prediction))
            .filter(_ -> lowest >= 0)
            .map(call -> call.with(LabelAdvice.UNITS, String.valueOf(classes)));
    return new Help(
        "give the output a unit for each class",
        edit.map(Edit::place).orElse(null),
        edit.map(Edit::text).orElse(null));
  }

  /** A batch that was meant to be a part of the rows. */
  void batch(Ast.Setting setting, long batch) {
    var rows = table.rows();
    if (rows.isEmpty() || batch <= rows.getAsLong()) {
      return;
    }
    var fitting = Math.min(USUAL_BATCH, Long.highestOneBit(Math.max(1, rows.getAsLong() / 4)));
    problems.report(
        Diagnostic.of(
                Codes.LARGE_BATCH,
                setting.value().span(),
                "a batch of "
                    + batch
                    + " is larger than the data, which has "
                    + rows.getAsLong()
                    + " rows")
            .note("each epoch would be a single step")
            .help(
                "take batches of a part of the rows",
                setting.value().span(),
                String.valueOf(fitting)));
  }
}
