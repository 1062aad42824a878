package org.mdlc.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
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

  static void load(Model model, Pretrained pretrained) throws IOException {
    var file = Path.of(pretrained.file());
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
    if (pretrained.layer().isEmpty()) {
      model.loadWeights(file);
    } else {
      model.loadWeights(file, pretrained.layer());
    }
  }

  static String sha256(Path file) throws IOException {
    try (var in = Files.newInputStream(file)) {
      var digest = MessageDigest.getInstance("SHA-256");
      in.transferTo(new DigestOutputStream(OutputStream.nullOutputStream(), digest));
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
