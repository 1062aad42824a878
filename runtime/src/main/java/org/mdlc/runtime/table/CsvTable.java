package org.mdlc.runtime.table;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.mdlc.runtime.data.DataException;

/** The lines of a CSV file. Of a file no more than one line is in memory. */
record CsvTable(Format format, boolean hasHeader, List<String> header) implements Table {
  /** A file, and how fields stand in it. */
  record Format(Path file, Charset charset, char separator, char quote) {}

  /**
   * Reads the first line.
   *
   * @param names of the columns if there is no header; null for their places
   * @throws DataException if it cannot be read, or names a column twice
   */
  static CsvTable of(Format format, boolean hasHeader, @Nullable List<String> names) {
    Path file = format.file;
    CsvRecord first;
    try (Lines lines = new CsvTable(format, false, List.of()).open()) {
      first = lines.nextRecord();
    }
    if (first == null) {
      throw new DataException(
          file + (hasHeader ? ": empty; expected a header line with the column names" : ": empty"));
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
    return new CsvTable(format, hasHeader, List.copyOf(header));
  }

  @Override
  public String name() {
    return format.file.toString();
  }

  @Override
  public Lines open() {
    CsvText text;
    try {
      text = CsvText.open(format.file, format.charset);
    } catch (NoSuchFileException e) {
      throw new DataException(format.file + ": no such file", e);
    } catch (IOException e) {
      throw unreadable(e);
    }
    try {
      Lines lines =
          new Lines(
              text,
              CsvReader.builder()
                  .fieldSeparator(format.separator)
                  .quoteCharacter(format.quote)
                  // Checked below, where the message can name the line.
                  .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                  .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
                  .allowUnclosedQuote(false)
                  .ofCsvRecord(text.reader()));
      if (hasHeader) {
        lines.nextRecord();
      }
      return lines;
    } catch (RuntimeException e) {
      try {
        text.reader().close();
      } catch (IOException unclosed) {
        e.addSuppressed(unclosed);
      }
      throw e;
    }
  }

  private DataException unreadable(IOException e) {
    return new DataException(format.file + ": cannot be read: " + e.getMessage(), e);
  }

  /** One pass. */
  final class Lines implements Pass {
    private final CsvText text;
    private final CsvReader<CsvRecord> csv;
    private final Iterator<CsvRecord> records;

    private Lines(CsvText text, CsvReader<CsvRecord> csv) {
      this.text = text;
      this.csv = csv;
      this.records = csv.iterator();
    }

    private @Nullable CsvRecord nextRecord() {
      try {
        return records.hasNext() ? records.next() : null;
      } catch (CsvParseException | UncheckedIOException e) {
        throw failed(e);
      }
    }

    private DataException failed(RuntimeException e) {
      Throwable cause = e.getCause();
      if (cause instanceof CharacterCodingException) {
        return text.undecodable(format.file, e);
      }
      String more = cause == null || cause.getMessage() == null ? "" : ": " + cause.getMessage();
      return new DataException(format.file + ": " + e.getMessage() + more, e);
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
                format.file,
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
        throw new DataException(format.file + ": cannot be closed: " + e.getMessage(), e);
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
