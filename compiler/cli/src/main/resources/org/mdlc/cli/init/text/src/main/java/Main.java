package {{package}};

import java.nio.file.Path;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.StringTensor;
import org.mdlc.runtime.table.ColumnGroup;
import org.mdlc.runtime.table.CsvDataset;

/** Trains the model of reviews.mdl, from which the build makes the class Reviews, and asks it about sentences. */
public final class Main {
  static final Path DATA = Path.of("data", "reviews.csv");

  public static void main(String[] args) {
    var reviews = read(DATA).split(0.25);
    try (var model = train(reviews.first())) {
      System.out.printf("accuracy on reviews it has never seen: %.3f%n", accuracy(model, reviews.last()));
      for (var sentence : args.length > 0 ? args : new String[] {"The phone was brilliant.", "The phone was awful."}) {
        System.out.println((praises(model, sentence) ? "praise: " : "blame:  ") + sentence);
      }
    }
  }

  /** A model that is trained as reviews.mdl says. Close it: its memory is outside the Java heap. */
  static Reviews train(ArrayDataset reviews) {
    var model = Reviews.create(42);
    model.fit(reviews, model.defaults());
    return model;
  }

  static double accuracy(Reviews model, ArrayDataset reviews) {
    return model.evaluate(reviews).require("accuracy");
  }

  static boolean praises(Reviews model, String sentence) {
    return model.predict(ArrayDataset.of("review", StringTensor.of(sentence))).get("praise").get(0) > 0;
  }

  static ArrayDataset read(Path file) {
    return CsvDataset.of(file)
        .columns(ColumnGroup.texts("review"), ColumnGroup.ints("praise"))
        .read();
  }
}
