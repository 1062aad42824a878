package org.mdlc.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.HostTensor;
import org.mdlc.runtime.file.EventReader;
import org.mdlc.runtime.file.EventReader.Message;

/** The events of a training, read back. */
class TensorBoardTest {
  private static final int STEP = 2;
  private static final int VERSION = 3;
  private static final int GRAPH = 4;
  private static final int SUMMARY = 5;

  @TempDir private Path folder;
  private final LinearRegression model = LinearRegression.create(1);

  @AfterEach
  void close() {
    model.close();
  }

  private History fit(TensorBoard board) {
    float[] x = new float[36];
    float[] y = new float[12];
    for (int i = 0; i < 36; i++) {
      x[i] = i * 7 % 11 / 11f;
      y[i / 3] = x[i];
    }
    return model.fit(
        ArrayDataset.of("x", HostTensor.of(x, 12, 3), "y", HostTensor.of(y, 12, 1)),
        Fit.epochs(3)
            .batchSize(4)
            .validationSplit(0.25)
            .verbose(Verbosity.SILENT)
            .callbacks(board));
  }

  /** Tag, step and value of each scalar. */
  private static List<String> scalars(List<Message> events) {
    List<String> scalars = new ArrayList<>();
    for (Message event : events) {
      if (event.has(SUMMARY)) {
        Message value = event.message(SUMMARY).message(1);
        if (value.message(9).message(1).text(1).equals("scalars")) {
          assertThat(value.message(9).number(4)).as("class of data").isEqualTo(1);
          Message tensor = value.message(8);
          assertThat(tensor.number(1)).as("float").isEqualTo(1);
          float number = ByteBuffer.wrap(tensor.bytes(5)).order(ByteOrder.LITTLE_ENDIAN).getFloat();
          scalars.add(value.text(1) + " " + event.number(STEP) + " " + number);
        }
      }
    }
    return scalars;
  }

  @Test
  void metricsOfEpochsAreThoseOfTheHistory() throws IOException {
    long before = System.currentTimeMillis();
    History history = fit(new TensorBoard(folder));
    List<Message> train = EventReader.events(folder.resolve("train"));
    assertThat(train.getFirst().text(VERSION)).isEqualTo("brain.Event:2");
    assertThat(train.getFirst().float64(1)).isBetween(before / 1e3, before / 1e3 + 600);
    List<String> expected = new ArrayList<>();
    List<String> validation = new ArrayList<>();
    for (int epoch = 0; epoch < 3; epoch++) {
      String at = " " + epoch + " ";
      expected.add("epoch_loss" + at + (float) history.get("loss")[epoch]);
      expected.add("epoch_mae" + at + (float) history.get("mae")[epoch]);
      expected.add("epoch_learning_rate" + at + 0.05f);
      String iterations = " " + 3 * (epoch + 1) + " ";
      float loss = (float) history.get("val_loss")[epoch];
      float mae = (float) history.get("val_mae")[epoch];
      validation.add("evaluation_loss_vs_iterations" + iterations + loss);
      validation.add("evaluation_mae_vs_iterations" + iterations + mae);
      validation.add("epoch_loss" + at + loss);
      validation.add("epoch_mae" + at + mae);
    }
    assertThat(scalars(train)).containsExactlyElementsOf(expected);
    assertThat(scalars(EventReader.events(folder.resolve("validation"))))
        .containsExactlyElementsOf(validation);
  }

  @Test
  void metricsOfBatches() throws IOException {
    fit(new TensorBoard(folder).updateFreq(2).writeStepsPerSecond(true).writeGraph(false));
    List<Message> train = EventReader.events(folder.resolve("train"));
    assertThat(train.stream().noneMatch(event -> event.has(GRAPH))).isTrue();
    assertThat(
            scalars(train).stream()
                .map(scalar -> scalar.substring(0, scalar.lastIndexOf(' ')))
                .filter(scalar -> !scalar.startsWith("epoch_mae")))
        .containsExactly(
            "batch_steps_per_second 2",
            "batch_loss 2",
            "batch_mae 2",
            "epoch_loss 0",
            "epoch_learning_rate 0",
            "epoch_steps_per_second 0",
            "batch_steps_per_second 4",
            "batch_loss 4",
            "batch_mae 4",
            "batch_steps_per_second 6",
            "batch_loss 6",
            "batch_mae 6",
            "epoch_loss 1",
            "epoch_learning_rate 1",
            "epoch_steps_per_second 1",
            "batch_steps_per_second 8",
            "batch_loss 8",
            "batch_mae 8",
            "epoch_loss 2",
            "epoch_learning_rate 2",
            "epoch_steps_per_second 2");
  }

  @Test
  void theSpreadOfTheWeights() throws IOException {
    fit(new TensorBoard(folder).histogramFreq(2));
    List<String> tags = new ArrayList<>();
    for (Message event : EventReader.events(folder.resolve("train"))) {
      if (event.has(SUMMARY)) {
        Message value = event.message(SUMMARY).message(1);
        if (value.message(9).message(1).text(1).equals("histograms")) {
          tags.add(value.text(1) + " " + event.number(STEP));
          Message tensor = value.message(8);
          assertThat(tensor.messages(2).getFirst().messages(2).stream().map(d -> d.number(1)))
              .containsExactly(30L, 3L);
          assertThat(tensor.bytes(4)).hasSize(30 * 3 * 8);
        }
      }
    }
    assertThat(tags)
        .containsExactly(
            "dense/kernel/histogram 0",
            "dense/bias/histogram 0",
            "dense/kernel/histogram 2",
            "dense/bias/histogram 2");
  }

  /** The edges are those of TensorFlow's histogram of the same numbers. */
  @Test
  void bucketsOfTheSameWidth() {
    float[] values = {0, 1, 2, 3, 30, 30, Float.NaN, 15.5f};
    double[][] buckets = Histogram.buckets(HostTensor.of(values, 8));
    assertThat(buckets).hasDimensions(30, 3);
    assertThat(buckets[0]).containsExactly(0, 1, 1);
    assertThat(buckets[3]).containsExactly(3, 4, 1);
    assertThat(buckets[15]).containsExactly(15, 16, 1);
    assertThat(buckets[29]).containsExactly(29, 30, 2);
    double[][] single = Histogram.buckets(HostTensor.of(new float[] {2, 2}, 2));
    assertThat(single[0]).containsExactly(2, 2, 0);
    assertThat(single[29]).containsExactly(2, 2, 2);
    assertThat(Histogram.buckets(HostTensor.of(new float[0], 0))[29]).containsExactly(0, 0, 0);
  }

  /** A model in Java does not know its layers, so these are its inputs and weights. */
  @Test
  void theGraph() throws IOException {
    fit(new TensorBoard(folder));
    Message graph =
        EventReader.events(folder.resolve("train")).stream()
            .filter(event -> event.has(GRAPH))
            .findFirst()
            .orElseThrow()
            .message(GRAPH);
    assertThat(graph.messages(1).stream().map(node -> node.text(1) + " " + node.text(2)))
        .containsExactly("dense/kernel VariableV2", "dense/bias VariableV2", "x Placeholder");
  }

  @Test
  void checksItsArguments() {
    assertThatThrownBy(() -> new TensorBoard().updateFreq("never"))
        .hasMessage("updateFreq is \"epoch\", \"batch\" or a number of batches, not \"never\"");
    assertThatThrownBy(() -> new TensorBoard().updateFreq(0)).hasMessageContaining("at least 1");
    assertThatThrownBy(() -> new TensorBoard().histogramFreq(-1)).hasMessageContaining("-1");
  }
}
