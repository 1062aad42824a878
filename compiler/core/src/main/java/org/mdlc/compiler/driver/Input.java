package org.mdlc.compiler.driver;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A file or folder that a compilation looks at, beside the text it is about. As long as the
 * fingerprints of all of them stay, compiling again would say and give the same.
 */
public record Input(Kind kind, Path path) {
  /** For whoever keeps no record of inputs. */
  public static final Consumer<Input> IGNORED = _ -> {};

  /** What a compilation sees of an input. */
  public enum Kind {
    /** A text of mdl: every byte. */
    TEXT,
    /** A CSV file: every byte of a small one, the header of a large one. */
    TABLE,
    /** A folder of classes: the names of the folders in it. */
    FOLDER
  }

  /** The input at a path; nothing where no file can be called so, and so none is there. */
  static Optional<Input> at(Kind kind, String path) {
    return beside("", kind, path);
  }

  /** The same, of a path that is relative to the folder of a file. */
  static Optional<Input> beside(String file, Kind kind, String path) {
    try {
      return Optional.of(new Input(kind, Path.of(file).resolveSibling(path)));
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  /**
   * SHA-256 of what a compilation would see now, in hexadecimal digits; {@code absent} when there
   * is nothing, {@code unreadable} when it cannot be seen.
   */
  public String fingerprint() {
    try {
      return seen().map(Input::sha256).orElse("absent");
    } catch (IOException e) {
      return "unreadable"; // a state like the others: compiling says what it thinks of it
    }
  }

  private Optional<byte[]> seen() throws IOException {
    return switch (kind) {
      case TEXT ->
          Files.isRegularFile(path) ? Optional.of(Files.readAllBytes(path)) : Optional.empty();
      case TABLE -> CsvFile.seen(path);
      case FOLDER ->
          FolderClasses.of(path)
              .map(names -> String.join("\n", names).getBytes(StandardCharsets.UTF_8));
    };
  }

  /** SHA-256 in hexadecimal digits: of the bytes of a {@link Kind#TEXT}, its fingerprint. */
  public static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
