package org.mdlc.runtime.file;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.HostTensor;
import org.mdlc.runtime.data.StringTensor;

/**
 * A CSV file with a header line, read into memory: UTF-8, comma-separated, fields quoted as in RFC
 * 4180, empty lines skipped. Errors name the file, the line and the column.
 */
public final class CsvTable {
  private final Path file;
  private final List<String> header;
  private final CsvCells cells;

  private CsvTable(Path file, List<String> header, CsvCells cells) {
    this.file = file;
    this.header = List.copyOf(header);
    this.cells = cells;
  }

  /**
   * Reads a file.
   *
   * @throws DataException if it has no header, a column name twice, or a line with more or fewer
   *     fields than the header
   */
  public static CsvTable read(Path file) throws IOException {
    CsvCells cells = new CsvCells(file.toString(), Files.size(file));
    List<String> header = new ArrayList<>();
    try (CsvReader<Integer> csv =
        CsvReader.builder()
            .detectBomHeader(true)
            // Checked below, where the message can name the line.
            .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
            .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
            .allowUnclosedQuote(false)
            .build(cells, file, StandardCharsets.UTF_8)) {
      for (int fields : csv) {
        if (header.isEmpty()) {
          for (int i = 0; i < fields; i++) {
            header.add(cells.cell(i));
          }
          requireUnique(file, header);
        } else if (fields != header.size()) {
          throw new DataException(
              String.format(
                  Locale.ROOT,
                  "%s, line %d: %d fields, the header has %d columns",
                  file,
                  cells.line(cells.rows() - 1),
                  fields,
                  header.size()));
        }
      }
    } catch (CsvParseException e) {
      throw new DataException(file + ": " + reason(e), e);
    }
    if (header.isEmpty()) {
      throw new DataException(file + ": empty; expected a header line with the column names");
    }
    return new CsvTable(file, header, cells);
  }

  /** FastCSV says where, and its cause says what. */
  private static String reason(CsvParseException e) {
    Throwable cause = e.getCause();
    return cause == null || cause.getMessage() == null
        ? String.valueOf(e.getMessage())
        : e.getMessage() + ": " + cause.getMessage();
  }

  /** The column names, in the order of the file. */
  public List<String> header() {
    return header;
  }

  /** Number of data lines. */
  public int rows() {
    return cells.rows() - 1;
  }

  /**
   * A column of numbers, [rows]: integers if all of its values are, else floats.
   *
   * @throws DataException if there is no such column or a value is not a number
   */
  public HostTensor column(String name) {
    int column = index(name);
    for (int row = 0; row < rows(); row++) {
      if (!isInt(cell(row, column))) {
        return floats(column, column).reshape(rows());
      }
    }
    int[] values = new int[rows()];
    for (int i = 0; i < values.length; i++) {
      values[i] = Integer.parseInt(cell(i, column).strip());
    }
    return HostTensor.of(values, rows());
  }

  /**
   * Adjacent columns of numbers, [rows, columns], given by the names of the first and the last.
   *
   * @throws DataException if there are no such columns in this order or a value is not a number
   */
  public HostTensor columns(String first, String last) {
    int from = index(first);
    int to = index(last);
    if (to < from) {
      throw new DataException(file + ": column " + last + " comes before column " + first);
    }
    return floats(from, to);
  }

  /**
   * Adjacent columns of numbers, [rows, columns], given by position from 0, both ends included.
   *
   * @throws DataException if there are no such columns or a value is not a number
   */
  public HostTensor columns(int first, int last) {
    if (first < 0 || last < first || last >= header.size()) {
      throw new DataException(
          file + ": no columns " + first + " to " + last + "; there are " + header.size());
    }
    return floats(first, last);
  }

  /** Columns of numbers, [rows, columns], by name in the given order. */
  public HostTensor columns(List<String> names) {
    int width = names.size();
    float[] values = new float[Math.multiplyExact(rows(), width)];
    for (int j = 0; j < width; j++) {
      HostTensor column = column(names.get(j)).toFloats();
      for (int i = 0; i < rows(); i++) {
        values[i * width + j] = column.floats()[i];
      }
    }
    return HostTensor.of(values, rows(), width);
  }

  /** Whether every value of the column is a number. */
  public boolean isNumeric(String name) {
    int column = index(name);
    return IntStream.range(0, rows()).allMatch(row -> isFloat(cell(row, column)));
  }

  /**
   * A column of text as numbers from 0 on, [rows].
   *
   * @throws DataException if there is no such column
   */
  public Categories categories(String name) {
    int column = index(name);
    Set<String> sorted = new TreeSet<>();
    for (int row = 0; row < rows(); row++) {
      sorted.add(cell(row, column).strip());
    }
    List<String> names = List.copyOf(sorted);
    int[] ids = new int[rows()];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = Collections.binarySearch(names, cell(i, column).strip());
    }
    return new Categories(names, HostTensor.of(ids, rows()));
  }

  /**
   * Columns of text as they stand in the file, [rows, columns].
   *
   * @throws DataException if there is no such column
   */
  public StringTensor texts(List<String> names) {
    int[] columns = names.stream().mapToInt(this::index).toArray();
    List<String> values = new ArrayList<>(rows() * columns.length);
    for (int row = 0; row < rows(); row++) {
      for (int column : columns) {
        values.add(cell(row, column));
      }
    }
    return StringTensor.of(values, rows(), columns.length);
  }

  private HostTensor floats(int first, int last) {
    int width = last - first + 1;
    float[] values = new float[Math.multiplyExact(rows(), width)];
    for (int i = 0; i < rows(); i++) {
      for (int j = 0; j < width; j++) {
        values[i * width + j] = number(i, first + j);
      }
    }
    return HostTensor.of(values, rows(), width);
  }

  private String cell(int row, int column) {
    return cells.cell((row + 1L) * header.size() + column);
  }

  private float number(int row, int column) {
    String text = cell(row, column).strip();
    if (!isFloat(text)) {
      throw new DataException(
          String.format(
              Locale.ROOT,
              "%s, line %d, column %s: %s",
              file,
              cells.line(row + 1),
              header.get(column),
              text.isEmpty() ? "no value" : "\"" + text + "\" is not a number"));
    }
    return Float.parseFloat(text);
  }

  private int index(String name) {
    int column = header.indexOf(name);
    if (column < 0) {
      throw new DataException(
          file + ": no column " + name + "; there are " + String.join(", ", header));
    }
    return column;
  }

  private static boolean isInt(String text) {
    try {
      Integer.parseInt(text.strip());
      return true;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  // Java also takes 1f and 1d, which in a data file are a slip of the pen.
  private static boolean isFloat(String text) {
    String number = text.strip();
    if (number.isEmpty() || "dDfF".indexOf(number.charAt(number.length() - 1)) >= 0) {
      return false;
    }
    try {
      Float.parseFloat(number);
      return true;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  private static void requireUnique(Path file, List<String> header) {
    Set<String> seen = new HashSet<>();
    for (String name : header) {
      if (!seen.add(name)) {
        throw new DataException(file + ", line 1: two columns are named " + name);
      }
    }
  }

  /**
   * A column of text as numbers.
   *
   * @param names the different values, sorted; their positions are the numbers
   * @param ids the number of each row, [rows]
   */
  public record Categories(List<String> names, HostTensor ids) {
    /** Copies the names. */
    public Categories {
      names = List.copyOf(names);
    }
  }
}
