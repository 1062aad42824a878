package org.mdlc.runtime;

import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.mdlc.runtime.data.DataException;

/** The kinds of files that hold weights, told apart by the end of the name. */
enum WeightsKind {
  SAFETENSORS(".safetensors"),
  /** Keras 3's; before {@link #LEGACY}, which ends alike. */
  KERAS_WEIGHTS(".weights.h5"),
  KERAS_MODEL(".keras"),
  /** Keras 2's, of weights alone or of a model. */
  LEGACY(".h5"),
  NPZ(".npz");

  private final String suffix;

  WeightsKind(String suffix) {
    this.suffix = suffix;
  }

  /**
   * The kind of a file.
   *
   * @throws DataException if the name ends in none of the known ways
   */
  static WeightsKind of(Path file) {
    String name = file.toString().toLowerCase(Locale.ROOT);
    return Stream.of(values())
        .filter(kind -> name.endsWith(kind.suffix))
        .findFirst()
        .orElseThrow(
            () ->
                new DataException(
                    file
                        + ": no known kind of weights file; the name ends in "
                        + Stream.of(values())
                            .map(kind -> kind.suffix)
                            .collect(Collectors.joining(", "))));
  }

  /**
   * The kind of a file to be written.
   *
   * @throws DataException if files of this kind are only read
   */
  static WeightsKind toWrite(Path file) {
    WeightsKind kind = of(file);
    if (kind == LEGACY) {
      throw new DataException(
          file + ": the old .h5 is only read; Keras reads .weights.h5 as well, so save that");
    }
    return kind;
  }
}
