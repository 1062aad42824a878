package org.mdlc.examples.digits;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.table.ColumnGroup;
import org.mdlc.runtime.table.CsvDataset;

/**
 * Trains the model of {@code digits.mdl}, from which the build has generated the class {@link
 * Digits}, and tests it on digits that it has never seen.
 */
public final class Main {
  private static final long SEED = 42;
  private static final double HELD_OUT = 0.2;
  private static final double BRIGHTEST = 16;

  private Main() {}

  /**
   * @param args the path of {@code digits.csv}
   */
  public static void main(String[] args) throws IOException {
    ArrayDataset.Split digits = read(Path.of(args[0])).split(HELD_OUT);
    try (var model = train(digits.first())) {
      System.out.printf(Locale.ROOT, "test accuracy: %.4f%n", accuracy(model, digits.last()));
      System.out.println("the last image shows a " + digitOf(model, lastImage(digits.last())));
    }
  }

  /** A model trained as digits.mdl says. */
  static Digits train(ArrayDataset digits) {
    var model = Digits.create(SEED);
    model.fit(digits, model.defaults());
    return model;
  }

  static double accuracy(Digits model, ArrayDataset digits) {
    return model.evaluate(digits).require("accuracy");
  }

  /** The digit that an image shows: the one with the highest score. */
  static int digitOf(Digits model, float[] image) {
    float[] scores = model.predict(Digits.data().image(image)).digit()[0];
    int best = 0;
    for (int digit = 1; digit < scores.length; digit++) {
      best = scores[digit] > scores[best] ? digit : best;
    }
    return best;
  }

  static float[] lastImage(ArrayDataset digits) {
    return digits.slice(digits.rows() - 1, digits.rows()).get("image").floats();
  }

  /** Images of 8 by 8 dots with values from 0 to 1, and the digits they show. */
  static ArrayDataset read(Path file) throws IOException {
    return CsvDataset.of(file)
        .columns(
            ColumnGroup.floats("image", "p00..p77").scaled(1 / BRIGHTEST, 0).shaped(8, 8, 1),
            ColumnGroup.ints("digit", "label"))
        .read();
  }
}
