package org.mdlc.runtime.utils;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Set;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.DataSpec;

/**
 * A data set of the {@code .txt} files in a folder, where each folder in it is a class; Keras's
 * {@code keras.utils.text_dataset_from_directory}. The rows are {@code text}, str [], and {@code
 * label}; see {@link #names}. Files are UTF-8 and read when their rows are asked for; order as in
 * {@link ImageDatasetFromDirectory}.
 */
public final class TextDatasetFromDirectory extends DatasetFromDirectory<TextDatasetFromDirectory> {
  private int maxLength = Integer.MAX_VALUE;

  private TextDatasetFromDirectory(Path directory) {
    super(directory, "text");
  }

  /** The texts in a folder. */
  public static TextDatasetFromDirectory of(Path directory) {
    return new TextDatasetFromDirectory(directory);
  }

  /**
   * How many bytes of a text are kept; {@code max_length}, all unless set. Unlike Keras, a
   * character is not cut in two: it is left out.
   */
  public TextDatasetFromDirectory maxLength(int bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("`maxLength` is not negative; it is " + bytes);
    }
    maxLength = bytes;
    return this;
  }

  @Override
  TextDatasetFromDirectory self() {
    return this;
  }

  @Override
  Set<String> formats() {
    return Set.of(".txt");
  }

  @Override
  FolderRows.Content content(String name) {
    int limit = maxLength;
    return new FolderRows.Content.Text(DataSpec.Column.text(name), file -> read(file, limit));
  }

  private static String read(Path file, int limit) {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(limit);
      int length = bytes.length;
      if (length == limit) {
        length = wholeCharacters(bytes);
      }
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes, 0, length))
          .toString();
    } catch (CharacterCodingException e) {
      throw new DataException(
          file + ": the text is not UTF-8; convert it, for instance by iconv", e);
    } catch (NoSuchFileException e) {
      throw new DataException(file + ": no such file", e);
    } catch (IOException | OutOfMemoryError e) {
      throw new DataException(file + ": cannot be read as text: " + e.getMessage(), e);
    }
  }

  /** The length without the start of a character at the end. */
  private static int wholeCharacters(byte[] bytes) {
    int last = bytes.length - 1;
    while (last >= 0 && (bytes[last] & 0xC0) == 0x80) { // what follows the first byte of one
      last--;
    }
    if (last < 0) {
      return bytes.length;
    }
    int lead = bytes[last] & 0xFF;
    int needed = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    return bytes.length - last < needed ? last : bytes.length;
  }
}
