package {{package}};

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ReviewsTest {
  @Test
  void knowsReviewsItHasNeverSeen() {
    var reviews = Main.read().split(0.25);
    try (var model = Reviews.create()) {
      model.fit(reviews.first(), model.defaults());
      double accuracy = model.evaluate(reviews.last()).require("accuracy");
      assertTrue(accuracy >= 0.8, () -> "accuracy " + accuracy);
      assertTrue(Main.praises(model, "The phone was brilliant."));
      assertFalse(Main.praises(model, "The phone was awful."));
    }
  }
}
