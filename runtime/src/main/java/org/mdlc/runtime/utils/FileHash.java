package org.mdlc.runtime.utils;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What a file must hash to.
 *
 * @param algorithm as Java names it
 * @param expected in lower-case hexadecimal digits
 */
record FileHash(String algorithm, String expected) {
  private static final int BUFFER = 1 << 16;

  /**
   * @param name {@code sha256}, {@code md5}, or {@code auto} for the one whose length it has
   * @throws IllegalArgumentException if there is no such algorithm or the digits are not its
   */
  static FileHash of(String name, String expected) {
    String algorithm =
        switch (name) {
          case "sha256" -> "SHA-256";
          case "md5" -> "MD5";
          case "auto" -> expected.length() == 64 ? "SHA-256" : "MD5";
          default ->
              throw new IllegalArgumentException(
                  "`hashAlgorithm` is \"auto\", \"sha256\" or \"md5\", not \"" + name + "\"");
        };
    int digits = algorithm.equals("MD5") ? 32 : 64;
    if (!expected.matches("[0-9a-f]{" + digits + "}")) {
      throw new IllegalArgumentException(
          "`fileHash` is no " + algorithm + " of " + digits + " hexadecimal digits: " + expected);
    }
    return new FileHash(algorithm, expected);
  }

  boolean fits(Path file) throws IOException {
    return expected.equals(of(file));
  }

  /** The hash that a file has. */
  String of(Path file) throws IOException {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has " + algorithm, e);
    }
    byte[] buffer = new byte[BUFFER];
    try (InputStream in = Files.newInputStream(file)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        digest.update(buffer, 0, read);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
