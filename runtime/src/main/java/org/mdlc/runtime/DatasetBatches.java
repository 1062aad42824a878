package org.mdlc.runtime;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.DType;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.DataSpec;
import org.mdlc.runtime.data.Dataset;
import org.mdlc.runtime.data.Element;
import org.mdlc.runtime.data.Elements;
import org.mdlc.runtime.data.HostTensor;
import org.mdlc.runtime.data.Prefetched;
import org.mdlc.runtime.data.StringTensor;
import org.mdlc.runtime.utils.PyDataset;
import org.mdlc.runtime.workers.OrderedWorkers;

/**
 * Batches of a {@link Dataset}. The workers of its last {@code prefetch} make the rows and write
 * them into batches outside the heap, from which a step takes them with one copy per input.
 */
final class DatasetBatches implements Batches {
  private final Model model;
  private final Dataset data;
  private final boolean labelled;
  private final Map<String, double[]> classWeights;
  private final boolean shuffle;
  private final int workers;
  private final int places;
  private final BatchLayout layout;
  private final Queue<BatchBuffer> buffers = new ConcurrentLinkedQueue<>();

  private DatasetBatches(
      Model model,
      Source source,
      boolean labelled,
      Map<String, double[]> classWeights,
      boolean shuffle) {
    this.model = model;
    this.data = source.batches;
    this.labelled = labelled;
    this.classWeights = Collections.unmodifiableMap(new LinkedHashMap<>(classWeights));
    this.shuffle = shuffle;
    this.workers = source.workers;
    this.places = source.workers + source.queueSize + 1; // one is with the step
    DataSpec spec = data.spec();
    feed(rowOf(spec, model.spec()));
    this.layout = BatchLayout.of(model.spec(), spec, labelled);
  }

  /**
   * The batches of a data set, held against the model before any row is read. A {@link PyDataset}
   * keeps the order of its batches.
   *
   * @param batchSize rows of a batch; 0 for {@link ModelSpec#usualBatch}, or those of the data set
   * @param labelled whether the targets and weights are taken too
   * @param classWeights by target, a number per class
   * @throws DataException if the data does not fit the model
   * @throws IllegalArgumentException if another size than the usual one is given, and the data set
   *     has batches already
   */
  static DatasetBatches of(
      Model model,
      Dataset data,
      int batchSize,
      boolean labelled,
      Map<String, double[]> classWeights) {
    return of(model, data, batchSize, labelled, classWeights, false);
  }

  /**
   * @param shuffle whether the batches of a {@link PyDataset} come in a new order in each pass, the
   *     one that Keras draws from Python's {@code random}; of other data sets nothing is shuffled
   */
  static DatasetBatches of(
      Model model,
      Dataset data,
      int batchSize,
      boolean labelled,
      Map<String, double[]> classWeights,
      boolean shuffle) {
    return new DatasetBatches(
        model, Source.of(model.spec(), data, batchSize), labelled, classWeights, shuffle);
  }

  /** Batches, and how many threads make them. */
  private record Source(Dataset batches, int workers, int queueSize) {
    static Source of(ModelSpec model, Dataset data, int batchSize) {
      return switch (data) {
        case PyDataset batches -> {
          requireNoSize(model, batches, batchSize);
          // As in Keras, a single worker is the thread that trains.
          int threads = batches.workers() > 1 ? batches.workers() : 0;
          yield new Source(batches, threads, batches.maxQueueSize());
        }
        case Prefetched ahead -> {
          Source source = of(model, ahead.source(), batchSize);
          int rows = ahead.batchSize().isPresent() ? 1 : source.batches.batchSize().getAsInt();
          yield new Source(source.batches, ahead.workers(), Math.ceilDiv(ahead.queueSize(), rows));
        }
        default -> {
          if (data.batchSize().isPresent()) {
            requireNoSize(model, data, batchSize);
            yield new Source(data, 0, 0);
          }
          yield new Source(data.batch(batchSize > 0 ? batchSize : model.usualBatch()), 0, 0);
        }
      };
    }

    // The size of the train block says how rows are cut where they come as rows.
    private static void requireNoSize(ModelSpec model, Dataset data, int batchSize) {
      if (batchSize > 0 && batchSize != model.usualBatch()) {
        int rows = data.batchSize().orElse(0);
        throw new IllegalArgumentException(
            "the data set comes in batches"
                + (rows > 0 ? " of " + rows + " rows" : "")
                + ": leave out batchSize("
                + batchSize
                + "), or give it rows (unbatch())");
      }
    }
  }

