package org.mdlc.cli.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdlc.cli.layout.LayeredLayout.Edge;
import org.mdlc.cli.layout.LayeredLayout.Place;
import org.mdlc.cli.layout.LayeredLayout.Point;
import org.mdlc.cli.layout.LayeredLayout.Size;

final class LayeredLayoutTest {
  private static final Size BOX = new Size(100, 50);

  @Test
  void aChainIsUpright() {
    var layout = LayeredLayout.of(boxes(5), chain(5));
    assertThat(layout.boxes()).allMatch(box -> box.x() == 0);
    assertThat(layout.width()).isEqualTo(100);
    assertThat(layout.height()).isEqualTo(5 * 50 + 4 * LayeredLayout.BELOW);
    assertThat(layout.routes().get(1).points())
        .containsExactly(
            new Point(50, 100 + LayeredLayout.BELOW), new Point(50, 100 + 2 * LayeredLayout.BELOW));
  }

  @Test
  void aChainStaysUprightBesideALongEdge() {
    var edges = new ArrayList<>(chain(6));
    edges.add(new Edge(0, 5));
    var layout = LayeredLayout.of(boxes(6), edges);
    assertThat(layout.boxes().stream().map(Place::x).distinct()).hasSize(1);
    // below the first, beside the four between, above the last
    assertThat(layout.routes().getLast().points()).hasSize(10);
    double box = layout.boxes().getFirst().x();
    assertThat(layout.routes().getLast().points().get(4).x())
        .matches(x -> x < box || x > box + BOX.width());
  }

  @Test
  void crossedEdgesAreUncrossed() {
    // 0 and 1 lead to 3 and 2: side by side in one of the two rows, the order must change
    var layout = LayeredLayout.of(boxes(4), List.of(new Edge(0, 3), new Edge(1, 2)));
    var boxes = layout.boxes();
    assertThat(boxes.get(0).x() < boxes.get(1).x()).isEqualTo(boxes.get(3).x() < boxes.get(2).x());
  }

  @Test
  void aLongChainGoesOnInColumns() {
    var layout = LayeredLayout.of(boxes(100), chain(100));
    long columns = layout.boxes().stream().map(Place::x).distinct().count();
    assertThat(columns).isBetween(4L, 8L);
    assertThat(layout.height()).isLessThan(2.5 * layout.width());
    assertThat(layout.routes().stream().filter(r -> r.corners() > 0)).hasSize((int) columns - 1);
  }

  @Test
  void aSourceStandsAboveItsFirstReader() {
    var edges = new ArrayList<>(chain(5));
    edges.add(new Edge(5, 4));
    var boxes = LayeredLayout.of(boxes(6), edges).boxes();
    assertThat(boxes.get(5).y()).isEqualTo(boxes.get(3).y());
  }

  @Test
  void refusesACycle() {
    assertThatThrownBy(() -> LayeredLayout.of(boxes(2), List.of(new Edge(0, 1), new Edge(1, 0))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cycle");
  }

  @Test
  void nothingIsNothing() {
    assertThat(LayeredLayout.of(List.of(), List.of()).boxes()).isEmpty();
  }

  /** Boxes never overlap, edges lead down and keep clear of boxes, and all lies in the picture. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void keepsThingsApart(int seed) {
    var random = new Random(seed);
    int count = 2 + random.nextInt(60);
    var sizes = new ArrayList<Size>();
    var edges = new ArrayList<Edge>();
    for (int i = 0; i < count; i++) {
      sizes.add(new Size(40 + random.nextInt(160), 30 + random.nextInt(60)));
      int sources = i == 0 ? 0 : 1 + random.nextInt(2);
      for (int s = 0; s < sources; s++) {
        int reach = seed % 2 == 0 ? 4 : 20;
        edges.add(new Edge(Math.max(0, i - 1 - random.nextInt(reach)), i));
      }
    }
    var layout = LayeredLayout.of(sizes, edges);
    assertThat(LayeredLayout.of(sizes, edges)).isEqualTo(layout);
    for (int i = 0; i < count; i++) {
      var box = layout.boxes().get(i);
      assertThat(box.x()).isBetween(-1.0, layout.width() - sizes.get(i).width() + 1);
      assertThat(box.y()).isBetween(0.0, layout.height() - sizes.get(i).height());
      for (int j = 0; j < i; j++) {
        assertThat(overlap(box, sizes.get(i), layout.boxes().get(j), sizes.get(j)))
            .as("boxes %d and %d", j, i)
            .isFalse();
      }
    }
    for (int e = 0; e < edges.size(); e++) {
      var route = layout.routes().get(e);
      var points = route.points();
      int to = edges.get(e).to();
      assertThat(points.getLast().x())
          .isEqualTo(layout.boxes().get(to).x() + sizes.get(to).width() / 2);
      assertThat(points.getLast().y()).isEqualTo(layout.boxes().get(to).y());
      for (int p = Math.max(1, route.corners()); p < points.size(); p++) {
        assertThat(points.get(p).y()).isGreaterThan(points.get(p - 1).y() - 1e-9);
      }
    }
  }

  private static boolean overlap(Place a, Size sizeA, Place b, Size sizeB) {
    return a.x() < b.x() + sizeB.width() - 1
        && b.x() < a.x() + sizeA.width() - 1
        && a.y() < b.y() + sizeB.height()
        && b.y() < a.y() + sizeA.height();
  }

  private static List<Size> boxes(int count) {
    return Collections.nCopies(count, BOX);
  }

  private static List<Edge> chain(int count) {
    var edges = new ArrayList<Edge>();
    for (int i = 1; i < count; i++) {
      edges.add(new Edge(i - 1, i));
    }
    return edges;
  }
}
