package org.mdlc.maven;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.mdlc.compiler.driver.Input;

/** SHA-256 in hexadecimal digits. */
final class Digest {
  private Digest() {}

  static String of(String text) {
    return of(text.getBytes(StandardCharsets.UTF_8));
  }

  static String of(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** Of all bytes of a file; a word when it is not there. */
  static String ofFile(Path file) {
    return new Input(Input.Kind.TEXT, file).fingerprint();
  }
}