  /** One row of what the data set promises, with which {@link Feed} tells whether it fits. */
  private static ArrayDataset rowOf(DataSpec spec, ModelSpec model) {
    Map<String, HostTensor> columns = new LinkedHashMap<>();
    Map<String, StringTensor> texts = new LinkedHashMap<>();
    for (DataSpec.Column column : spec.columns()) {
      int[] shape =
          IntStream.concat(IntStream.of(1), column.rowShape().stream().mapToInt(Integer::intValue))
              .toArray();
      switch (column.kind()) {
        case F32, I32 -> {
          HostTensor values = HostTensor.zeros(DType.I32, shape);
          Arrays.fill(values.ints(), allowed(model, column.name()));
          columns.put(
              column.name(), column.kind() == DataSpec.Kind.I32 ? values : values.toFloats());
        }
        case TEXT -> {
          int strings = Math.toIntExact(HostTensor.elementCount(shape));
          texts.put(column.name(), StringTensor.of(Collections.nCopies(strings, ""), shape));
        }
      }
    }
    return ArrayDataset.of(columns, texts);
  }

  /** A number that an input or target takes. */
  private static int allowed(ModelSpec model, String column) {
    return Stream.concat(model.inputs().stream(), model.targets().stream())
        .filter(wanted -> wanted.name().equals(column))
        .flatMap(wanted -> wanted.ranges().stream())
        .mapToInt(TensorSpec.Range::low)
        .max()
        .orElse(0);
  }

  private Feed feed(ArrayDataset rows) {
    return labelled ? Feed.labelled(model, rows, classWeights) : Feed.unlabelled(model, rows);
  }

  @Override
  public OptionalLong count() {
    return data.size();
  }

  @Override
  public Pass pass(int epoch) {
    return new DatasetPass(epoch);
  }

  @Override
  public void dropOrder() {
    drawOrder();
  }

  private int @Nullable [] drawOrder() {
    if (!shuffle || !(data instanceof PyDataset) || data.size().isEmpty()) {
      return null;
    }
    int[] order = IntStream.range(0, Math.toIntExact(data.size().getAsLong())).toArray();
    model.seedDraws().shuffle(order);
    return order;
  }

  /** Done by the workers. */
  private BatchBuffer make(Element element) {
    BatchBuffer used = buffers.poll();
    BatchBuffer buffer = used == null ? new BatchBuffer(layout, data.batchSize().orElse(0)) : used;
    if (layout.direct()) {
      buffer.fill(element);
    } else {
      buffer.fill(feed(element.make()));
    }
    return buffer;
  }

  private final class DatasetPass implements Pass {
    private final int epoch;
    private @Nullable Elements elements;
    private @Nullable OrderedWorkers<BatchBuffer> threads;
    private @Nullable BatchBuffer current;
    private long skipped;

    DatasetPass(int epoch) {
      this.epoch = epoch;
    }

    /** The order is drawn when it is needed, so that the state before the pass decides it. */
    private Elements elements() {
      if (elements == null) {
        int[] order = drawOrder();
        elements =
            order != null && data instanceof PyDataset batches
                ? batches.inOrder(order)
                : data.elements(epoch);
      }
      return elements;
    }

    @Override
    public int next() {
      if (threads == null) {
        threads = start(elements());
      }
      release();
      current = threads.take();
      return current == null ? 0 : current.rows();
    }

    /** What was copied, or passed over, makes room for the next batch at once. */
    private void release() {
      if (current != null && threads != null) {
        buffers.add(current);
        current = null;
        threads.release();
      }
    }

    private OrderedWorkers<BatchBuffer> start(Elements source) {
      return new OrderedWorkers<>(
          "batch",
          skipped,
          workers,
          places,
          () -> {
            Element element = source.next();
            return element == null ? null : () -> make(element);
          });
    }

    @Override
    public void fill(Step step) {
      if (current == null) {
        throw new IllegalStateException("no batch at hand");
      }
      current.giveTo(step);
      release();
    }

    @Override
    public void skip(long batches) {
      if (threads == null) {
        skipped += elements().skip(batches);
      } else {
        Pass.super.skip(batches);
      }
    }

    @Override
    public void close() {
      if (threads != null) {
        threads.close();
      }
      if (elements != null) {
        elements.close();
      }
    }
  }
}
