package org.mdlc.runtime.preprocessing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.file.AtomicFile;

/**
 * A vocabulary as a text file: one token per line, and after a tab its idf weight where there are
 * weights.
 */
final class TokenFile {
  private final List<String> tokens;
  private final double[] idfWeights;

  private TokenFile(List<String> tokens, double[] idfWeights) {
    this.tokens = tokens;
    this.idfWeights = idfWeights;
  }

  /** The tokens, in order. */
  List<String> tokens() {
    return tokens;
  }

  /** One for each token, or none. */
  double[] idfWeights() {
    return idfWeights.clone();
  }

  static void write(Path file, List<String> tokens, float[] idfWeights) throws IOException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < tokens.size(); i++) {
      String token = tokens.get(i);
      if (token.indexOf('\n') >= 0 || token.indexOf('\r') >= 0) {
        throw new DataException(
            file
                + ": the token of index "
                + i
                + " contains a line end; a text file cannot hold it");
      }
      text.append(token);
      if (idfWeights.length > 0) {
        text.append('\t').append(idfWeights[i]);
      }
      text.append('\n');
    }
    AtomicFile.writeText(file, text.toString());
  }

  static TokenFile read(Path file, boolean weighted) throws IOException {
    return read(file, StandardCharsets.UTF_8, weighted);
  }

  static TokenFile read(Path file, Charset encoding, boolean weighted) throws IOException {
    List<String> lines = lines(file, encoding);
    if (!weighted) {
      return new TokenFile(lines, new double[0]);
    }
    List<String> tokens = new ArrayList<>();
    double[] weights = new double[lines.size()];
    for (int i = 0; i < weights.length; i++) {
      int tab = lines.get(i).lastIndexOf('\t');
      try {
        weights[i] = Double.parseDouble(lines.get(i).substring(tab + 1));
      } catch (NumberFormatException e) {
        tab = -1;
      }
      if (tab < 0) {
        throw new DataException(
            file + ":" + (i + 1) + ": expected a token, a tab and its idf weight");
      }
      tokens.add(lines.get(i).substring(0, tab));
    }
    return new TokenFile(tokens, weights);
  }

  // Only \n and \r\n end a line: other separators of Unicode are parts of tokens.
  private static List<String> lines(Path file, Charset encoding) throws IOException {
    List<String> lines = new ArrayList<>(List.of(decode(file, encoding).split("\n", -1)));
    lines.replaceAll(line -> line.endsWith("\r") ? line.substring(0, line.length() - 1) : line);
    if (lines.getLast().isEmpty()) {
      lines.removeLast();
    }
    return lines;
  }

  private static String decode(Path file, Charset encoding) throws IOException {
    try {
      return encoding.newDecoder().decode(ByteBuffer.wrap(Files.readAllBytes(file))).toString();
    } catch (CharacterCodingException e) {
      throw new DataException(file + ": not text in " + encoding.name(), e);
    }
  }
}
