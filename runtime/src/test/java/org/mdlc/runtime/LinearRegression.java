package org.mdlc.runtime;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.mdlc.runtime.MetricSpec.Direction;
import org.mdlc.runtime.data.DType;
import org.mdlc.runtime.random.Threefry;

/**
 * y = x w + b with mean squared error and SGD: by hand what the compiler prints for a model with
 * one dense layer. x [batch, 3], w [3, 1], b [1].
 */
final class LinearRegression extends Model {
  static final int FEATURES = 3;

  private static final long SEED = 0;
  private static final long KERNEL = 64;
  private static final long BIAS = 128;
  private static final long ITERATION = 192;
  private static final long LEARNING_RATE = 256;
  private static final long LOSS_TOTAL = 320;
  private static final long LOSS_COUNT = 384;
  private static final long MAE_TOTAL = 448;
  private static final long MAE_COUNT = 512;
  private static final long VARIABLE_BYTES = 576;

  private static final ModelSpec SPEC =
      ModelSpec.builder("LinearRegression")
          .input("x", DType.F32, FEATURES)
          .target("y", DType.F32, 1)
          .output("y", DType.F32, 1)
          .seed("dense/kernel/seed", SEED, 0)
          .parameter("dense/kernel", KERNEL, Initial.COMPUTED, FEATURES, 1)
          .parameter("dense/bias", BIAS, Initial.ZEROS, 1)
          .variable("optimizer/iteration", Role.SLOT, DType.I32, ITERATION, Initial.ZEROS)
          .variable(
              "optimizer/learning_rate", Role.HYPER, DType.F32, LEARNING_RATE, Initial.fill(0.05))
          .variable("loss/total", Role.METRIC, DType.F32, LOSS_TOTAL, Initial.ZEROS)
          .variable("loss/count", Role.METRIC, DType.F32, LOSS_COUNT, Initial.ZEROS)
          .variable("mae/total", Role.METRIC, DType.F32, MAE_TOTAL, Initial.ZEROS)
          .variable("mae/count", Role.METRIC, DType.F32, MAE_COUNT, Initial.ZEROS)
          .metric("loss", Direction.DOWN)
          .metric("mae", Direction.DOWN)
          .loss("mean_squared_error")
          .build(VARIABLE_BYTES);

  private int stepsBuilt;

  private LinearRegression() {
    super(SPEC);
  }

  static LinearRegression create(long seed) {
    LinearRegression model = new LinearRegression();
    model.initialize(seed);
    return model;
  }

  int stepsBuilt() {
    return stepsBuilt;
  }

  @Override
  protected Step newStep(Phase phase, int batch) {
    stepsBuilt++;
    return switch (phase) {
      case INITIALIZE -> new Initialize(variables());
      case ADAPT -> throw noPhase(phase);
      case EVALUATE, PREDICT -> new Forward(variables(), phase, batch);
      case TRAIN ->
          switch (stage()) {
            case 0 -> new Forward(variables(), phase, batch);
            // The second stage trains nothing.
            case 1 -> new Forward(variables(), Phase.EVALUATE, batch);
            default -> throw noPhase(phase);
          };
    };
  }

  /** Glorot's uniform kernel. */
  private static final class Initialize extends Step {
    Initialize(Variables variables) {
      super(variables, 1, 0, 0, 0);
    }

    @Override
    public void run() {
      Threefry key =
          new Threefry(
              variables.get(ValueLayout.JAVA_INT, SEED),
              variables.get(ValueLayout.JAVA_INT, SEED + 4));
      float limit = (float) Math.sqrt(3.0 / ((FEATURES + 1) / 2.0));
      for (int i = 0; i < FEATURES; i++) {
        variables.set(ValueLayout.JAVA_FLOAT, KERNEL + 4L * i, key.uniform(i, -limit, limit));
      }
    }
  }

  /** Forward, and as the phase wants loss, metrics, gradient and update. */
  private static final class Forward extends Step {
    private static final long LOSS = 0;
    private static final long MAE = 4;
    private static final long FIXED_BYTES = 8;
    private static final long ROW_BYTES = 4 * (FEATURES + 2);

    private final Phase phase;
    private final long x = row(0);
    private final long target = row(4 * FEATURES);
    private final long output = row(4 * (FEATURES + 1));

    Forward(Variables variables, Phase phase, int batch) {
      super(variables, batch, FIXED_BYTES, ROW_BYTES, 0);
      this.phase = phase;
    }

    @Override
    public void run() {
      predict();
      if (phase != Phase.PREDICT) {
        measure();
      }
      if (phase == Phase.TRAIN) {
        descend();
      }
    }

    @Override
    public long inputOffset(int index) {
      return switch (index) {
        case 0 -> x;
        case 1 -> target;
        default -> super.inputOffset(index);
      };
    }

    @Override
    public long outputOffset(int index) {
      return index == 0 ? output : super.outputOffset(index);
    }

    @Override
    public long metricOffset(int index) {
      return switch (index) {
        case 0 -> LOSS;
        case 1 -> MAE;
        default -> super.metricOffset(index);
      };
    }

    private void predict() {
      for (int i = 0; i < batch; i++) {
        float sum = get(variables, BIAS, 0);
        for (int j = 0; j < FEATURES; j++) {
          sum += get(memory, x, i * FEATURES + j) * get(variables, KERNEL, j);
        }
        memory.set(ValueLayout.JAVA_FLOAT, output + 4L * i, sum);
      }
    }

    private void measure() {
      float squares = 0;
      float magnitudes = 0;
      for (int i = 0; i < batch; i++) {
        float error = get(memory, output, i) - get(memory, target, i);
        squares += error * error;
        magnitudes += Math.abs(error);
      }
      memory.set(ValueLayout.JAVA_FLOAT, LOSS, mean(LOSS_TOTAL, LOSS_COUNT, squares));
      memory.set(ValueLayout.JAVA_FLOAT, MAE, mean(MAE_TOTAL, MAE_COUNT, magnitudes));
    }

    private float mean(long totalOffset, long countOffset, float sum) {
      float total = get(variables, totalOffset, 0) + sum;
      float count = get(variables, countOffset, 0) + batch;
      variables.set(ValueLayout.JAVA_FLOAT, totalOffset, total);
      variables.set(ValueLayout.JAVA_FLOAT, countOffset, count);
      return total / count;
    }

    private void descend() {
      float rate = get(variables, LEARNING_RATE, 0);
      float[] dKernel = new float[FEATURES];
      float dBias = 0;
      for (int i = 0; i < batch; i++) {
        float dOutput = 2 * (get(memory, output, i) - get(memory, target, i)) / batch;
        dBias += dOutput;
        for (int j = 0; j < FEATURES; j++) {
          dKernel[j] += dOutput * get(memory, x, i * FEATURES + j);
        }
      }
      for (int j = 0; j < FEATURES; j++) {
        variables.set(
            ValueLayout.JAVA_FLOAT, KERNEL + 4L * j, get(variables, KERNEL, j) - rate * dKernel[j]);
      }
      variables.set(ValueLayout.JAVA_FLOAT, BIAS, get(variables, BIAS, 0) - rate * dBias);
      variables.set(
          ValueLayout.JAVA_INT, ITERATION, variables.get(ValueLayout.JAVA_INT, ITERATION) + 1);
    }

    private static float get(MemorySegment segment, long offset, int index) {
      return segment.get(ValueLayout.JAVA_FLOAT, offset + 4L * index);
    }
  }
}
