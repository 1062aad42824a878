package org.mdlc.compiler.plan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.mdlc.compiler.expr.ScalarFn;
import org.mdlc.compiler.expr.Threefry;
import org.mdlc.compiler.op.Op;
import org.mdlc.compiler.op.Tensor64;
import org.mdlc.compiler.plan.Buffer.Arena;
import org.mdlc.compiler.plan.Step.Tensor;
import org.mdlc.compiler.type.DType;

/**
 * Runs programs in float64 over real arenas at their planned offsets, so that fusion and memory
 * planning are judged before any printer is involved. Memory starts as NaN: what is read before it
 * is written shows.
 */
public final class ProgramInterpreter {
  private final Program program;
  private final long batch;
  private final Map<String, Long> dims;
  private double[] planned = {};
  private final Map<Integer, double[]> own = new HashMap<>();
  private final Map<Integer, Long> loopCounters = new HashMap<>();

  /** A place in an array. */
  private static final class Memory {
    private final double[] data;
    private final int start;

    Memory(double[] data, int start) {
      this.data = data;
      this.start = start;
    }

    double[] data() {
      return data;
    }

    int start() {
      return start;
    }
  }

  private ProgramInterpreter(Program program, long batch) {
    this.program = program;
    this.batch = batch;
    this.dims = Map.of("batch", batch);
  }

  /**
   * @param inputs inputs and variables by name
   * @return results, and variables after the step, by name
   */
  public static Map<String, double[]> run(
      Program program, Map<String, Tensor64> inputs, long batch) {
    var interpreter = new ProgramInterpreter(program, batch);
    interpreter.fill(inputs);
    interpreter.steps(program.steps());
    return interpreter.results();
  }

  private void fill(Map<String, Tensor64> inputs) {
    planned = new double[Math.toIntExact(program.peakBytes(batch) / DType.BYTES)];
    Arrays.fill(planned, Double.NaN);
    for (var buffer : program.buffers()) {
      switch (buffer.storage()) {
        case Buffer.Variable v -> own.put(buffer.id(), data(inputs, v.path()));
        case Buffer.Input i -> own.put(buffer.id(), data(inputs, i.name()));
        case Buffer.Result _ -> {
          var memory = new double[(int) buffer.elements().at(batch)];
          Arrays.fill(memory, Double.NaN);
          own.put(buffer.id(), memory);
        }
        case Buffer.Planned _ -> {}
      }
    }
  }

  private static double[] data(Map<String, Tensor64> inputs, String name) {
    return inputs.get(name).data().clone();
  }

  private Map<String, double[]> results() {
    var results = new LinkedHashMap<String, double[]>();
    for (var buffer : program.buffers()) {
      switch (buffer.storage()) {
        case Buffer.Variable v -> results.put(v.path(), own.get(buffer.id()));
        case Buffer.Result r -> results.put(r.name(), own.get(buffer.id()));
        case Buffer.Input _, Buffer.Planned _ -> {}
      }
    }
    return results;
  }

  private Memory memory(Operand operand) {
    long start = operand.offset().at(batch);
    for (var advance : operand.advances()) {
      start += advance.stride().at(batch) * loopCounters.get(advance.loop());
    }
    if (program.buffer(operand).storage() instanceof Buffer.Planned place) {
      long base =
          program.arenaStart(place.arena(), batch) + place.offset() * place.arena().scale(batch);
      if (base % Arena.ALIGNMENT != 0) {
        throw new IllegalStateException(operand + " starts at " + base);
      }
      return new Memory(planned, Math.toIntExact(base / DType.BYTES + start));
    }
    return new Memory(own.get(operand.buffer()), Math.toIntExact(start));
  }

  private void steps(List<Step> steps) {
    for (var step : steps) {
      switch (step) {
        case Step.LibraryCall c -> library(c);
        case Step.HostCall c -> operation(c.operation(), c.operands(), c.results());
        case Step.KernelCall c -> new KernelRun(c).run();
        case Step.Copy c -> {
          var from = memory(c.from());
          var to = memory(c.to());
          System.arraycopy(
              from.data(), from.start(), to.data(), to.start(), (int) c.elements().at(batch));
        }
        case Step.Loop l -> {
          long trips = l.trips().at(batch);
          for (long i = 0; i < trips; i++) {
            loopCounters.put(l.id(), l.reverse() ? trips - 1 - i : i);
            steps(l.body());
          }
        }
      }
    }
  }

  private void library(Step.LibraryCall call) {
    operation(call.operation(), call.operands(), List.of(call.result()));
    var result = memory(call.result().at());
    int count = Tensor64.count(tensor(call.result()).sizes());
    for (var post : call.post()) {
      for (int i = 0; i < count; i++) {
        double value = result.data()[result.start() + i];
        result.data()[result.start() + i] =
            switch (post.kind()) {
              case BIAS -> {
                var bias = tensor(post.bias().orElseThrow());
                yield value + bias.at(i % bias.count());
              }
              case RELU -> Math.max(value, 0);
            };
      }
    }
  }

  private void operation(Op operation, List<Tensor> operands, List<Tensor> results) {
    var bound = org.mdlc.compiler.op.BindDims.in(operation, dims);
    var values = bound.evaluate(operands.stream().map(this::tensor).toList());
    for (int i = 0; i < results.size(); i++) {
      var to = memory(results.get(i).at());
      var data = values.get(i).data();
      System.arraycopy(data, 0, to.data(), to.start(), data.length);
    }
  }

