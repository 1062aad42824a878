package org.mdlc.runtime.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DatasetTest {
  /** Rows i = 0, 1, ..; counts how often one is read. */
  private static final class Numbers implements IndexedDataset {
    private final int count;
    private final AtomicInteger reads = new AtomicInteger();

    Numbers(int count) {
      this.count = count;
    }

    @Override
    public DataSpec spec() {
      return DataSpec.of(DataSpec.Column.of("i", DType.I32));
    }

    @Override
    public long count() {
      return count;
    }

    @Override
    public ArrayDataset get(long index) {
      reads.incrementAndGet();
      return ArrayDataset.of("i", HostTensor.of(new int[] {(int) index}, 1));
    }
  }

  /** The same as a stream that does not know its length. */
  private static Dataset stream(int count) {
    Numbers numbers = new Numbers(count);
    return new StreamView(
        numbers::spec, OptionalLong::empty, OptionalInt.empty(), numbers::elements);
  }

  private static List<List<Integer>> batches(Dataset data, int epoch) {
    List<List<Integer>> all = new ArrayList<>();
    try (Elements elements = data.elements(epoch)) {
      @Nullable Element element;
      while ((element = elements.next()) != null) {
        all.add(IntStream.of(element.make().get("i").ints()).boxed().toList());
      }
      assertThat(elements.next()).as("after the end").isNull();
    }
    return all;
  }

  private static List<Integer> rows(Dataset data, int epoch) {
    return batches(data, epoch).stream().flatMap(List::stream).toList();
  }

  private static List<Integer> rows(Dataset data) {
    return rows(data, 0);
  }

  private static ArrayDataset plus(ArrayDataset rows, int number) {
    int[] ints = IntStream.of(rows.get("i").ints()).map(i -> i + number).toArray();
    return ArrayDataset.of("i", HostTensor.of(ints, ints.length));
  }

  @Test
  void everyOperationReadsNothingUntilARowIsMade() {
    Numbers numbers = new Numbers(10);

    IndexedDataset data = numbers.shuffle(1).take(8).skip(1).repeat(2).cache().batch(3);

    assertThat(data.count()).isEqualTo(5);
    assertThat(data.elements(0).skip(4)).isEqualTo(4);
    assertThat(numbers.reads).hasValue(0);
    data.get(0);
    assertThat(numbers.reads).hasValue(3);
  }

  @Test
  void mapsTakesSkipsRepeatsFiltersIndexedOrStreamed() {
    for (Dataset data : List.of(new Numbers(5), stream(5))) {
      assertThat(rows(data.map(row -> plus(row, 10)))).containsExactly(10, 11, 12, 13, 14);
      assertThat(rows(data.take(2))).containsExactly(0, 1);
      assertThat(rows(data.take(9))).containsExactly(0, 1, 2, 3, 4);
      assertThat(rows(data.take(0))).isEmpty();
      assertThat(rows(data.skip(3))).containsExactly(3, 4);
      assertThat(rows(data.skip(7))).isEmpty();
      assertThat(rows(data.take(2).repeat(3))).containsExactly(0, 1, 0, 1, 0, 1);
      assertThat(rows(data.take(2).repeat().take(5))).containsExactly(0, 1, 0, 1, 0);
      assertThat(rows(data.take(0).repeat())).isEmpty();
      assertThat(rows(data.filter(row -> row.get("i").ints()[0] % 2 == 1))).containsExactly(1, 3);
      assertThat(rows(data.take(2).concatenate(data.skip(4)))).containsExactly(0, 1, 4);
      assertThat(batches(data.batch(2), 0))
          .containsExactly(List.of(0, 1), List.of(2, 3), List.of(4));
      assertThat(batches(data.batch(2, true), 0)).containsExactly(List.of(0, 1), List.of(2, 3));
      assertThat(batches(data.batch(2).unbatch().batch(3), 0))
          .containsExactly(List.of(0, 1, 2), List.of(3, 4));
      assertThat(data.batch(3).collect().get("i")).isEqualTo(data.collect().get("i"));
    }
  }

  @Test
  void operationsOnIndexedDataStayIndexedAndKnowTheirSize() {
    IndexedDataset numbers = new Numbers(7);
    Dataset mapped = numbers.map(row -> plus(row, 1));
    Dataset zipped = numbers.zip(numbers.map(row -> renamed(row)));

    assertThat(mapped).isInstanceOf(IndexedDataset.class);
    assertThat(zipped).isInstanceOf(IndexedDataset.class);
    assertThat(numbers.batch(3).size()).hasValue(3);
    assertThat(numbers.batch(3, true).size()).hasValue(2);
    assertThat(numbers.concatenate(numbers).count()).isEqualTo(14);
    assertThat(numbers.concatenate(numbers).get(8).get("i").ints()).containsExactly(1);
    assertThat(stream(7).batch(3).size()).isEmpty();
    assertThat(stream(7).filter(row -> true).size()).isEmpty();
    assertThatThrownBy(() -> numbers.take(3).get(3)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  private static ArrayDataset renamed(ArrayDataset rows) {
    return ArrayDataset.of("j", rows.get("i"));
  }

  @Test
  void skippingGivesWhatFollows() {
    List<Dataset> all =
        List.of(
            new Numbers(10).batch(3),
            stream(10).batch(3),
            stream(10).shuffle(4, 5).batch(3),
            new Numbers(10).shuffle(5).map(row -> plus(row, 1)).batch(3),
            stream(6).concatenate(stream(4)).batch(3),
            stream(10).cache().batch(3),
            stream(10).map(row -> plus(row, 1)).prefetch(2, 2).batch(3).prefetch(2, 3));
    for (Dataset data : all) {
      List<List<Integer>> expected = batches(data, 2);
      try (Elements elements = data.elements(2)) {
        assertThat(elements.skip(2)).isEqualTo(2);
        assertThat(elements.next().make().get("i").ints())
            .containsExactly(expected.get(2).stream().mapToInt(Integer::intValue).toArray());
        assertThat(elements.skip(5)).isEqualTo(1);
        assertThat(elements.next()).isNull();
      }
    }
  }

  // ---- shuffle

  /**
   * As in {@code data.shuffle(1).repeat(2).shuffle(2)}, where every element is of another epoch.
   */
  @Test
  void anOrderIsDrawnOnceThoughEpochsAreMixed() {
    AtomicInteger draws = new AtomicInteger();
    Permutations orders =
        new Permutations(
            () -> {
              draws.incrementAndGet();
              return 100;
            },
            7);
    for (int i = 0; i < 200; i++) {
      assertThat(orders.of(i % 3)).isEqualTo(new Draws(7, i % 3).permutation(100));
    }
    assertThat(draws).hasValue(3);
  }

  @Test
  void shuffleIsAPermutationThatFollowsFromSeedAndEpoch() {
    IndexedDataset shuffled = new Numbers(100).shuffle(7);

    assertThat(rows(shuffled, 0)).containsExactlyInAnyOrderElementsOf(rows(new Numbers(100)));
    assertThat(rows(shuffled, 3)).isEqualTo(rows(new Numbers(100).shuffle(7), 3));
    assertThat(rows(shuffled, 0)).isNotEqualTo(rows(shuffled, 1));
    assertThat(rows(shuffled, 0)).isNotEqualTo(rows(new Numbers(100).shuffle(8), 0));
    assertThat(rows(new Numbers(0).shuffle(7))).isEmpty();
    // A change of the order would change what people have trained.
    assertThat(rows(new Numbers(10).shuffle(42), 1)).containsExactly(7, 3, 1, 4, 2, 9, 6, 0, 5, 8);
  }

  @Test
  void everyOrderIsAsLikely() {
    int[] counts = new int[6]; // of the orders of three
    for (int epoch = 0; epoch < 6000; epoch++) {
      int[] order = new Draws(5, epoch).permutation(3);
      counts[order[0] * 2 + (order[1] > order[2] ? 1 : 0)]++;
    }
    // 1000 each, with a standard deviation of 29.
    assertThat(IntStream.of(counts).boxed()).allSatisfy(n -> assertThat(n).isBetween(850, 1150));
  }

  @Test
  void streamShuffleKeepsAnElementNearItsPlace() {
    List<Integer> shuffled = rows(stream(50).shuffle(5, 3), 1);

    assertThat(shuffled).containsExactlyInAnyOrderElementsOf(rows(new Numbers(50)));
    assertThat(shuffled).isNotEqualTo(rows(new Numbers(50)));
    for (int place = 0; place < 50; place++) {
      assertThat(shuffled.get(place)).isLessThan(place + 5);
    }
    assertThat(rows(stream(50).shuffle(1, 3))).isEqualTo(rows(new Numbers(50)));
    assertThat(rows(stream(50).shuffle(5, 3), 1)).isEqualTo(shuffled);
    assertThat(rows(stream(50).shuffle(5, 3), 2)).isNotEqualTo(shuffled);
  }

  @Test
  void repetitionsOfShuffledDataHaveOrdersOfTheirOwn() {
    IndexedDataset shuffled = new Numbers(20).shuffle(7);

    List<Integer> twice = rows(shuffled.repeat(2), 1);

    assertThat(twice.subList(0, 20)).isEqualTo(rows(shuffled, 2));
    assertThat(twice.subList(20, 40)).isEqualTo(rows(shuffled, 3));
    assertThat(rows(shuffled.repeat().take(40), 1).subList(20, 40)).isEqualTo(rows(shuffled, 2));
  }

  // ---- split

  @Test
  void partsOfShuffledDataStayTheSameInAllEpochs() {
    List<IndexedDataset> parts = new Numbers(10).shuffle(7).split(0.7, 0.3);

    assertThat(parts).extracting(IndexedDataset::count).containsExactly(7L, 3L);
    List<Integer> all = new ArrayList<>(rows(parts.get(0), 0));
    all.addAll(rows(parts.get(1), 5));
    assertThat(all).isEqualTo(rows(new Numbers(10).shuffle(7), 0));
    assertThat(rows(new Numbers(10).split(2, 3).get(1))).containsExactly(2, 3, 4);
    assertThat(new Numbers(10).split(0.5, 0.25).get(1).count()).isEqualTo(3);
    assertThatThrownBy(() -> new Numbers(10).split(8, 3))
        .isInstanceOf(DataException.class)
        .hasMessage("split: 10 elements do not part into [8, 3]; every part needs 1 or more");
    assertThatThrownBy(() -> new Numbers(10).split(0.8, 0.3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("together at most 1");
    assertThatThrownBy(() -> new Numbers(3).split(0.9, 0.1)).isInstanceOf(DataException.class);
  }

  // ---- joins

  @Test
  void zipPutsColumnsSideBySideAndEndsWithTheShorter() {
    for (Dataset left : List.of(new Numbers(3), stream(3))) {
      Dataset zipped = left.zip(stream(5).map(row -> renamed(plus(row, 10))));

      ArrayDataset all = zipped.collect();

      assertThat(zipped.spec()).hasToString("i i32[], j i32[]");
      assertThat(all.get("j").ints()).containsExactly(10, 11, 12);
    }
    assertThatThrownBy(() -> new Numbers(3).zip(new Numbers(3)).spec())
        .hasMessage("two columns of the data are named i");
    assertThatThrownBy(() -> new Numbers(3).zip(new Numbers(3)).get(0))
        .hasMessage("zip: both sides have a column i");
    assertThatThrownBy(() -> new Numbers(3).zip(stream(4).batch(2)))
        .hasMessage(
            "zip takes data sets of the same batches, not single rows and batches of 2 rows: batch"
                + " or unbatch one of them");
  }

  @Test
  void concatenateTakesTheSameColumns() {
    assertThatThrownBy(() -> new Numbers(3).concatenate(stream(3).map(row -> renamed(row))).spec())
        .hasMessage("concatenate takes data sets of the same columns, not i i32[] and j i32[]");
  }

  // ---- errors of rows

  @Test
  void mapChecksWhatItsFunctionGives() {
    DataSpec promised = DataSpec.of(DataSpec.Column.of("x", DType.F32, 2));
    Dataset data =
        new Numbers(5)
            .map(
                promised,
                row ->
                    ArrayDataset.of(
                        "x",
                        HostTensor.of(
                            new float[1 + row.get("i").ints()[0]], 1, 1 + row.get("i").ints()[0])));

    assertThat(data.skip(1).take(1).collect().get("x").shape()).containsExactly(1, 2);
    assertThatThrownBy(() -> data.skip(3).collect())
        .isInstanceOf(DataException.class)
        .hasMessage("map: element 3 has x f32[4] where the data set promises x f32[2]");
    assertThatThrownBy(
            () -> new Numbers(5).map(row -> renamed(row)).map(promised, row -> row).collect())
        .hasMessage("map: element 0 has no x f32[2], which the data set promises; it has j i32[]");
    assertThatThrownBy(() -> new Numbers(4).map(row -> plus(row, 1).slice(0, 0)).collect())
        .hasMessage("map: element 0 of 1 rows became 0 rows; a map keeps their number");
    assertThatThrownBy(() -> new Numbers(0).map(row -> row).spec())
        .hasMessageContaining("map(DataSpec.of(..), function)");
  }

  @Test
  void rowsOfOneBatchAreAlike() {
    IndexedDataset uneven =
        new IndexedView(
            () -> DataSpec.of(DataSpec.Column.of("x", DType.F32, 2)),
            () -> 9,
            OptionalInt.empty(),
            (epoch, index) ->
                () ->
                    ArrayDataset.of(
                        "x", HostTensor.of(new float[index == 7 ? 3 : 2], 1, index == 7 ? 3 : 2)));

    assertThatThrownBy(() -> uneven.batch(4).get(1))
        .hasMessage("rows of one batch differ: element 4 has x f32[2], element 7 has x f32[3]");
    assertThatThrownBy(() -> uneven.batch(4).batch(2)).hasMessageContaining("unbatch()");
    assertThatThrownBy(uneven::unbatch).hasMessageContaining("nothing to unbatch");
  }

  @Test
  void batchesText() {
    ArrayDataset texts =
        ArrayDataset.of("t", StringTensor.of("a", "b", "c"))
            .with("x", HostTensor.of(new float[] {1, 2, 3}, 3));

    ArrayDataset batch = texts.batch(2).get(0);

    assertThat(batch.text("t")).isEqualTo(StringTensor.of("a", "b"));
    assertThat(texts.shuffle(1).batch(3).get(0).spec()).isEqualTo(texts.spec());
  }

  // ---- cache

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void cacheMakesEveryElementOnce(boolean indexed) {
    Numbers numbers = new Numbers(6);
    Dataset source =
        indexed
            ? numbers
            : new StreamView(
                numbers::spec, OptionalLong::empty, OptionalInt.empty(), numbers::elements);
    Dataset cached = source.cache();

    try (Elements early = cached.elements(0)) {
      early.next().make();
      early.next().make();
    }
    assertThat(rows(cached, 1)).containsExactly(0, 1, 2, 3, 4, 5);
    assertThat(rows(cached, 2)).containsExactly(0, 1, 2, 3, 4, 5);
    assertThat(numbers.reads).hasValue(6);
  }

  @Test
  void cacheOfAStreamServesTwoPassesAtOnce() {
    Dataset cached = stream(4).cache();
    try (Elements a = cached.elements(0);
        Elements b = cached.elements(0)) {
      a.skip(2);
      assertThat(b.next().make().get("i").ints()).containsExactly(0);
      assertThat(a.next().make().get("i").ints()).containsExactly(2);
      b.skip(2);
      assertThat(b.next().make().get("i").ints()).containsExactly(3);
      assertThat(b.next()).isNull();
      assertThat(a.skip(9)).isEqualTo(1);
    }
  }

  @Test
  void cacheKeepsTheOrderOfTheFirstEpoch() {
    IndexedDataset shuffled = new Numbers(10).shuffle(7);

    assertThat(rows(shuffled.cache(), 4)).isEqualTo(rows(shuffled, 0));
    assertThat(rows(stream(10).shuffle(10, 7).cache(), 4))
        .isEqualTo(rows(stream(10).shuffle(10, 7), 0));
  }
}
