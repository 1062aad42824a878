package org.mdlc.runtime.preprocessing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.mdlc.runtime.data.DType;
import org.mdlc.runtime.data.HostTensor;
import org.mdlc.runtime.data.StringTensor;

/** Every layer against what real Keras gave, in {@code golden/keras/preprocessing.json}. */
class PreprocessingGoldenTest {
  // The fingerprints are stored modulo this, because TensorFlow gives buckets only.
  private static final long BINS = (1L << 62) - 57;

  @TestFactory
  Stream<DynamicTest> everyCase() throws IOException {
    JsonArray cases = table().getAsJsonArray("cases");
    return IntStream.range(0, cases.size())
        .mapToObj(
            i -> {
              JsonObject given = cases.get(i).getAsJsonObject();
              String name = i + " " + string(given, "layer") + " " + given.get("config");
              return DynamicTest.dynamicTest(name, () -> run(given));
            });
  }

  @TestFactory
  Stream<DynamicTest> everyLengthOfHashedText() throws IOException {
    return elements(table().get("fingerprints"))
        .map(JsonElement::getAsJsonObject)
        .map(
            given -> {
              int length = given.get("length").getAsInt();
              byte[] text = new byte[length];
              for (int i = 0; i < length; i++) {
                text[i] = (byte) (32 + (i * 7 + length) % 95);
              }
              SipHash sip = new SipHash(0x0706050403020100L, 0x0F0E0D0C0B0A0908L);
              return DynamicTest.dynamicTest(
                  length + " bytes",
                  () -> {
                    assertThat(Long.remainderUnsigned(FarmHash.fingerprint(text), BINS))
                        .isEqualTo(given.get("farm").getAsLong());
                    assertThat(Long.remainderUnsigned(sip.hash(text), BINS))
                        .isEqualTo(given.get("sip").getAsLong());
                  });
            });
  }

  private static void run(JsonObject given) {
    JsonObject config = given.getAsJsonObject("config");
    switch (string(given, "layer")) {
      case "TextVectorization" -> vocabulary(given, textVectorization(config));
      case "StringLookup" -> vocabulary(given, stringLookup(config));
      case "IntegerLookup" -> integers(given, integerLookup(config));
      case "Hashing" -> hashing(given, config);
      case "HashedCrossing" -> crossing(given, config);
      case "Discretization" -> discretization(given, config);
      case "Normalization" -> normalization(given, config);
      case "CategoryEncoding" -> categories(given, config);
      default -> throw new AssertionError(given);
    }
  }

  private static void vocabulary(JsonObject given, VocabularyLayer layer) {
    VocabularyLayer ready =
        isNull(given, "adapt") ? layer : layer.adapt(strings(given.get("adapt")));
    assertThat(ready.vocabulary())
        .isEqualTo(list(given.get("vocabulary"), JsonElement::getAsString));
    if (given.has("idf")) {
      assertClose(vector(ready.idfWeights()), given.get("idf"));
    }
    if (ready instanceof StringLookup lookup && given.getAsJsonObject("config").has("invert")) {
      assertThat(lookup.invert(numbers(given.get("input"))))
          .isEqualTo(strings(given.get("output")));
    } else {
      assertClose(ready.apply(strings(given.get("input"))), given.get("output"));
    }
  }

  private static void integers(JsonObject given, IntegerLookup layer) {
    IntegerLookup ready = isNull(given, "adapt") ? layer : layer.adapt(numbers(given.get("adapt")));
    assertThat(ready.vocabulary()).isEqualTo(list(given.get("vocabulary"), JsonElement::getAsLong));
    if (given.has("idf")) {
      assertClose(vector(ready.idfWeights()), given.get("idf"));
    }
    HostTensor input = numbers(given.get("input"));
    boolean inverted = given.getAsJsonObject("config").has("invert");
    assertClose(inverted ? ready.invert(input) : ready.apply(input), given.get("output"));
  }

  private static void hashing(JsonObject given, JsonObject config) {
    Hashing.Builder builder = Hashing.builder(config.get("num_bins").getAsInt());
    with(config, "mask_value", value -> builder.maskValue(value.getAsString()));
    with(config, "output_mode", mode -> builder.outputMode(OutputMode.of(mode.getAsString())));
    with(config, "salt", salt -> builder.salt(key(salt, 0), key(salt, 1)));
    Hashing layer = builder.build();
    JsonElement input = given.get("input");
    assertClose(
        isText(input) ? layer.apply(strings(input)) : layer.apply(numbers(input)),
        given.get("output"));
  }

