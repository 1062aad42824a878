package org.mdlc.compiler.analysis;

/**
 * Something that may be written at a place.
 *
 * @param label the word itself
 * @param detail one line beside it; may be empty
 * @param doc in Markdown; may be empty
 * @param insert what is to be written
 * @param snippet like {@code insert}, with {@code ${1:..}} where the user goes on writing
 * @param rank the lower ones are shown first
 */
public record Completion(
    String label, Kind kind, String detail, String doc, String insert, String snippet, int rank) {
  /** What it is, for a picture beside it. */
  public enum Kind {
    NAME,
    ARGUMENT,
    WORD,
    KEYWORD,
    TYPE,
    LAYER,
    BLOCK,
    FUNCTION,
    MODEL,
    OTHER
  }

  static Completion word(String label, Kind kind, String detail, String doc, int rank) {
    return new Completion(label, kind, detail, doc, label, escaped(label), rank);
  }

  /** Text in which nothing is special to a snippet. */
  static String escaped(String text) {
    return text.replace("\\", "\\\\").replace("$", "\\$").replace("}", "\\}");
  }
}
