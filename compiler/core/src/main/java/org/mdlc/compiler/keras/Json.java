package org.mdlc.compiler.keras;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import java.io.StringReader;
import java.util.Optional;

/** Reads of JSON that may hold anything: what is not of the wanted kind is absent. */
final class Json {
  /** Far deeper than any model: a layer in a layer takes about six. */
  private static final int MOST_NESTED = 200;

  private Json() {}

  /**
   * The object that a text is.
   *
   * @throws NotKeras if it is none
   */
  static JsonObject parse(String text) {
    var reader = new JsonReader(new StringReader(text));
    reader.setStrictness(Strictness.STRICT);
    reader.setNestingLimit(MOST_NESTED);
    try {
      return JsonParser.parseReader(reader) instanceof JsonObject object
          ? object
          : notAnObject(text);
    } catch (JsonParseException e) {
      var cause = e.getCause() == null ? e : e.getCause();
      throw new NotKeras(
          "config.json is not JSON: " + firstLine(String.valueOf(cause.getMessage())));
    }
  }

  private static JsonObject notAnObject(String text) {
    var start = text.strip();
    throw new NotKeras(
        "config.json is not the description of a model; it begins with "
            + start.substring(0, Math.min(20, start.length())));
  }

  private static String firstLine(String text) {
    int end = text.indexOf('\n');
    return end < 0 ? text : text.substring(0, end);
  }

  static Optional<JsonObject> object(JsonObject from, String key) {
    return from.get(key) instanceof JsonObject o ? Optional.of(o) : Optional.empty();
  }

  static Optional<JsonArray> array(JsonObject from, String key) {
    return from.get(key) instanceof JsonArray a ? Optional.of(a) : Optional.empty();
  }

  static Optional<String> string(JsonObject from, String key) {
    return string(from.get(key));
  }

  static Optional<String> string(JsonElement value) {
    return value != null && value.isJsonPrimitive() && value.getAsJsonPrimitive().isString()
        ? Optional.of(value.getAsString())
        : Optional.empty();
  }

  /** A whole number, also one written as 3.0. */
  static Optional<Long> whole(JsonElement value) {
    if (!isNumber(value)) {
      return Optional.empty();
    }
    double number = value.getAsDouble();
    return number == Math.rint(number) && Math.abs(number) < 1e15
        ? Optional.of((long) number)
        : Optional.empty();
  }

  static boolean isNumber(JsonElement value) {
    return value != null && value.isJsonPrimitive() && value.getAsJsonPrimitive().isNumber();
  }

  static boolean isBoolean(JsonElement value) {
    return value != null && value.isJsonPrimitive() && value.getAsJsonPrimitive().isBoolean();
  }

  /** Absent counts as null. */
  static boolean isNull(JsonElement value) {
    return value == null || value instanceof JsonNull;
  }

  /** What Keras calls an object, such as {@code Dense}; empty when it is none. */
  static String className(JsonObject object) {
    return string(object, "class_name").orElse("");
  }

  /** Its arguments. */
  static JsonObject config(JsonObject object) {
    return object(object, "config").orElseGet(JsonObject::new);
  }
}
