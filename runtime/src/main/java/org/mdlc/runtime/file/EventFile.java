package org.mdlc.runtime.file;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.function.DoubleSupplier;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A file of events that TensorBoard shows: TFRecords (length, its checksum, content, its checksum)
 * with {@code tensorflow.Event} messages. Events are kept until {@link #flush}, which opens the
 * file, appends and closes it. Used by one thread at a time.
 */
public final class EventFile {
  private static final String VERSION = "brain.Event:2";
  private static final int MASK = 0xa282ead8;
  private static final int SCALAR = 1;
  private static final int TENSOR = 2;
  private static final int FLOAT = 1;
  private static final int DOUBLE = 2;

  private final Path folder;
  private final DoubleSupplier clock;
  private final ByteArrayOutputStream pending = new ByteArrayOutputStream();
  private @Nullable Path file;

  /**
   * A new file in {@code folder}, made when something is written to it.
   *
   * @param clock seconds since 1970
   */
  public EventFile(Path folder, DoubleSupplier clock) {
    this.folder = folder;
    this.clock = clock;
    record(event().text(3, VERSION));
  }

  /** A number at a step, as {@code tf.summary.scalar} writes it. */
  public void scalar(String tag, float value, long step) {
    Protobuf tensor =
        new Protobuf()
            .integer(1, FLOAT)
            .message(2, new Protobuf())
            .bytes(5, little(4).putFloat(value).array());
    summary(tag, "scalars", SCALAR, tensor, step);
  }

  /**
   * How values are spread, as {@code tf.summary.histogram} writes it.
   *
   * @param buckets left edge, right edge and count of each
   */
  public void histogram(String tag, double[][] buckets, long step) {
    byte[] content = new byte[buckets.length * 3 * Double.BYTES];
    ByteBuffer numbers = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
    for (double[] bucket : buckets) {
      for (double number : bucket) {
        numbers.putDouble(number);
      }
    }
    Protobuf tensor =
        new Protobuf()
            .integer(1, DOUBLE)
            .message(2, shape(List.of(buckets.length, 3)))
            .bytes(4, content);
    summary(tag, "histograms", TENSOR, tensor, step);
  }

  /** A graph of the model. */
  public void graph(GraphDef graph) {
    record(event().bytes(4, graph.toBytes()));
  }

  /** Appends what was written since the last time. */
  public void flush() throws IOException {
    if (file == null) {
      Files.createDirectories(folder);
      file = newFile();
    }
    Files.write(file, pending.toByteArray(), StandardOpenOption.APPEND);
    pending.reset();
  }

  static Protobuf shape(List<Integer> sizes) {
    Protobuf shape = new Protobuf();
    sizes.forEach(size -> shape.message(2, new Protobuf().integer(1, size)));
    return shape;
  }

  private void summary(String tag, String plugin, int dataClass, Protobuf tensor, long step) {
    Protobuf metadata =
        new Protobuf().message(1, new Protobuf().text(1, plugin)).integer(4, dataClass);
    Protobuf value = new Protobuf().text(1, tag).message(8, tensor).message(9, metadata);
    record(event().integer(2, step).message(5, new Protobuf().message(1, value)));
  }

  private Protobuf event() {
    return new Protobuf().float64(1, clock.getAsDouble());
  }

  private void record(Protobuf event) {
    byte[] content = event.toBytes();
    byte[] length = little(Long.BYTES).putLong(content.length).array();
    pending.writeBytes(length);
    pending.writeBytes(little(Integer.BYTES).putInt(maskedChecksum(length)).array());
    pending.writeBytes(content);
    pending.writeBytes(little(Integer.BYTES).putInt(maskedChecksum(content)).array());
  }

  private static int maskedChecksum(byte[] bytes) {
    CRC32C sum = new CRC32C();
    sum.update(bytes);
    return Integer.rotateRight((int) sum.getValue(), 15) + MASK;
  }

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** TensorBoard reads files whose names contain {@code tfevents}, in the order of their names. */
  private Path newFile() throws IOException {
    String name =
        "events.out.tfevents."
            + (long) clock.getAsDouble()
            + ".mdlc."
            + ProcessHandle.current().pid()
            + ".";
    for (int number = 0; ; number++) {
      try {
        return Files.createFile(folder.resolve(name + number + ".v2"));
      } catch (FileAlreadyExistsException e) {
        // of the fit before, in the same second; another number, then
      }
    }
  }
}
