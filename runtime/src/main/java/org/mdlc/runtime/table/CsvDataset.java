package org.mdlc.runtime.table;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.DataException;

/**
 * A CSV file as a data set: UTF-8 unless said otherwise, fields quoted as in RFC 4180, empty lines
 * skipped.
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
  private Charset charset = StandardCharsets.UTF_8;

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

  /** How characters are stored; UTF-8 unless set, or unless the file starts with another mark. */
  public CsvDataset charset(Charset encoding) {
    charset = encoding;
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
    return CsvTable.of(new CsvTable.Format(file, charset, separator, quote), header, names);
  }
}