  private static void crossing(JsonObject given, JsonObject config) {
    int bins = config.get("num_bins").getAsInt();
    HashedCrossing layer =
        config.has("output_mode")
            ? HashedCrossing.of(bins, OutputMode.of(string(config, "output_mode")))
            : HashedCrossing.of(bins);
    HashedCrossing.Feature[] features =
        elements(given.get("input"))
            .map(
                column ->
                    isText(column)
                        ? HashedCrossing.Feature.of(strings(column))
                        : HashedCrossing.Feature.of(numbers(column)))
            .toArray(HashedCrossing.Feature[]::new);
    assertClose(layer.apply(features), given.get("output"));
  }

  private static void discretization(JsonObject given, JsonObject config) {
    Discretization layer;
    if (given.has("adapt")) {
      layer =
          Discretization.learning(
                  config.get("num_bins").getAsInt(), config.get("epsilon").getAsDouble())
              .adapt(elements(given.get("adapt")).map(PreprocessingGoldenTest::floats));
      assertClose(vector(layer.binBoundaries()), given.get("boundaries"));
    } else {
      layer =
          Discretization.between(floats(config.get("bin_boundaries")).floats())
              .outputMode(OutputMode.of(string(config, "output_mode")));
    }
    assertClose(layer.apply(floats(given.get("input"))), given.get("output"));
  }

  private static void normalization(JsonObject given, JsonObject config) {
    Normalization layer;
    if (given.has("adapt")) {
      JsonElement axis = config.get("axis");
      int[] axes =
          axis.isJsonNull()
              ? new int[0]
              : axis.isJsonArray() ? numbers(axis).ints() : new int[] {axis.getAsInt()};
      layer = Normalization.over(axes).adapt(floats(given.get("adapt")));
      assertClose(vector(layer.mean()), given.get("mean"));
      assertClose(vector(layer.variance()), given.get("variance"));
      layer = config.get("invert").getAsBoolean() ? layer.inverted() : layer;
    } else {
      layer =
          Normalization.of(config.get("mean").getAsDouble(), config.get("variance").getAsDouble());
    }
    assertClose(layer.apply(floats(given.get("input"))), given.get("output"));
  }

  private static void categories(JsonObject given, JsonObject config) {
    CategoryEncoding layer =
        new CategoryEncoding(
            config.get("num_tokens").getAsInt(), OutputMode.of(string(config, "output_mode")));
    HostTensor input = numbers(given.get("input"));
    assertClose(
        given.has("weights")
            ? layer.apply(input, floats(given.get("weights")))
            : layer.apply(input),
        given.get("output"));
  }

  private static TextVectorization textVectorization(JsonObject config) {
    TextVectorization.Builder builder = TextVectorization.builder();
    with(config, "max_tokens", count -> builder.maxTokens(count.getAsInt()));
    with(config, "output_mode", mode -> builder.outputMode(OutputMode.of(mode.getAsString())));
    with(config, "output_sequence_length", n -> builder.outputSequenceLength(n.getAsInt()));
    with(config, "pad_to_max_tokens", pad -> builder.padToMaxTokens(pad.getAsBoolean()));
    with(config, "vocabulary", v -> builder.vocabulary(list(v, JsonElement::getAsString)));
    with(config, "idf_weights", w -> builder.idfWeights(doubles(w)));
    with(
        config,
        "ngrams",
        n -> {
          if (n.isJsonArray()) {
            builder.ngrams(numbers(n).ints());
          } else {
            builder.ngrams(n.getAsInt());
          }
        });
    if (config.has("standardize")) {
      builder.standardize(
          isNull(config, "standardize")
              ? TextVectorization.NONE
              : switch (string(config, "standardize")) {
                case "lower" -> TextVectorization.LOWER;
                case "strip_punctuation" -> TextVectorization.STRIP_PUNCTUATION;
                default -> TextVectorization.LOWER_AND_STRIP_PUNCTUATION;
              });
    }
    if (config.has("split")) {
      builder.split(
          isNull(config, "split") ? TextVectorization.NO_SPLIT : TextVectorization.CHARACTER);
    }
    return builder.build();
  }

  private static StringLookup stringLookup(JsonObject config) {
    StringLookup.Builder builder = StringLookup.builder();
    lookup(config, builder, JsonElement::getAsString);
    with(config, "salt", salt -> builder.salt(key(salt, 0), key(salt, 1)));
    return builder.build();
  }

  private static IntegerLookup integerLookup(JsonObject config) {
    IntegerLookup.Builder builder = IntegerLookup.builder();
    lookup(config, builder, JsonElement::getAsLong);
    with(config, "oov_method", method -> builder.oovByHash());
    with(config, "salt", salt -> builder.oovByHash(key(salt, 0), key(salt, 1)));
    return builder.build();
  }

