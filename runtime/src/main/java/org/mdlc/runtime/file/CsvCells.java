package org.mdlc.runtime.file;

import de.siegmar.fastcsv.reader.AbstractBaseCsvCallbackHandler;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdlc.runtime.data.DataException;

/**
 * All cells of a table as one text, with the place where each ends: about as large as the file,
 * where a string for each cell of two characters would be 24 times as large.
 */
final class CsvCells extends AbstractBaseCsvCallbackHandler<Integer> {
  private final StringBuilder text;
  private final Ints ends = new Ints();
  private final Ints lines = new Ints();

  /**
   * @param fileBytes there is room for so many characters, and no cell needs more
   * @throws DataException if no array could hold them
   */
  CsvCells(String place, long fileBytes) {
    if (fileBytes > Integer.MAX_VALUE - Long.BYTES) {
      throw new DataException(
          place + ": " + fileBytes + " bytes are more than a table in memory can hold, 2^31");
    }
    this.text = new StringBuilder((int) fileBytes);
  }

  /** Lines with cells. */
  int rows() {
    return (int) lines.size;
  }

  /** The line of the file on which a row starts, from 1. */
  int line(int row) {
    return lines.get(row);
  }

  /**
   * @param index cells are counted row by row
   */
  String cell(long index) {
    return text.substring(index == 0 ? 0 : ends.get(index - 1), ends.get(index));
  }

  @Override
  protected void handleField(int field, char[] buffer, int from, int length, boolean quoted) {
    if (field == 0) {
      lines.add(Math.toIntExact(getStartingLineNumber()));
    }
    text.append(buffer, from, length);
    ends.add(text.length());
  }

  /** The number of cells of the row; null for an empty line. */
  @Override
  protected @Nullable Integer buildRecord() {
    return getFieldCount() == 0 ? null : getFieldCount();
  }

  /** A list that never copies what it has. */
  private static final class Ints {
    private static final int PIECE = 1 << 12;

    private final List<int[]> pieces = new ArrayList<>();
    private long size;

    void add(int number) {
      if (size % PIECE == 0) {
        pieces.add(new int[PIECE]);
      }
      pieces.getLast()[(int) (size++ % PIECE)] = number;
    }

    int get(long index) {
      return pieces.get((int) (index / PIECE))[(int) (index % PIECE)];
    }
  }
}
