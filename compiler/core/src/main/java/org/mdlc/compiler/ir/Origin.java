package org.mdlc.compiler.ir;

/**
 * Where a node comes from, in the user's words.
 *
 * @param scope path of layers it stands in, such as {@code encoder/dense_1}; empty at the top
 * @param location {@code mnist.mdl:12:7}; empty for nodes made by the compiler alone
 * @param text the statement, such as {@code h = x |> Dense(10)}; empty when unknown
 */
public record Origin(String scope, String location, String text) {
  public static final Origin NONE = new Origin("", "", "");

  /** The location without folders, so that the same model gives the same text wherever it lies. */
  public String place() {
    return location.substring(location.lastIndexOf('/') + 1);
  }
}
