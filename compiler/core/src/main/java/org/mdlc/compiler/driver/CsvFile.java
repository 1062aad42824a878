package org.mdlc.compiler.driver;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.mdlc.compiler.bind.DataFiles;

/**
 * A look into a CSV file for the mistakes that show before training: its header line and, when the
 * file is small, its rows. UTF-8, comma-separated, fields quoted as in RFC 4180, empty lines
 * skipped. A file that cannot be read as such says nothing here; training says what is wrong.
 */
final class CsvFile implements DataFiles.Table {
  private static final int BYTE_ORDER_MARK = '\uFEFF';
  private static final int MAX_FIELD_CHARS = 1 << 20;
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
    try (var records = records(file)) {
      return records.stream()
          .findFirst()
          .map(CsvRecord::getFields)
          .filter(header -> new HashSet<>(header).size() == header.size())
          .map(header -> new CsvFile(file, header));
    } catch (IOException | UncheckedIOException | CsvParseException e) {
      return Optional.empty(); // training reads the file again, and says what is wrong with it
    }
  }

  /** The bytes that any look into a file depends on; nothing when it is not there. */
  static Optional<byte[]> seen(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    if (Files.size(file) <= MAX_SCANNED_BYTES) {
      return Optional.of(Files.readAllBytes(file));
    }
    var header = open(file).map(DataFiles.Table::header).orElse(List.of());
    return Optional.of(String.join("\n", header).getBytes(StandardCharsets.UTF_8));
  }

  private static CsvReader<CsvRecord> records(Path file) throws IOException {
    var text = Files.newBufferedReader(file); // which replaces nothing that is not UTF-8
    try {
      text.mark(1);
      if (text.read() != BYTE_ORDER_MARK) {
        text.reset();
      }
      return CsvReader.builder()
          .maxBufferSize(MAX_FIELD_CHARS)
          .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
          .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
          .allowUnclosedQuote(false)
          .ofCsvRecord(text);
    } catch (IOException e) {
      text.close();
      throw e;
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
    return new DataFiles.Column(
        numeric,
        whole,
        lowest,
        highest,
        values.stream().filter(value -> !value.isEmpty()).distinct().sorted().toList());
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
    try (var records = records(file)) {
      if (Files.size(file) > MAX_SCANNED_BYTES) {
        return Optional.empty();
      }
      var rows = records.stream().skip(1).map(CsvRecord::getFields).toList();
      return rows.stream().allMatch(row -> row.size() == header.size())
          ? Optional.of(rows)
          : Optional.empty();
    } catch (IOException | UncheckedIOException | CsvParseException e) {
      return Optional.empty(); // as above
    }
  }
}
