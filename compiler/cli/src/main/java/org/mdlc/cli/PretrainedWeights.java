package org.mdlc.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import org.mdlc.compiler.bind.BoundProgram.Pretrained;
import org.mdlc.runtime.Model;

/**
 * Loads the weights that an {@code import weights} names, after checking that they are the ones
 * meant.
 */
final class PretrainedWeights {
  private PretrainedWeights() {}

  static void load(Model model, Pretrained pretrained, Path file) throws IOException {
    if (pretrained.sha256().isPresent()) {
      var found = sha256(file);
      if (!found.equals(pretrained.sha256().get().toLowerCase(Locale.ROOT))) {
        throw new UserError(
            file
                + " is not the declared file: its SHA-256 is "
                + found
                + ", declared is "
                + pretrained.sha256().get());
      }
    }
    model.loadWeights(file, pretrained.layer());
  }

  private static String sha256(Path file) throws IOException {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
