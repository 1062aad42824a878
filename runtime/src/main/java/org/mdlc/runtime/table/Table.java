package org.mdlc.runtime.table;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows of text that can be gone through again and again. */
interface Table {
  /** The file or the query, for messages. */
  String name();

  /** Names of the columns. */
  List<String> header();

  /** Starts at the first row. */
  Pass open();

  /** Row after row. */
  interface Pass extends AutoCloseable {
    /** The next row, which stays as it is; null after the last one. */
    @Nullable Row next();

    @Override
    void close();
  }

  /** One row. */
  interface Row {
    /** What stands in a column; null if nothing does. */
    @Nullable String cell(int column);

    /** The line or number of the row, for messages: {@code line 7}. */
    String place();
  }
}
