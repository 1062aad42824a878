package org.mdlc.runtime.table;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.DataSpec;
import org.mdlc.runtime.data.Dataset;
import org.mdlc.runtime.data.Element;
import org.mdlc.runtime.data.Elements;
import org.mdlc.runtime.data.StringTensor;

/**
 * The lines of text files, one per row, read as they are needed; {@code tf.data.TextLineDataset}.
 * Files are UTF-8 and come in the order given.
 */
public final class LineDataset implements Dataset {
  private static final int MAX_LINE = 1 << 24;

  private final String name;
  private final List<Path> files;

  private LineDataset(String name, List<Path> files) {
    this.name = name;
    this.files = files;
  }

  /**
   * Lines as the column {@code name}, str [].
   *
   * @throws IllegalArgumentException if no file is given
   */
  public static LineDataset of(String name, Path... files) {
    if (files.length == 0) {
      throw new IllegalArgumentException("name at least one file of lines");
    }
    return new LineDataset(name, List.of(files));
  }

  @Override
  public DataSpec spec() {
    return DataSpec.of(DataSpec.Column.text(name));
  }

  @Override
  public OptionalLong size() {
    return OptionalLong.empty();
  }

  @Override
  public OptionalInt batchSize() {
    return OptionalInt.empty();
  }

  @Override
  public Elements elements(int epoch) {
    return new Pass();
  }

  private final class Pass implements Elements {
    private int file;
    private long line;
    private @Nullable BufferedReader reader;

    @Override
    public @Nullable Element next() {
      while (file < files.size()) {
        String text = nextOfFile();
        if (text != null) {
          line++;
          return () -> ArrayDataset.of(name, StringTensor.of(text));
        }
        close();
        file++;
        line = 0;
      }
      return null;
    }

    private @Nullable String nextOfFile() {
      Path path = files.get(file);
      try {
        BufferedReader open = reader;
        if (open == null) {
          open =
              new BufferedReader(
                  new InputStreamReader(
                      Files.newInputStream(path), StandardCharsets.UTF_8.newDecoder()));
          reader = open;
        }
        return readLine(open, path);
      } catch (NoSuchFileException e) {
        throw new DataException(path + ": no such file", e);
      } catch (CharacterCodingException e) {
        throw new DataException(
            path + ", after line " + line + ": not UTF-8; convert the file, for instance by iconv",
            e);
      } catch (IOException e) {
        throw new DataException(
            path + ", after line " + line + ": cannot be read: " + e.getMessage(), e);
      }
    }

    // Not BufferedReader.readLine: a file without line ends would fill the memory.
    private @Nullable String readLine(BufferedReader open, Path path) throws IOException {
      StringBuilder text = new StringBuilder();
      int character = open.read();
      if (character < 0) {
        return null;
      }
      while (character >= 0 && character != '\n') {
        text.append((char) character);
        if (text.length() > MAX_LINE) {
          throw new DataException(
              path + ", line " + (line + 1) + ": longer than " + MAX_LINE + " characters");
        }
        character = open.read();
      }
      int last = text.length() - 1;
      return last >= 0 && text.charAt(last) == '\r' ? text.substring(0, last) : text.toString();
    }

    @Override
    public void close() {
      try {
        if (reader != null) {
          reader.close();
          reader = null;
        }
      } catch (IOException e) {
        throw new DataException(files.get(file) + ": cannot be closed: " + e.getMessage(), e);
      }
    }
  }
}