  private static <T> void lookup(
      JsonObject config, LookupBuilder<T, ?> builder, Function<JsonElement, T> token) {
    with(config, "max_tokens", count -> builder.maxTokens(count.getAsInt()));
    with(config, "num_oov_indices", count -> builder.numOovIndices(count.getAsInt()));
    with(config, "mask_token", mask -> builder.maskToken(token.apply(mask)));
    with(config, "invert", invert -> builder.invert(invert.getAsBoolean()));
    with(config, "output_mode", mode -> builder.outputMode(OutputMode.of(mode.getAsString())));
    with(config, "pad_to_max_tokens", pad -> builder.padToMaxTokens(pad.getAsBoolean()));
    with(config, "vocabulary", v -> builder.vocabulary(list(v, token)));
    with(config, "idf_weights", w -> builder.idfWeights(doubles(w)));
  }

  // Indices, bins and counts are exact; weights, means and quotients carry one or two roundings of
  // float32 of their own (TensorFlow adds in another order).
  private static void assertClose(HostTensor actual, JsonElement expected) {
    assertThat(actual.shape()).as("shape").containsExactly(shape(expected));
    List<JsonElement> values = new ArrayList<>();
    flatten(expected, values);
    for (int i = 0; i < values.size(); i++) {
      double want = values.get(i).getAsDouble();
      double tolerance = actual.dtype() == DType.I32 ? 0 : 1e-6 * (1 + Math.abs(want));
      assertThat(actual.get(i)).as("element %d", i).isCloseTo(want, within(tolerance));
    }
  }

  private static JsonObject table() throws IOException {
    try (Reader reader =
        new InputStreamReader(
            Objects.requireNonNull(
                PreprocessingGoldenTest.class.getResourceAsStream(
                    "/golden/keras/preprocessing.json")),
            UTF_8)) {
      return JsonParser.parseReader(reader).getAsJsonObject();
    }
  }

  private static void with(JsonObject config, String name, Consumer<JsonElement> setter) {
    if (!isNull(config, name)) {
      setter.accept(config.get(name));
    }
  }

  private static boolean isNull(JsonObject object, String name) {
    return !object.has(name) || object.get(name).isJsonNull();
  }

  private static String string(JsonObject object, String name) {
    return object.get(name).getAsString();
  }

  private static long key(JsonElement salt, int half) {
    return salt.isJsonArray() ? salt.getAsJsonArray().get(half).getAsLong() : salt.getAsLong();
  }

  private static boolean isText(JsonElement tensor) {
    JsonElement first = tensor;
    while (first.isJsonArray()) {
      first = first.getAsJsonArray().get(0);
    }
    return first.getAsJsonPrimitive().isString();
  }

  private static Stream<JsonElement> elements(JsonElement array) {
    return StreamSupport.stream(array.getAsJsonArray().spliterator(), false);
  }

  private static <T> List<T> list(JsonElement array, Function<JsonElement, T> element) {
    return elements(array).map(element).toList();
  }

  private static double[] doubles(JsonElement array) {
    return elements(array).mapToDouble(JsonElement::getAsDouble).toArray();
  }

  private static StringTensor strings(JsonElement tensor) {
    List<JsonElement> values = new ArrayList<>();
    flatten(tensor, values);
    return StringTensor.of(values.stream().map(JsonElement::getAsString).toList(), shape(tensor));
  }

  private static HostTensor numbers(JsonElement tensor) {
    List<JsonElement> values = new ArrayList<>();
    flatten(tensor, values);
    return HostTensor.of(values.stream().mapToInt(JsonElement::getAsInt).toArray(), shape(tensor));
  }

  private static HostTensor floats(JsonElement tensor) {
    List<JsonElement> values = new ArrayList<>();
    flatten(tensor, values);
    float[] floats = new float[values.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = values.get(i).getAsFloat();
    }
    return HostTensor.of(floats, shape(tensor));
  }

  private static HostTensor vector(float[] values) {
    return HostTensor.of(values, values.length);
  }

  private static void flatten(JsonElement tensor, List<JsonElement> into) {
    if (tensor.isJsonArray()) {
      tensor.getAsJsonArray().forEach(element -> flatten(element, into));
    } else {
      into.add(tensor);
    }
  }

  private static int[] shape(JsonElement tensor) {
    List<Integer> shape = new ArrayList<>();
    for (JsonElement at = tensor; at.isJsonArray(); at = at.getAsJsonArray().get(0)) {
      shape.add(at.getAsJsonArray().size());
      if (at.getAsJsonArray().isEmpty()) {
        break;
      }
    }
    return shape.stream().mapToInt(Integer::intValue).toArray();
  }
}
