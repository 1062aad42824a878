package {{package}};

import java.nio.file.Path;
import java.util.List;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.table.ColumnGroup;
import org.mdlc.runtime.table.CsvDataset;

/** Trains the model of iris.mdl, from which the build makes the class Iris, and asks it about one flower. */
public final class Main {
  private static final List<String> SPECIES = List.of("setosa", "versicolor", "virginica");

  public static void main(String[] args) {
    var flowers = read().split(0.2);
    try (var model = Iris.create()) {
      model.fit(flowers.first(), model.defaults()); // as the train block says
      var result = model.evaluate(flowers.last());
      System.out.printf("accuracy on flowers it has never seen: %.3f%n", result.require("accuracy"));
      System.out.println("petals of 1.4 cm by 0.2 cm: " + species(model, 5.1f, 3.5f, 1.4f, 0.2f));
    }
  }

  /** The species of one flower, from its four measurements in the order of the columns. */
  static String species(Iris model, float... measurements) {
    float[] scores = model.predict(Iris.data().flower(measurements)).species()[0];
    int best = 0;
    for (int i = 1; i < scores.length; i++) {
      best = scores[i] > scores[best] ? i : best;
    }
    return SPECIES.get(best);
  }

  static ArrayDataset read() {
    return CsvDataset.of(Path.of("data", "iris.csv"))
        .columns(
            ColumnGroup.floats("flower", "sepal_length..petal_width"),
            ColumnGroup.labels("species", "species"))
        .read();
  }
}
