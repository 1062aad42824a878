package org.mdlc.compiler.keras;

import com.google.gson.JsonElement;
import java.util.ArrayList;
import java.util.List;

/** Literals of mdl. */
final class Text {
  private Text() {}

  /** A string in quotes. */
  static String quoted(String value) {
    var text = new StringBuilder("\"");
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '\n' -> text.append("\\n");
        case '\t' -> text.append("\\t");
        case '\\', '"', '{', '}' -> text.append('\\').append(c);
        default -> text.append(c);
      }
    }
    return text.append('"').toString();
  }

  /**
   * A number, in the shortest way that names it: Keras saves 0.001 of a float as
   * 0.0010000000474974513.
   */
  static String number(JsonElement value) {
    var written = value.getAsString();
    if (written.matches("-?\\d{1,18}")) {
      return written;
    }
    double number = value.getAsDouble();
    var asFloat = Float.toString((float) number);
    return plain((float) number == number ? asFloat : Double.toString(number));
  }

  /** {@code 1.0E-7} as one writes it: {@code 1e-7}. */
  static String plain(String number) {
    return number.replace(".0E", "e").replace('E', 'e');
  }

  /** The entries of {@code [a, [b, c]]}: a, [b, c]. */
  static List<String> entries(String list) {
    var entries = new ArrayList<String>();
    int depth = 0;
    int start = 1;
    for (int i = 1; i < list.length() - 1; i++) {
      char c = list.charAt(i);
      depth += c == '[' || c == '(' ? 1 : c == ']' || c == ')' ? -1 : 0;
      if (c == ',' && depth == 0) {
        entries.add(list.substring(start, i).strip());
        start = i + 1;
      }
    }
    entries.add(list.substring(start, list.length() - 1).strip());
    return entries;
  }

  /** The entries of {@code [a, [b, c]]} and of the lists in it: a, b, c. */
  static List<String> flat(String list) {
    return list.startsWith("[")
        ? entries(list).stream().flatMap(entry -> flat(entry).stream()).toList()
        : List.of(list);
  }
}
