package {{package}};

import java.nio.file.Path;
import java.util.List;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.HostTensor;
import org.mdlc.runtime.table.ColumnGroup;
import org.mdlc.runtime.table.CsvDataset;

/** Trains the model of iris.mdl, from which the build makes the class Iris, and asks it about one flower. */
public final class Main {
  static final Path DATA = Path.of("data", "iris.csv");
  private static final List<String> SPECIES = List.of("setosa", "versicolor", "virginica");

  public static void main(String[] args) {
    var flowers = read(DATA).split(0.2);
    try (var model = train(flowers.first())) {
      System.out.printf("accuracy on flowers it has never seen: %.3f%n", accuracy(model, flowers.last()));
      System.out.println("petals of 1.4 cm by 0.2 cm: " + species(model, 5.1f, 3.5f, 1.4f, 0.2f));
    }
  }

  /** A model that is trained as iris.mdl says. Close it: its memory is outside the Java heap. */
  static Iris train(ArrayDataset flowers) {
    var model = Iris.create(42);
    model.fit(flowers, model.defaults());
    return model;
  }

  static double accuracy(Iris model, ArrayDataset flowers) {
    return model.evaluate(flowers).require("accuracy");
  }

  /** The species of one flower, from its four measurements in the order of the columns. */
  static String species(Iris model, float... measurements) {
    var scores = model.predict(ArrayDataset.of("flower", HostTensor.of(measurements, 1, 4))).get("species");
    int best = 0;
    for (int i = 1; i < SPECIES.size(); i++) {
      best = scores.get(i) > scores.get(best) ? i : best;
    }
    return SPECIES.get(best);
  }

  static ArrayDataset read(Path file) {
    return CsvDataset.of(file)
        .columns(
            ColumnGroup.floats("flower", "sepal_length..petal_width"),
            ColumnGroup.labels("species", "species"))
        .read();
  }
}
