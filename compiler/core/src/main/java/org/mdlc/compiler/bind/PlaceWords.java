package org.mdlc.compiler.bind;

import java.util.List;
import java.util.stream.Stream;

/** Words that mean something in one place only: for editors. */
public final class PlaceWords {
  private PlaceWords() {}

  /** What may stand after the colon of a declaration. */
  public static List<String> types() {
    return Types.NAMES;
  }

  /** What may stand before the brackets of a tensor's type. */
  public static List<String> elements() {
    return Types.ELEMENTS;
  }

  /** Settings of a train block that take a number or the like. */
  public static List<String> settings() {
    return Stream.concat(TrainItems.SETTINGS.stream(), TrainItems.WEIGHTS.stream()).toList();
  }

  /** Where the rows of a train block may come from. */
  public static List<String> dataFormats() {
    return DataFields.FORMATS;
  }

  /** What may stand after {@code precision}. */
  public static List<String> policies() {
    return Precision.POLICIES;
  }

  /** What every layer takes besides its own parameters. */
  public static List<String> layerArguments() {
    return Layers.ARGUMENTS.stream().sorted().toList();
  }

  /** What the argument {@code reduction} of a loss may be. */
  public static List<String> reductions() {
    return Calls.REDUCTIONS;
  }
}
