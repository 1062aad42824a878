package org.mdlc.runtime.table;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.mdlc.runtime.data.DataException;

/**
 * The columns of a table by name or place.
 *
 * @param table names the file or query in messages
 */
public record ColumnNames(String table, List<String> header) {
  private static final Pattern RANGE = Pattern.compile("(.+)\\.\\.(.+)");
  private static final Pattern PLACES = Pattern.compile("#(\\d{1,9})(?:\\.\\.#(\\d{1,9}))?");

  /** Copies the names. */
  public ColumnNames {
    header = List.copyOf(header);
  }

  /**
   * Places, from 0, of the columns that are written as in {@link ColumnGroup}.
   *
   * @throws DataException if there is no such column
   */
  public int[] places(List<String> columns) {
    List<Integer> places = new ArrayList<>();
    for (String column : columns) {
      add(column, places);
    }
    return places.stream().mapToInt(Integer::intValue).toArray();
  }

  /** Whether there are all columns that a group is made of. */
  public boolean has(List<String> columns) {
    try {
      places(columns);
      return true;
    } catch (DataException e) {
      return false; // it says which one is missing, which nobody asked for
    }
  }

  /**
   * What to do about a file whose header is a single column, because a semicolon or a tab stands
   * where a comma is looked for.
   */
  public static Optional<String> separatorAdvice(List<String> header) {
    if (header.size() != 1) {
      return Optional.empty();
    }
    return Stream.of(";", "\t")
        .filter(header.getFirst()::contains)
        .findFirst()
        .map(found -> found.equals(";") ? "';'" : "'\\t'")
        .map(
            found ->
                "the header has "
                    + found
                    + " where a comma is looked for: write the file with commas, or in Java read it"
                    + " with CsvDataset.separator("
                    + found
                    + ")");
  }

  private String withAdvice(String message) {
    return separatorAdvice(header).map(advice -> message + "; " + advice).orElse(message);
  }

  private void add(String column, List<Integer> places) {
    int place = header.indexOf(column);
    Matcher numbers = PLACES.matcher(column);
    Matcher range = RANGE.matcher(column);
    if (place >= 0) {
      places.add(place);
    } else if (numbers.matches()) {
      int first = Integer.parseInt(numbers.group(1));
      addAll(
          column,
          first,
          numbers.group(2) == null ? first : Integer.parseInt(numbers.group(2)),
          places);
    } else if (range.matches()) {
      addAll(column, place(range.group(1)), place(range.group(2)), places);
    } else {
      places.add(place(column));
    }
  }

  private void addAll(String column, int first, int last, List<Integer> places) {
    if (last < first && last < header.size() && first < header.size()) {
      throw new DataException(
          table + ": column " + header.get(last) + " comes before column " + header.get(first));
    }
    if (last >= header.size() || first >= header.size()) {
      throw new DataException(
          withAdvice(
              table + ": there are no columns " + column + "; the file has " + header.size()));
    }
    IntStream.rangeClosed(first, last).forEach(places::add);
  }

  private int place(String name) {
    int exact = header.indexOf(name);
    if (exact >= 0) {
      return exact;
    }
    int[] alike =
        IntStream.range(0, header.size())
            .filter(i -> header.get(i).equalsIgnoreCase(name))
            .toArray();
    if (alike.length == 1) {
      return alike[0]; // databases change the case of names
    }
    throw new DataException(
        withAdvice(table + ": no column " + name + "; there are " + String.join(", ", header)));
  }
}
