package org.mdlc.examples.text;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.table.ColumnGroup;
import org.mdlc.runtime.table.CsvDataset;

/**
 * Trains the model of {@code reviews.mdl}, from which the build has generated the class {@link
 * Reviews}, and asks it about sentences that it has never seen.
 */
public final class Main {
  private static final long SEED = 42;
  private static final double HELD_OUT = 0.25;

  private Main() {}

  /**
   * @param args the path of {@code reviews.csv}, then sentences to ask about
   */
  public static void main(String[] args) throws IOException {
    ArrayDataset.Split reviews = read(Path.of(args[0])).split(HELD_OUT);
    List<String> sentences = List.of(args).subList(1, args.length);
    try (var model = train(reviews.first())) {
      System.out.printf(Locale.ROOT, "test accuracy: %.4f%n", accuracy(model, reviews.last()));
      for (String sentence : sentences) {
        System.out.println((praises(model, sentence) ? "praise: " : "blame:  ") + sentence);
      }
    }
  }

  /** A model trained as reviews.mdl says; it learns its vocabulary from the same rows. */
  static Reviews train(ArrayDataset reviews) {
    var model = Reviews.create(SEED);
    model.fit(reviews, model.defaults());
    return model;
  }

  static double accuracy(Reviews model, ArrayDataset reviews) {
    return model.evaluate(reviews).require("accuracy");
  }

  static boolean praises(Reviews model, String sentence) {
    return model.predict(Reviews.data().review(sentence)).praise()[0][0] > 0;
  }

  /** Reviews, and 1 for each that praises. */
  static ArrayDataset read(Path file) throws IOException {
    return CsvDataset.of(file)
        .columns(ColumnGroup.ints("praise"), ColumnGroup.texts("review"))
        .read();
  }
}
