package org.mdlc.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.DType;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.DataSpec;
import org.mdlc.runtime.data.Dataset;
import org.mdlc.runtime.data.HostTensor;
import org.mdlc.runtime.random.PythonRandom;
import org.mdlc.runtime.utils.PyDataset;

/** What reaches the steps of a model that takes x [3] and y [1]. */
@Timeout(30)
class DatasetBatchesTest {
  private final LinearRegression model = LinearRegression.create(42);

  @AfterEach
  void noThreadIsLeft() {
    model.close();
    assertThat(
            Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("mdlc-batch-worker-")))
        .isEmpty();
  }

  /** Row i is x = (i, i + 0.5, 2i), y = i. */
  private static ArrayDataset rows(int count) {
    float[] x = new float[count * 3];
    int[] y = new int[count];
    for (int i = 0; i < count; i++) {
      x[3 * i] = i;
      x[3 * i + 1] = i + 0.5f;
      x[3 * i + 2] = i * 2;
      y[i] = i;
    }
    return ArrayDataset.of("x", HostTensor.of(x, count, 3), "y", HostTensor.of(y, count));
  }

  private static float[] read(Step step, int input, int count) {
    return step.memory.asSlice(step.inputOffset(input), 4L * count).toArray(ValueLayout.JAVA_FLOAT);
  }

  /** The targets of the batches that follow; checks that the inputs belong to them. */
  private List<List<Integer>> rest(Batches.Pass pass) {
    List<List<Integer>> all = new ArrayList<>();
    for (int rows = pass.next(); rows > 0; rows = pass.next()) {
      Step step = model.trainingStep(0, rows);
      pass.fill(step);
      float[] x = read(step, 0, rows * 3);
      float[] y = read(step, 1, rows);
      List<Integer> batch = new ArrayList<>();
      for (int i = 0; i < rows; i++) {
        assertThat(new float[] {x[3 * i], x[3 * i + 1], x[3 * i + 2]})
            .containsExactly(y[i], y[i] + 0.5f, y[i] * 2);
        batch.add((int) y[i]);
      }
      all.add(batch);
    }
    return all;
  }

  private List<List<Integer>> pass(Batches batches, int epoch) {
    try (Batches.Pass pass = batches.pass(epoch)) {
      return rest(pass);
    }
  }

  private DatasetBatches labelled(Dataset data, int batchSize) {
    return DatasetBatches.of(model, data, batchSize, true, Map.of());
  }

  @ParameterizedTest
  @CsvSource({"0,1", "1,1", "2,4", "7,3"})
  void givesAllRowsInTheOrderOfTheDataWhateverTheNumberOfWorkers(int workers, int queue) {
    Dataset data = rows(23).shuffle(5).prefetch(workers, queue);
    Batches batches = labelled(data, 4);

    assertThat(batches.count()).hasValue(6);
    for (int epoch = 0; epoch < 3; epoch++) {
      List<List<Integer>> given = pass(batches, epoch);

      int[] y;
      y = rows(23).shuffle(5).repeat(3).skip(23L * epoch).take(23).collect().get("y").ints();
      assertThat(given.stream().flatMap(List::stream))
          .containsExactlyElementsOf(IntStream.of(y).boxed().toList());
      assertThat(given).extracting(List::size).containsExactly(4, 4, 4, 4, 4, 3);
    }
  }

  @Test
  void batchesOfTheDataStayAsTheyAre() {
    Batches batches = labelled(rows(10).batch(4).prefetch(2, 2), 0);

    assertThat(pass(batches, 0)).extracting(List::size).containsExactly(4, 4, 2);
    assertThatThrownBy(() -> labelled(rows(10).batch(4).prefetch(2, 2), 5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "the data set comes in batches of 4 rows: leave out batchSize(5), or give it rows"
                + " (unbatch())");
    assertThat(labelled(rows(100), 0).count())
        .hasValue(Math.ceilDiv(100, model.spec().usualBatch()));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  void goesOnInTheMiddle(int workers) {
    Batches batches = labelled(rows(20).shuffle(1).prefetch(workers, 2), 3);
    List<List<Integer>> all = pass(batches, 1);
    try (Batches.Pass pass = batches.pass(1)) {
      pass.skip(2);
      assertThat(pass.next()).isEqualTo(3);
      pass.skip(1);
      assertThat(rest(pass)).isEqualTo(all.subList(4, 7));
    }
  }

  @Test
  void closesEarly() {
    for (int taken = 0; taken < 4; taken++) {
      Batches.Pass pass = labelled(rows(1000).prefetch(3, 2), 3).pass(0);
      for (int i = 0; i < taken; i++) {
        pass.next();
      }
      pass.close();
    }
  }

  @Test
  void rowsAreReadOnlyAfterTheSpecFits() {
    Dataset unread =
        rows(5)
            .map(
                DataSpec.of(
                    DataSpec.Column.of("x", DType.F32, 4), DataSpec.Column.of("y", DType.F32)),
                row -> {
                  throw new AssertionError("a row was read");
                });

    assertThatThrownBy(() -> labelled(unread, 2))
        .isInstanceOf(DataException.class)
        .hasMessageContaining(
            "the input x of LinearRegression takes rows of shape [3], the data has [4]");
    assertThatThrownBy(() -> labelled(rows(5).map(row -> ArrayDataset.of("x", row.get("x"))), 2))
        .hasMessageContaining("needs the target y: f32[1], which the data lacks");
    assertThatThrownBy(
            () -> DatasetBatches.of(model, rows(5), 2, true, Map.of("y", new double[] {1, 2})))
        .hasMessageContaining("compiled without weights for y");
    DatasetBatches.of(
        model, rows(5).map(row -> ArrayDataset.of("x", row.get("x"))), 2, false, Map.of());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void saysWhichBatchAndRowBreaksThePromise(int workers) {
    Dataset data =
        rows(10)
            .map(
                rows(1).spec(),
                row -> {
                  if (row.get("y").ints()[0] == 7) {
                    throw new DataException("row7.png: no picture");
                  }
                  return row;
                })
            .prefetch(workers, 1);
    try (Batches.Pass pass = labelled(data, 4).pass(0)) {
      assertThat(pass.next()).isEqualTo(4);
      assertThatThrownBy(pass::next)
          .isInstanceOf(DataException.class)
          .hasMessage("batch 1: row7.png: no picture");
    }
  }

  // ---- PyDataset

  /** Batch i has i + 1 rows, all of them i; writes down what is called. */
  private static class Triangle extends PyDataset {
    final List<String> events = new ArrayList<>();
    private final OptionalLong batches;

    Triangle(int workers, OptionalLong batches) {
      super(workers, 2);
      this.batches = batches;
    }

    @Override
    public DataSpec spec() {
      return rows(1).spec();
    }

    @Override
    public ArrayDataset getItem(long index) {
      event("" + index);
      int[] same = IntStream.range(0, (int) index + 1).map(i -> (int) index).toArray();
      return rows((int) index + 1).takeRows(same);
    }

    @Override
    public OptionalLong numBatches() {
      return batches;
    }

    @Override
    public void onEpochBegin() {
      event("begin");
    }

    @Override
    public void onEpochEnd() {
      event("end");
    }

    private synchronized void event(String event) {
      events.add(event);
    }
  }

  @Test
  void aPyDatasetIsReadOnceInItsOrderBetweenItsEvents() {
    Triangle data = new Triangle(1, OptionalLong.of(4));
    Batches batches = labelled(data, 0);

    assertThat(data.events).isEmpty();
    assertThat(pass(batches, 0)).extracting(List::size).containsExactly(1, 2, 3, 4);
    pass(batches, 1);
    assertThat(data.events)
        .containsExactly("begin", "0", "1", "2", "3", "end", "begin", "0", "1", "2", "3", "end");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 7})
  void workersOfAPyDatasetKeepItsOrder(int workers) {
    Triangle data = new Triangle(workers, OptionalLong.of(30));

    List<List<Integer>> given = pass(labelled(data, 0), 0);

    assertThat(given).hasSize(30);
    for (int i = 0; i < 30; i++) {
      assertThat(given.get(i)).hasSize(i + 1).containsOnly(i);
    }
    assertThat(data.events.getFirst()).isEqualTo("begin");
    assertThat(data.events.getLast()).isEqualTo("end");
    assertThat(data.events).hasSize(32);
  }

  @Test
  void shufflesTheBatchesOfAPyDatasetAsKerasDoes() {
    Triangle data = new Triangle(1, OptionalLong.of(6));
    DatasetBatches batches = DatasetBatches.of(model, data, 0, true, Map.of(), true);

    // random.seed(7); for _ in range(3): l = list(range(6)); random.shuffle(l); print(l)
    model.seedDraws().restore(new PythonRandom(7).save());
    batches.dropOrder();
    pass(batches, 0);
    pass(batches, 1);

    assertThat(data.events)
        .containsExactly(
            "begin", "2", "3", "1", "5", "4", "0", "end", "begin", "2", "5", "3", "0", "1", "4",
            "end");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void aPyDatasetWithoutEndIsTakenInOrderAsLongAsOneLikes(int workers) {
    Triangle data = new Triangle(workers, OptionalLong.empty());
    DatasetBatches batches = DatasetBatches.of(model, data, 0, true, Map.of(), true);

    assertThat(batches.count()).isEmpty();
    try (Batches.Pass pass = batches.pass(0)) {
      for (int i = 0; i < 10; i++) {
        assertThat(pass.next()).isEqualTo(i + 1);
      }
    }
    assertThat(data.events.getLast()).isEqualTo("end");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void aBatchOfAPyDatasetIsCheckedAndItsErrorsRaised(int workers) {
    Triangle wrong =
        new Triangle(workers, OptionalLong.of(4)) {
          @Override
          public ArrayDataset getItem(long index) {
            if (index == 3) {
              throw new IllegalStateException("disk full");
            }
            return index < 2
                ? super.getItem(index)
                : rows(1).with("x", HostTensor.of(new float[4], 1, 4));
          }
        };
    try (Batches.Pass pass = labelled(wrong, 0).pass(0)) {
      pass.next();
      pass.next();
      assertThatThrownBy(pass::next)
          .isInstanceOf(DataException.class)
          .hasMessageStartingWith("batch 2: getItem(2) of ")
          .hasMessageEndingWith(" has x f32[4] where the data set promises x f32[3]");
      assertThatThrownBy(pass::next)
          .hasMessage("batch 3: java.lang.IllegalStateException: disk full");
    }
    assertThat(wrong.events.getLast()).isEqualTo("end");
    assertThatThrownBy(() -> labelled(wrong, 33))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("the data set comes in batches: leave out batchSize(33)");
  }

  @Test
  void anEmptyBatchIsAnError() {
    Triangle empty =
        new Triangle(1, OptionalLong.of(1)) {
          @Override
          public ArrayDataset getItem(long index) {
            return rows(0);
          }
        };
    try (Batches.Pass pass = labelled(empty, 0).pass(0)) {
      assertThatThrownBy(pass::next).hasMessageEndingWith("has no rows");
    }
  }
}
