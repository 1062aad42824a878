package org.mdlc.compiler.bind;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What is known of data files while a model is bound. A file that is not there is no mistake: it
 * may come later, or another one be given when the model is trained.
 */
@FunctionalInterface
public interface DataFiles {
  /** For programs without data at hand. */
  DataFiles NONE = _ -> Optional.empty();

  /** A CSV file by its path, the folder of the model's file in front of it. */
  Optional<Table> csv(String path);

  /** A CSV file with a header line. */
  interface Table {
    List<String> header();

    /** Number of rows; empty when the file is too large to be read for its mistakes. */
    OptionalLong rows();

    /** Facts of the column at a position of the header; empty as for {@link #rows}. */
    Optional<Column> column(int position);
  }

  /**
   * The values of a column.
   *
   * @param numeric true when all are numbers
   * @param whole true when all are whole numbers
   * @param lowest of the numbers; meaningless when they are none
   * @param texts the different ones that are not empty, sorted
   */
  record Column(boolean numeric, boolean whole, double lowest, double highest, List<String> texts) {
    /** Copies the texts. */
    public Column {
      texts = List.copyOf(texts);
    }
  }
}
