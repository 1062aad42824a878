package org.mdlc.compiler.bind;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.diag.DidYouMean;

/** Which columns of a CSV file the words of a field stand for, as far as that is known. */
final class DataColumns {
  private static final Pattern NAMES = Pattern.compile("(.+)\\.\\.(.+)");
  private static final Pattern POSITIONS = Pattern.compile("#(\\d+)(?:\\.\\.#(\\d+))?");

  private final Optional<DataFiles.Table> table;

  DataColumns(Optional<DataFiles.Table> table) {
    this.table = table;
  }

  /**
   * How many there are; empty when only the file could tell and is not there.
   *
   * @throws Misuse if the file has no such column
   */
  OptionalLong count(List<String> words) {
    if (table.isPresent()) {
      return OptionalLong.of(positions(words).size());
    }
    long count = 0;
    for (var word : words) {
      var numbers = POSITIONS.matcher(word);
      if (numbers.matches() && numbers.group(2) != null) {
        count += Long.parseLong(numbers.group(2)) - Long.parseLong(numbers.group(1)) + 1;
      } else if (NAMES.matcher(word).matches()) {
        return OptionalLong.empty();
      } else {
        count++;
      }
    }
    return OptionalLong.of(count);
  }

  /** Places in the header; empty without a file. */
  List<Integer> positions(List<String> words) {
    var header = table.map(DataFiles.Table::header).orElse(List.of());
    var positions = new ArrayList<Integer>();
    if (table.isPresent()) {
      words.forEach(word -> add(word, header, positions));
    }
    return positions;
  }

  private static void add(String word, List<String> header, List<Integer> positions) {
    if (header.contains(word)) {
      positions.add(header.indexOf(word));
      return;
    }
    var numbers = POSITIONS.matcher(word);
    var names = NAMES.matcher(word);
    boolean numbered = numbers.matches();
    int first;
    int last;
    if (numbered) {
      first = Integer.parseInt(numbers.group(1));
      last = Integer.parseInt(numbers.group(numbers.group(2) == null ? 1 : 2));
    } else if (names.matches()) {
      first = position(names.group(1), header);
      last = position(names.group(2), header);
    } else {
      first = position(word, header);
      last = first;
    }
    if (first > last || last >= header.size()) {
      var misuse =
          new Misuse(
              Codes.UNKNOWN_COLUMN,
              "there are no columns "
                  + word.replace("#", "")
                  + "; the file has "
                  + (numbered ? "0 to " + (header.size() - 1) : "them in another order"));
      separator(header).ifPresent(misuse::note);
      throw misuse;
    }
    for (int i = first; i <= last; i++) {
      positions.add(i);
    }
  }

  /** What to say of a header that is a single column, since no comma parts it. */
  private static Optional<String> separator(List<String> header) {
    var single = header.size() == 1 ? header.getFirst() : "";
    if (!single.contains(";") && !single.contains("\t")) {
      return Optional.empty();
    }
    var found = single.contains(";") ? "';'" : "a tab";
    return Optional.of(
        "the header has " + found + " where a comma is looked for: write the file with commas");
  }

  private static int position(String name, List<String> header) {
    int position = header.indexOf(name);
    if (position >= 0) {
      return position;
    }
    var misuse = new Misuse(Codes.UNKNOWN_COLUMN, "the file has no column `" + name + "`");
    var separator = separator(header);
    if (separator.isPresent()) {
      throw misuse.note(separator.get());
    }
    var near = DidYouMean.nearest(name, header);
    throw near.isPresent()
        ? misuse.help(
            "did you mean `" + near.get() + "`?",
            shown -> {
              int at = shown.text().indexOf(name);
              int start = shown.start() + at;
              return at < 0
                  ? Optional.empty()
                  : Optional.of(
                      new Edit(shown.file().span(start, start + name.length()), near.get()));
            })
        : misuse.note("it has " + String.join(", ", header.stream().limit(20).toList()));
  }
}
