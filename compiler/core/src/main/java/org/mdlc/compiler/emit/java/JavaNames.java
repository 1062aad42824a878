package org.mdlc.compiler.emit.java;

/** The model's words as Java spells them. */
final class JavaNames {
  private JavaNames() {}

  /** {@code update_dense_kernel} as {@code updateDenseKernel}; a word of Java's stays one. */
  static String camelCase(String name) {
    var text = new StringBuilder();
    for (var word : name.split("[^A-Za-z0-9]+", -1)) {
      text.append(
          text.isEmpty() || word.isEmpty()
              ? word
              : Character.toUpperCase(word.charAt(0)) + word.substring(1));
    }
    return text.isEmpty() || Character.isDigit(text.charAt(0)) ? "_" + text : text.toString();
  }
}
