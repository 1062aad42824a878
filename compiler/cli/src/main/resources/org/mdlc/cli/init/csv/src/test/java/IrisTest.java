package {{package}};

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class IrisTest {
  @Test
  void knowsFlowersItHasNeverSeen() {
    var flowers = Main.read().split(0.2);
    try (var model = Iris.create()) {
      model.fit(flowers.first(), model.defaults());
      double accuracy = model.evaluate(flowers.last()).require("accuracy");
      assertTrue(accuracy >= 0.9, () -> "accuracy " + accuracy);
      assertEquals("setosa", Main.species(model, 5.1f, 3.5f, 1.4f, 0.2f));
    }
  }
}
