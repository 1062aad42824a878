package org.mdlc.runtime.table;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.mdlc.runtime.data.DataException;

/**
 * The characters of a file, of which none is replaced: bytes that stand for no character are an
 * error.
 *
 * @param charset the given one, or what the byte order mark at the start of the file says
 * @param reader stands behind the byte order mark
 */
record CsvText(Charset charset, Reader reader) {
  private static final int BUFFER_BYTES = 1 << 13;
  private static final int MAX_MARK_BYTES = 4;

  /** What a byte order mark may say; the longer one first where another starts with it. */
  private static final List<Charset> MARKED =
      List.of(
          StandardCharsets.UTF_8,
          StandardCharsets.UTF_32LE,
          StandardCharsets.UTF_16LE,
          StandardCharsets.UTF_32BE,
          StandardCharsets.UTF_16BE);

  /** Opens a file. */
  static CsvText open(Path file, Charset given) throws IOException {
    byte[] start;
    try (InputStream in = Files.newInputStream(file)) {
      start = in.readNBytes(MAX_MARK_BYTES);
    }
    Charset charset = given;
    int length = 0;
    for (Charset marked : MARKED) {
      byte[] mark = "\uFEFF".getBytes(marked);
      if (length == 0
          && start.length >= mark.length
          && Arrays.equals(mark, Arrays.copyOf(start, mark.length))) {
        charset = marked;
        length = mark.length;
      }
    }
    InputStream in = Files.newInputStream(file);
    try {
      in.skipNBytes(length);
    } catch (IOException e) {
      in.close();
      throw e;
    }
    return new CsvText(charset, new InputStreamReader(in, charset.newDecoder()));
  }

  /** What to say of a file in which a character is damaged, or another charset used. */
  DataException undecodable(Path file, RuntimeException cause) {
    String place;
    try {
      place = ", line " + undecodableLine(file);
    } catch (IOException e) {
      cause.addSuppressed(e);
      place = "";
    }
    return new DataException(
        String.format(
            Locale.ROOT,
            "%s%s: not %s; say what it is by `charset(..)`, such as"
                + " `charset(StandardCharsets.ISO_8859_1)`, or convert the file, for instance by"
                + " `iconv -f ISO-8859-1 -t UTF-8`",
            file,
            place,
            charset),
        cause);
  }

  /** A reader is ahead of its user, so the line is looked for again. */
  private long undecodableLine(Path file) throws IOException {
    CharsetDecoder decoder = charset.newDecoder();
    ByteBuffer bytes = ByteBuffer.allocate(BUFFER_BYTES);
    CharBuffer characters = CharBuffer.allocate(BUFFER_BYTES);
    long line = 1;
    char previous = 0;
    try (InputStream in = Files.newInputStream(file)) {
      boolean isEnd = false;
      while (true) {
        int read = in.readNBytes(bytes.array(), bytes.position(), bytes.remaining());
        isEnd = bytes.position() + read < bytes.capacity();
        bytes.position(bytes.position() + read).flip();
        CoderResult result = decoder.decode(bytes, characters, isEnd);
        bytes.compact();
        characters.flip();
        while (characters.hasRemaining()) {
          char character = characters.get();
          if (character == '\r' || character == '\n' && previous != '\r') {
            line++;
          }
          previous = character;
        }
        characters.clear();
        if (result.isError() || isEnd && result.isUnderflow()) {
          return line;
        }
      }
    }
  }
}
