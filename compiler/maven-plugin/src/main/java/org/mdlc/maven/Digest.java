package org.mdlc.maven;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.mdlc.compiler.driver.Input;

/** SHA-256 in hexadecimal digits. */
final class Digest {
  private Digest() {}

  static String of(String text) {
    return Input.sha256(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Of all bytes of a file; a word when it is not there. */
  static String ofFile(Path file) {
    return new Input(Input.Kind.TEXT, file).fingerprint();
  }
}
