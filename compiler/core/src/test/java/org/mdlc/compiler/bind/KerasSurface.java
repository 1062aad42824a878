package org.mdlc.compiler.bind;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The public names of Keras with their arguments, as {@code golden.py names} lists them. */
final class KerasSurface {
  private static final Path FILE = Path.of("src/test/resources/golden/keras/surface.json");

  /** A default of Keras and what it stands for: by argument, or by value. */
  private static final Map<String, String> STANDS_FOR =
      Map.of(
          "data_format none", "channels_last", "embeddings_initializer uniform", "random_uniform");

  private static final Map<String, Name> NAMES = read();

  private KerasSurface() {}

  /** A name of Keras: an argument without a default has only its name. */
  record Name(
      String category,
      String name,
      String tier,
      boolean isClass,
      List<String> aliases,
      List<Argument> arguments) {
    String key() {
      return category + "\t" + name;
    }

    boolean expected() {
      return !tier.equals("C");
    }
  }

  /**
   * @param value the default as text, or null when the argument must be given or when its default
   *     is no literal
   */
  record Argument(String name, boolean optional, @Nullable String value) {}

  /** Every public name, by {@link Name#key}. */
  static Map<String, Name> names() {
    return NAMES;
  }

  private static Map<String, Name> read() {
    try {
      var names = new LinkedHashMap<String, Name>();
      var root = JsonParser.parseString(Files.readString(FILE));
      for (var element : root.getAsJsonObject().getAsJsonArray("names")) {
        var o = element.getAsJsonObject();
        var name =
            new Name(
                o.get("category").getAsString(),
                o.get("name").getAsString(),
                o.get("tier").getAsString(),
                o.get("kind").getAsString().equals("class"),
                o.getAsJsonArray("aliases").asList().stream()
                    .map(JsonElement::getAsString)
                    .toList(),
                o.getAsJsonArray("arguments").asList().stream()
                    .map(a -> argument(a.getAsJsonArray()))
                    .toList());
        names.put(name.key(), name);
      }
      return names;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Argument argument(JsonArray parts) {
    var name = parts.get(0).getAsString();
    if (parts.size() == 1) {
      return new Argument(name, false, null);
    }
    var value = text(parts.get(1));
    return new Argument(name, true, STANDS_FOR.getOrDefault(name + " " + value, value));
  }

  /** A default of Keras; a list of equal values is that value. */
  private static String text(JsonElement value) {
    if (value.isJsonNull()) {
      return "none";
    }
    if (value.isJsonArray()) {
      return list(value.getAsJsonArray().asList().stream().map(KerasSurface::text).toList());
    }
    var literal = value.getAsJsonPrimitive();
    return literal.isNumber() ? number(literal.getAsDouble()) : literal.getAsString();
  }

  static String number(double value) {
    return Double.toString(value);
  }

  static String list(List<String> values) {
    return values.stream().distinct().count() == 1 ? values.get(0) : values.toString();
  }

  /** Whether Keras has a name, or another name for the same, in that module. */
  static boolean has(String module, String name) {
    return NAMES.values().stream()
        .anyMatch(
            n ->
                n.category().equals(module.replaceFirst(".*\\.", ""))
                    && (n.name().equals(name) || n.aliases().contains(name)));
  }
}