  private Tensor64 tensor(Tensor tensor) {
    var type = tensor.type().bind(dims);
    var sizes = Arrays.stream(type.shape().sizes()).mapToInt(Math::toIntExact).toArray();
    var from = memory(tensor.at());
    return new Tensor64(
        type.dtype(),
        sizes,
        Arrays.copyOfRange(from.data(), from.start(), from.start() + Tensor64.count(sizes)));
  }

  /** One call of a kernel. */
  private final class KernelRun {
    private final Kernel kernel;
    private final List<Memory> params = new ArrayList<>();
    private final long[] extents;
    private final long[] at;
    private final Map<Integer, Double> registers = new HashMap<>();
    private final Map<Integer, DType> types = new HashMap<>();

    KernelRun(Step.KernelCall call) {
      this.kernel = call.kernel();
      call.arguments().forEach(a -> params.add(memory(a)));
      this.extents = kernel.axes().stream().mapToLong(d -> d.at(batch)).toArray();
      this.at = new long[extents.length];
    }

    void run() {
      loop(range(0, kernel.outer()), 0, () -> kernel.stages().forEach(this::stage));
    }

    private static List<Integer> range(int from, int to) {
      var all = new ArrayList<Integer>();
      for (int i = from; i < to; i++) {
        all.add(i);
      }
      return all;
    }

    private void loop(List<Integer> axes, int depth, Runnable body) {
      if (depth == axes.size()) {
        body.run();
        return;
      }
      int axis = axes.get(depth);
      for (at[axis] = 0; at[axis] < extents[axis]; at[axis]++) {
        loop(axes, depth + 1, body);
      }
    }

    private void stage(Kernel.Stage stage) {
      var sums = new double[stage.reduces().size()];
      var best = new double[sums.length];
      long[] count = {0};
      loop(
          stage.axes(),
          0,
          () -> {
            stage.body().forEach(this::execute);
            for (int i = 0; i < sums.length; i++) {
              accumulate(stage.reduces().get(i), i, sums, best, count[0]);
            }
            stage.stores().forEach(this::store);
            count[0]++;
          });
      for (int i = 0; i < sums.length; i++) {
        registers.put(stage.reduces().get(i).result(), sums[i]);
        types.put(stage.reduces().get(i).result(), stage.reduces().get(i).type());
      }
    }

    private void accumulate(
        Kernel.Reduce reduce, int i, double[] sums, double[] best, long position) {
      double value = registers.get(reduce.value());
      boolean first = position == 0;
      switch (reduce.reducer()) {
        case SUM -> sums[i] = first ? value : sums[i] + value;
        case PROD -> sums[i] = first ? value : sums[i] * value;
        case MAX -> sums[i] = first ? value : Math.max(sums[i], value);
        case MIN -> sums[i] = first ? value : Math.min(sums[i], value);
        case ARGMAX, ARGMIN -> {
          boolean better =
              reduce.reducer() == Kernel.Reducer.ARGMAX ? value > best[i] : value < best[i];
          if (first || better) {
            best[i] = value;
            sums[i] = position;
          }
        }
      }
    }

    private void store(Kernel.Store store) {
      var to = params.get(store.param());
      to.data()[to.start() + Math.toIntExact(checked(store.index(), store.param()))] =
          registers.get(store.value());
    }

    /** An index within the parameter's elements. */
    private long checked(IndexExpr index, int param) {
      long element = evaluate(index);
      if (element < 0 || element >= kernel.params().get(param).elements().at(batch)) {
        throw new IllegalStateException(
            kernel.name() + ": " + index + " = " + element + " of p" + param);
      }
      return element;
    }

    private long evaluate(IndexExpr index) {
      return index.evaluate(at, r -> (long) (double) registers.get(r), dims);
    }

    private void execute(Instr instr) {
      double value =
          switch (instr) {
            case Instr.Constant c -> c.value();
            case Instr.Index i -> evaluate(i.value());
            case Instr.InRange r -> {
              long index = evaluate(r.value());
              yield r.low().at(batch) <= index && index < r.high().at(batch) ? 1 : 0;
            }
            case Instr.Load l -> {
              if (l.isMasked() && registers.get(l.mask()) == 0) {
                yield 0;
              }
              var from = params.get(l.param());
              yield from.data()[from.start() + Math.toIntExact(checked(l.index(), l.param()))];
            }
            case Instr.Apply a -> apply(a);
            case Instr.Uniform u -> {
              int seed = (int) (long) (double) registers.get(u.seed());
              int counter = (int) (long) (double) registers.get(u.counter());
              yield Threefry.uniform(seed, counter, evaluate(u.element()), u.low(), u.high());
            }
          };
      registers.put(instr.result(), value);
      types.put(instr.result(), instr.type());
    }

    private double apply(Instr.Apply apply) {
      var operands = apply.args().stream().mapToDouble(registers::get).toArray();
      double value = apply.fn().apply(operands);
      boolean whole = types.get(apply.args().get(0)) != DType.F32;
      if (apply.fn() == ScalarFn.DIV && whole) {
        value = Math.floor(value);
      }
      return apply.type() == DType.U32 ? (double) ((long) value & 0xFFFF_FFFFL) : value;
    }
  }
}
