package org.mdlc.runtime.preprocessing;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/** Layers over strings from the arguments that Keras's layers take; for generated code. */
public final class StringLayers {
  private StringLayers() {}

  /**
   * Makes a layer.
   *
   * @param kind the name of the layer, such as {@code StringLookup}
   * @param arguments the parts of a JSON object: Keras's arguments by name; those that are left out
   *     or null have their default
   * @throws IllegalArgumentException if there is no such layer, or settings contradict each other
   */
  public static StringLayer of(String kind, String... arguments) {
    JsonObject given = JsonParser.parseString(String.join("", arguments)).getAsJsonObject();
    return switch (kind) {
      case "TextVectorization" -> textVectorization(given);
      case "StringLookup" -> stringLookup(given);
      case "Hashing" -> hashing(given);
      case "HashedCrossing" ->
          HashedCrossing.of(
              given.get("num_bins").getAsInt(),
              given.has("output_mode")
                  ? OutputMode.of(given.get("output_mode").getAsString())
                  : OutputMode.INT);
      default -> throw new IllegalArgumentException("no layer over strings is called " + kind);
    };
  }

  private static TextVectorization textVectorization(JsonObject given) {
    TextVectorization.Builder layer = TextVectorization.builder();
    with(given, "max_tokens", value -> layer.maxTokens(value.getAsInt()));
    layer.standardize(
        switch (word(given, "standardize")) {
          case "lower" -> TextVectorization.LOWER;
          case "strip_punctuation" -> TextVectorization.STRIP_PUNCTUATION;
          case "lower_and_strip_punctuation" -> TextVectorization.LOWER_AND_STRIP_PUNCTUATION;
          default -> TextVectorization.NONE;
        });
    layer.split(
        switch (word(given, "split")) {
          case "whitespace" -> TextVectorization.WHITESPACE;
          case "character" -> TextVectorization.CHARACTER;
          default -> TextVectorization.NO_SPLIT;
        });
    with(given, "ngrams", value -> ngrams(layer, value));
    with(given, "output_mode", value -> layer.outputMode(OutputMode.of(value.getAsString())));
    with(given, "output_sequence_length", value -> layer.outputSequenceLength(value.getAsInt()));
    with(given, "pad_to_max_tokens", value -> layer.padToMaxTokens(value.getAsBoolean()));
    with(given, "vocabulary", value -> layer.vocabulary(strings(value)));
    with(given, "idf_weights", value -> layer.idfWeights(doubles(value)));
    return layer.build();
  }

  private static StringLookup stringLookup(JsonObject given) {
    StringLookup.Builder layer = StringLookup.builder();
    with(given, "max_tokens", value -> layer.maxTokens(value.getAsInt()));
    with(given, "num_oov_indices", value -> layer.numOovIndices(value.getAsInt()));
    with(given, "mask_token", value -> layer.maskToken(value.getAsString()));
    with(given, "oov_token", value -> layer.oovToken(value.getAsString()));
    with(given, "vocabulary", value -> layer.vocabulary(strings(value)));
    with(given, "idf_weights", value -> layer.idfWeights(doubles(value)));
    with(given, "output_mode", value -> layer.outputMode(OutputMode.of(value.getAsString())));
    with(given, "pad_to_max_tokens", value -> layer.padToMaxTokens(value.getAsBoolean()));
    with(given, "salt", value -> layer.salt(key(value, 0), key(value, 1)));
    return layer.build();
  }

  private static Hashing hashing(JsonObject given) {
    Hashing.Builder layer = Hashing.builder(given.get("num_bins").getAsInt());
    with(given, "mask_value", value -> layer.maskValue(value.getAsString()));
    with(given, "salt", value -> layer.salt(key(value, 0), key(value, 1)));
    with(given, "output_mode", value -> layer.outputMode(OutputMode.of(value.getAsString())));
    return layer.build();
  }

  private static void ngrams(TextVectorization.Builder layer, JsonElement value) {
    if (value.isJsonArray()) {
      layer.ngrams(list(value, JsonElement::getAsInt).stream().mapToInt(n -> n).toArray());
    } else {
      layer.ngrams(value.getAsInt());
    }
  }

  private static void with(JsonObject given, String name, Consumer<JsonElement> setter) {
    JsonElement value = given.get(name);
    if (value != null && !value.isJsonNull()) {
      setter.accept(value);
    }
  }

  /** A word, or nothing. */
  private static String word(JsonObject given, String name) {
    JsonElement value = given.get(name);
    return value == null || value.isJsonNull() ? "" : value.getAsString();
  }

  private static long key(JsonElement salt, int half) {
    return salt.isJsonArray() ? salt.getAsJsonArray().get(half).getAsLong() : salt.getAsLong();
  }

  static List<String> strings(JsonElement array) {
    return list(array, JsonElement::getAsString);
  }

  static double[] doubles(JsonElement array) {
    return list(array, JsonElement::getAsDouble).stream().mapToDouble(d -> d).toArray();
  }

  private static <T> List<T> list(JsonElement array, Function<JsonElement, T> element) {
    List<T> values = new ArrayList<>();
    JsonArray items = array.getAsJsonArray();
    items.forEach(item -> values.add(element.apply(item)));
    return values;
  }
}
