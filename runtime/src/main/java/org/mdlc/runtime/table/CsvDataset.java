package org.mdlc.runtime.table;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.DataException;

/**
 * A CSV file as a data set: UTF-8, fields quoted as in RFC 4180, empty lines skipped.
 *
 * <pre>{@code
 * TableDataset rows =
 *     CsvDataset.of(file)
 *         .columns(ColumnGroup.floats("image", "p00..p77").shaped(8, 8, 1), ColumnGroup.ints("digit"))
 *         .open();
 * }</pre>
 *
 * <p>Errors name the file, the line and the column.
 */
public final class CsvDataset extends TableOptions<CsvDataset> {
  private final Path file;
  private boolean header = true;
  private @Nullable List<String> names;
  private char separator = ',';
  private char quote = '"';

  private CsvDataset(Path file) {
    this.file = file;
  }

  /** A file whose first line names the columns. */
  public static CsvDataset of(Path file) {
    return new CsvDataset(file);
  }

  /**
   * The names of the columns of a file with a header.
   *
   * @throws DataException if it has none, or one name twice
   */
  public static List<String> header(Path file) {
    return of(file).table().header();
  }

  /** Says that there is no header: columns are {@code #0}, {@code #1} and so on. */
  public CsvDataset noHeader() {
    header = false;
    return this;
  }

  /** Says that there is no header, and names the columns. */
  public CsvDataset noHeader(String... columnNames) {
    header = false;
    names = List.of(columnNames);
    return this;
  }

  /** What stands between fields; a comma unless set. */
  public CsvDataset separator(char character) {
    separator = character;
    return this;
  }

  /** What stands around fields with separators or line ends; a double quote unless set. */
  public CsvDataset quote(char character) {
    quote = character;
    return this;
  }

  @Override
  CsvDataset self() {
    return this;
  }

  /**
   * The file as a data set. It is read once if vocabularies are to be learned, and else only its
   * header.
   *
   * @throws DataException if it is malformed or does not have the columns
   */
  public TableDataset open() {
    return TableDataset.open(table(), List.copyOf(groups), Set.copyOf(missing), policy);
  }

  /**
   * Reads the whole file into memory.
   *
   * @throws DataException as {@link #open}, or at the first value that is wrong
   */
  public ArrayDataset read() {
    return open().read();
  }

  private Table table() {
    return CsvTable.of(file, header, names, separator, quote);
  }

  private record CsvTable(
      Path file, boolean hasHeader, char separator, char quote, List<String> header)
      implements Table {
    static CsvTable of(
        Path file, boolean hasHeader, @Nullable List<String> names, char separator, char quote) {
      CsvTable unnamed = new CsvTable(file, false, separator, quote, List.of());
      CsvRecord first;
      try (Lines lines = unnamed.lines()) {
        first = lines.nextRecord();
      }
      if (first == null) {
        throw new DataException(
            file
                + (hasHeader
                    ? ": empty; expected a header line with the column names"
                    : ": empty"));
      }
      List<String> header = hasHeader ? first.getFields() : names;
      if (header == null) {
        header = IntStream.range(0, first.getFieldCount()).mapToObj(i -> "#" + i).toList();
      }
      Set<String> seen = new HashSet<>();
      for (String name : header) {
        if (!seen.add(name)) {
          throw new DataException(file + ", line 1: two columns are named " + name);
        }
      }
      return new CsvTable(file, hasHeader, separator, quote, List.copyOf(header));
    }

    @Override
    public String name() {
      return file.toString();
    }

    @Override
    public Pass open() {
      Lines lines = lines();
      if (hasHeader) {
        lines.nextRecord();
      }
      return lines;
    }

    private Lines lines() {
      try {
        return new Lines(
            CsvReader.builder()
                .fieldSeparator(separator)
                .quoteCharacter(quote)
                .detectBomHeader(true)
                // Checked below, where the message can name the line.
                .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
                .allowUnclosedQuote(false)
                .ofCsvRecord(file, StandardCharsets.UTF_8));
      } catch (NoSuchFileException e) {
        throw new DataException(file + ": no such file", e);
      } catch (IOException e) {
        throw new DataException(file + ": cannot be read: " + e.getMessage(), e);
      }
    }

    private final class Lines implements Pass {
      private final CsvReader<CsvRecord> csv;
      private final Iterator<CsvRecord> records;

      Lines(CsvReader<CsvRecord> csv) {
        this.csv = csv;
        this.records = csv.iterator();
      }

      @Nullable CsvRecord nextRecord() {
        try {
          return records.hasNext() ? records.next() : null;
        } catch (CsvParseException | UncheckedIOException e) {
          Throwable cause = e.getCause();
          String more =
              cause == null || cause.getMessage() == null ? "" : ": " + cause.getMessage();
          throw new DataException(file + ": " + e.getMessage() + more, e);
        }
      }

      @Override
      public @Nullable Row next() {
        CsvRecord line = nextRecord();
        if (line == null) {
          return null;
        }
        if (line.getFieldCount() != header.size()) {
          throw new DataException(
              String.format(
                  Locale.ROOT,
                  "%s, line %d: %d fields, %s %d columns",
                  file,
                  line.getStartingLineNumber(),
                  line.getFieldCount(),
                  hasHeader ? "the header has" : "there are",
                  header.size()));
        }
        return new Line(line);
      }

      @Override
      public void close() {
        try {
          csv.close();
        } catch (IOException e) {
          throw new DataException(file + ": cannot be closed: " + e.getMessage(), e);
        }
      }
    }

    private record Line(CsvRecord fields) implements Row {
      @Override
      public String cell(int column) {
        return fields.getField(column);
      }

      @Override
      public String place() {
        return "line " + fields.getStartingLineNumber();
      }
    }
  }
}
