package org.mdlc.compiler.driver;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.bind.DataFiles;

/**
 * A look into a CSV file for the mistakes that show before training: its header line and, when the
 * file is small, its rows. UTF-8, comma-separated, fields quoted as in RFC 4180, empty lines
 * skipped. A file that cannot be read as such says nothing here; training says what is wrong.
 */
final class CsvFile implements DataFiles.Table {
  private static final int MAX_HEADER_CHARS = 1 << 20;
  private static final long MAX_SCANNED_BYTES = 8L << 20;

  private final Path file;
  private final List<String> header;
  private boolean isScanned;
  private Optional<List<List<String>>> read = Optional.empty();

  private CsvFile(Path file, List<String> header) {
    this.file = file;
    this.header = List.copyOf(header);
  }

  static Optional<DataFiles.Table> open(Path file) {
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try (var text = Files.newBufferedReader(file)) {
      var header = new Records(text, MAX_HEADER_CHARS).next();
      return header == null || new HashSet<>(header).size() < header.size()
          ? Optional.empty()
          : Optional.of(new CsvFile(file, header));
    } catch (IOException e) {
      return Optional.empty(); // training reads the file again, and says what is wrong with it
    }
  }

  @Override
  public List<String> header() {
    return header;
  }

  @Override
  public OptionalLong rows() {
    var rows = records();
    return rows.isPresent() ? OptionalLong.of(rows.get().size()) : OptionalLong.empty();
  }

  @Override
  public Optional<DataFiles.Column> column(int position) {
    return records()
        .filter(rows -> !rows.isEmpty())
        .map(rows -> facts(rows.stream().map(row -> row.get(position).strip()).toList()));
  }

  private static DataFiles.Column facts(List<String> values) {
    boolean numeric = true;
    boolean whole = true;
    double lowest = Double.POSITIVE_INFINITY;
    double highest = Double.NEGATIVE_INFINITY;
    for (var value : values) {
      double number = number(value);
      numeric &= !Double.isNaN(number);
      whole &= value.matches("[+-]?\\d{1,9}");
      lowest = Math.min(lowest, number);
      highest = Math.max(highest, number);
    }
    return new DataFiles.Column(numeric, whole, lowest, highest, new HashSet<>(values).size());
  }

  private static double number(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }

  /** The rows; nothing when the file is large or a row has other fields than the header. */
  private Optional<List<List<String>>> records() {
    if (!isScanned) {
      read = scan();
      isScanned = true;
    }
    return read;
  }

  private Optional<List<List<String>>> scan() {
    try (var text = Files.newBufferedReader(file)) {
      if (Files.size(file) > MAX_SCANNED_BYTES) {
        return Optional.empty();
      }
      var records = new Records(text, Integer.MAX_VALUE);
      records.next();
      var rows = new ArrayList<List<String>>();
      for (var row = records.next(); row != null; row = records.next()) {
        if (row.size() != header.size()) {
          return Optional.empty();
        }
        rows.add(row);
      }
      return Optional.of(rows);
    } catch (IOException e) {
      return Optional.empty(); // as above
    }
  }

  /** Reads record by record. */
  private static final class Records {
    private static final int BYTE_ORDER_MARK = '\uFEFF';

    private final Reader text;
    private final int maxChars;
    private int count;
    private int next;

    Records(BufferedReader text, int maxChars) throws IOException {
      this.text = text;
      this.maxChars = maxChars;
      advance();
      if (next == BYTE_ORDER_MARK) {
        advance();
      }
    }

    private void advance() throws IOException {
      next = text.read();
      if (next >= 0 && ++count > maxChars) {
        throw new IOException("the header is longer than " + maxChars + " characters");
      }
    }

    /** The next record that is no empty line; null at the end. */
    @Nullable List<String> next() throws IOException {
      while (next == '\n' || next == '\r') {
        advance();
      }
      if (next < 0) {
        return null;
      }
      var fields = new ArrayList<String>();
      fields.add(field());
      while (next == ',') {
        advance();
        fields.add(field());
      }
      return fields;
    }

    private String field() throws IOException {
      var field = new StringBuilder();
      boolean quoted = next == '"';
      if (quoted) {
        advance();
      }
      while (next >= 0 && (quoted || next != ',' && next != '\n' && next != '\r')) {
        if (quoted && next == '"') {
          advance();
          if (next != '"') {
            quoted = false;
            continue;
          }
        }
        field.append((char) next);
        advance();
      }
      return field.toString();
    }
  }
}
