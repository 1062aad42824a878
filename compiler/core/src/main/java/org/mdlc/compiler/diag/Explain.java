package org.mdlc.compiler.diag;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The pages behind {@code mdlc explain}: for each code a bad example and the mended one. */
public final class Explain {
  private Explain() {}

  /**
   * The page of a code such as {@code E0301} (in Markdown), or nothing when there is no such code.
   */
  public static Optional<String> page(String code) {
    return Codes.find(code).map(Explain::page);
  }

  public static String page(Codes code) {
    try (var in = Explain.class.getResourceAsStream("/explain/" + code.code() + ".md")) {
      if (in == null) {
        return "# " + code.code() + ": " + code.title() + "\n\n" + code.meaning() + "\n";
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the page of " + code.code() + " cannot be read from the compiler's own jar", e);
    }
  }
}
