package org.mdlc.compiler.source;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * One source text with its name. Offsets count UTF-16 units of {@link #text()}; lines and columns
 * are found on demand.
 *
 * <p>Two files are equal when they are the same object: a name is only for people.
 */
public final class SourceFile {
  private final String name;
  private final String text;
  private int[] lineStarts = {};

  private SourceFile(String name, String text) {
    this.name = name;
    this.text = text;
  }

  public static SourceFile of(String name, String text) {
    return new SourceFile(name, text);
  }

  /** Bytes that are not UTF-8 become U+FFFD, which the parser then reports where they stand. */
  public static SourceFile of(String name, byte[] utf8) {
    var decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    try {
      return new SourceFile(name, decoder.decode(ByteBuffer.wrap(utf8)).toString());
    } catch (CharacterCodingException e) {
      throw new IllegalStateException("a replacing decoder refused input", e);
    }
  }

  /** Reads a file; its name is the path as given, with forward slashes. */
  public static SourceFile read(Path path) throws IOException {
    return of(path.toString().replace('\\', '/'), Files.readAllBytes(path));
  }

  /** As messages show it. */
  public String name() {
    return name;
  }

  public String text() {
    return text;
  }

  public Span span(int start, int end) {
    return new Span(this, start, end);
  }

  public Span whole() {
    return new Span(this, 0, text.length());
  }

  /** Number of lines; a text that ends in a line break has an empty last line. */
  public int lineCount() {
    return lineStarts().length;
  }

  /** The line in which an offset lies, from 1. */
  public int line(int offset) {
    var found = Arrays.binarySearch(lineStarts(), offset);
    return found >= 0 ? found + 1 : -found - 1;
  }

  /** The column of an offset in Unicode characters, from 1. */
  public int column(int offset) {
    return text.codePointCount(lineStart(line(offset)), offset) + 1;
  }

  /** Offset of the first char of a line, counted from 1. */
  public int lineStart(int line) {
    return lineStarts()[line - 1];
  }

  /** Text of a line, counted from 1, without its line break. */
  public String lineText(int line) {
    var start = lineStart(line);
    var end = line < lineCount() ? lineStart(line + 1) : text.length();
    while (end > start && isLineBreak(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(start, end);
  }

  private static boolean isLineBreak(char c) {
    return c == '\n' || c == '\r';
  }

  /** Every caller computes the same array, so a race between threads is harmless. */
  private int[] lineStarts() {
    var known = lineStarts;
    if (known.length == 0) {
      known = findLineStarts(text);
      lineStarts = known;
    }
    return known;
  }

  private static int[] findLineStarts(String text) {
    var starts = new int[16];
    var count = 1;
    for (int i = 0; i < text.length(); i++) {
      var c = text.charAt(i);
      var endsInCarriageReturn =
          c == '\r' && (i + 1 == text.length() || text.charAt(i + 1) != '\n');
      var endsLine = c == '\n' || endsInCarriageReturn;
      if (endsLine) {
        if (count == starts.length) {
          starts = Arrays.copyOf(starts, 2 * count);
        }
        starts[count++] = i + 1;
      }
    }
    return Arrays.copyOf(starts, count);
  }

  @Override
  public String toString() {
    return name;
  }
}
