package org.mdlc.compiler.keras;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.Optional;

/** Element types and policies by Keras's names. */
final class Dtypes {
  private Dtypes() {}

  /** The language's type for the elements of a tensor. */
  static String element(String keras) {
    return switch (keras) {
      case "string" -> "str";
      case "bool" -> "bool";
      default -> keras.contains("int") ? "i32" : "f32";
    };
  }

  /** The name of a policy, which is saved as an object or as a string. */
  static Optional<String> policy(JsonElement dtype) {
    return dtype instanceof JsonObject o ? Json.string(Json.config(o), "name") : Json.string(dtype);
  }

  /** True for a policy under which layers compute in a narrow type. */
  static boolean isMixed(String policy) {
    return policy.equals("mixed_bfloat16") || policy.equals("mixed_float16");
  }

  /** True for a policy that the language needs no word for. */
  static boolean isUsual(String policy) {
    return policy.equals("float32")
        || policy.equals("string")
        || policy.equals("bool")
        || policy.matches("u?int(8|16|32|64)");
  }
}
