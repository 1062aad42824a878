package {{package}};

import java.nio.file.Path;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.table.ColumnGroup;
import org.mdlc.runtime.table.CsvDataset;

/** Trains the model of reviews.mdl, from which the build makes the class Reviews, and asks it about sentences. */
public final class Main {
  public static void main(String[] args) {
    var reviews = read().split(0.25);
    try (var model = Reviews.create()) {
      model.fit(reviews.first(), model.defaults()); // as the train block says
      var result = model.evaluate(reviews.last());
      System.out.printf("accuracy on reviews it has never seen: %.3f%n", result.require("accuracy"));
      for (var sentence : args.length > 0 ? args : new String[] {"The phone was brilliant.", "The phone was awful."}) {
        System.out.println((praises(model, sentence) ? "praise: " : "blame:  ") + sentence);
      }
    }
  }

  static boolean praises(Reviews model, String sentence) {
    return model.predict(Reviews.data().review(sentence)).praise()[0][0] > 0;
  }

  static ArrayDataset read() {
    return CsvDataset.of(Path.of("data", "reviews.csv"))
        .columns(ColumnGroup.texts("review"), ColumnGroup.ints("praise"))
        .read();
  }
}
