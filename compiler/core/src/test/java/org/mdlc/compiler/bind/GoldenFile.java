package org.mdlc.compiler.bind;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.mdlc.compiler.op.Tensor64;
import org.mdlc.compiler.type.DType;

/**
 * Numbers that real Keras made: a {@code .safetensors} file whose metadata {@code case} says what
 * they are.
 *
 * @param tensors by name, in the order of the file
 * @param info kind, order of weights, tolerances
 */
record GoldenFile(String name, Map<String, Tensor64> tensors, JsonObject info) {
  private static final String FOLDER = "/golden/keras/";

  static GoldenFile read(String name) {
    try (var in = GoldenFile.class.getResourceAsStream(FOLDER + name + ".safetensors")) {
      if (in == null) {
        throw new IllegalArgumentException("there is no golden file " + name);
      }
      var bytes = ByteBuffer.wrap(in.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN);
      var header = new byte[Math.toIntExact(bytes.getLong())];
      bytes.get(header);
      var json =
          JsonParser.parseString(new String(header, StandardCharsets.UTF_8)).getAsJsonObject();
      var metadata = json.remove("__metadata__").getAsJsonObject();
      var data = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
      var tensors = new LinkedHashMap<String, Tensor64>();
      for (var entry : json.entrySet()) {
        tensors.put(entry.getKey(), tensor(entry.getValue().getAsJsonObject(), data));
      }
      return new GoldenFile(
          name,
          tensors,
          JsonParser.parseString(metadata.get("case").getAsString()).getAsJsonObject());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Tensor64 tensor(JsonObject entry, ByteBuffer data) {
    var sizes =
        entry.getAsJsonArray("shape").asList().stream().mapToInt(s -> s.getAsInt()).toArray();
    int start = entry.getAsJsonArray("data_offsets").get(0).getAsInt();
    return switch (entry.get("dtype").getAsString()) {
      case "F32" -> Tensor64.of(DType.F32, sizes, i -> data.getFloat(start + 4 * i));
      case "I32" -> Tensor64.of(DType.I32, sizes, i -> data.getInt(start + 4 * i));
      case "U32" -> Tensor64.of(DType.U32, sizes, i -> data.getInt(start + 4 * i) & 0xffff_ffffL);
      case "BOOL" -> Tensor64.of(DType.BOOL, sizes, i -> data.get(start + i));
      default -> throw new IllegalArgumentException("elements of type " + entry.get("dtype"));
    };
  }

  Tensor64 tensor(String key) {
    var tensor = tensors.get(key);
    if (tensor == null) {
      throw new IllegalArgumentException(name + " has no " + key + " but " + tensors.keySet());
    }
    return tensor;
  }

  boolean has(String key) {
    return tensors.containsKey(key);
  }

  /** Names of the tensors that start so, without the start, in order. */
  List<String> names(String start) {
    return tensors.keySet().stream()
        .filter(k -> k.startsWith(start))
        .map(k -> k.substring(start.length()))
        .toList();
  }

  /** The tolerance that the file states: |a - b| at most atol + rtol |b|. */
  double tolerance(double expected) {
    return info.get("atol").getAsDouble() + info.get("rtol").getAsDouble() * Math.abs(expected);
  }
}
