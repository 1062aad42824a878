package org.mdlc.compiler.emit.java;

import java.lang.foreign.ValueLayout;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.mdlc.compiler.bind.Architecture;
import org.mdlc.compiler.bind.BoundProgram;
import org.mdlc.compiler.bind.BoundProgram.Port;
import org.mdlc.compiler.bind.BoundProgram.Variable;
import org.mdlc.compiler.bind.KerasLayout;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.op.Tensor64;
import org.mdlc.compiler.plan.MakeProgram;
import org.mdlc.compiler.plan.Program;
import org.mdlc.compiler.summary.ModelSummary;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Dim;
import org.mdlc.compiler.type.Shape;
import org.mdlc.compiler.type.TensorType;
import org.mdlc.runtime.Model;
import org.mdlc.runtime.Phase;
import org.mdlc.runtime.Step;
import org.mdlc.runtime.data.HostTensor;

/**
 * Any graph as the predict step of a generated class: its source, and what it leaves in results and
 * variables.
 */
final class GeneratedStep {
  private GeneratedStep() {}

  /** The source of a class that carries out the program. */
  static String source(String className, Graph graph, Program program, KernelStyle style) {
    return source(className, graph, program, style, false);
  }

  /** The same with, or without, a clock between the steps. */
  static String source(
      String className, Graph graph, Program program, KernelStyle style, boolean timed) {
    var data = new ArrayList<Port>();
    var variables = new ArrayList<Variable>();
    for (var input : graph.inputs()) {
      var type = input.value().type();
      if (input.role().isVariable()) {
        variables.add(new Variable(input.name(), input.role(), type, false, 0, -1));
      } else {
        data.add(new Port(input.name(), type));
      }
    }
    // the step is read by address, so the shape of a row does not matter
    var row = new TensorType(DType.F32, Shape.of(Dim.BATCH));
    var outputs =
        graph.outputs().stream()
            .filter(o -> !o.role().isVariable())
            .map(o -> new Port(o.name(), row))
            .toList();
    var bound =
        new BoundProgram(
            className,
            data,
            outputs,
            List.of(),
            List.of(),
            variables,
            graph,
            graph,
            null,
            null,
            List.of(),
            List.of(),
            Optional.empty(),
            List.of(),
            List.of(),
            List.of(),
            Optional.empty(),
            Optional.empty(),
            KerasLayout.NONE,
            Architecture.NONE,
            Optional.empty());
    var nothing = MakeProgram.run(new Graph("initialize", List.of(), List.of(), List.of()), 1);
    return JavaEmitter.emit(
        new CompiledPrograms(
            bound,
            nothing,
            program,
            Optional.empty(),
            Optional.empty(),
            List.of(),
            ModelSummary.of(bound)),
        "",
        style,
        timed);
  }

  /**
   * Every output of the graph after one run; variables that the step does not write keep their
   * value.
   */
  static Map<String, float[]> run(
      Class<?> type, Graph graph, Map<String, Tensor64> inputs, int batch) throws Exception {
    try (var model = (Model) type.getMethod("create", long.class).invoke(null, 0L)) {
      Method newStep = type.getDeclaredMethod("newStep", Phase.class, int.class);
      newStep.setAccessible(true);
      try (var step = (Step) newStep.invoke(model, Phase.PREDICT, batch)) {
        fill(model, step, graph, inputs);
        step.run();
        return read(model, step, graph, batch);
      }
    }
  }

  private static void fill(Model model, Step step, Graph graph, Map<String, Tensor64> inputs) {
    int port = 0;
    for (var input : graph.inputs()) {
      var tensor = inputs.get(input.name());
      if (input.role().isVariable()) {
        model.variables().set(input.name(), host(tensor));
        continue;
      }
      long offset = offsetOrNothing(step, port++);
      for (int i = 0; offset >= 0 && i < tensor.count(); i++) {
        var memory = stepMemory(step);
        if (tensor.dtype() == DType.F32) {
          memory.set(ValueLayout.JAVA_FLOAT, offset + 4L * i, (float) tensor.at(i));
        } else {
          memory.set(ValueLayout.JAVA_INT, offset + 4L * i, (int) (long) tensor.at(i));
        }
      }
    }
  }

  /** A program keeps no place for an input that it does not read. */
  private static long offsetOrNothing(Step step, int port) {
    try {
      return step.inputOffset(port);
    } catch (IndexOutOfBoundsException unread) {
      return -1;
    }
  }

  private static Map<String, float[]> read(Model model, Step step, Graph graph, int batch) {
    var results = new LinkedHashMap<String, float[]>();
    int port = 0;
    for (var output : graph.outputs()) {
      if (output.role().isVariable()) {
        var value = model.variables().get(output.name());
        var numbers = new float[value.size()];
        for (int i = 0; i < numbers.length; i++) {
          numbers[i] = (float) value.get(i);
        }
        results.put(output.name(), numbers);
        continue;
      }
      long offset = step.outputOffset(port++);
      var numbers = new float[(int) output.value().type().shape().elements().at(batch)];
      boolean isFloat = output.value().type().dtype() == DType.F32;
      for (int i = 0; i < numbers.length; i++) {
        long at = offset + 4L * i;
        var memory = stepMemory(step);
        numbers[i] =
            isFloat ? memory.get(ValueLayout.JAVA_FLOAT, at) : memory.get(ValueLayout.JAVA_INT, at);
      }
      results.put(output.name(), numbers);
    }
    return results;
  }

  private static java.lang.foreign.MemorySegment stepMemory(Step step) {
    try {
      var field = Step.class.getDeclaredField("memory");
      field.setAccessible(true);
      return (java.lang.foreign.MemorySegment) field.get(step);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("the runtime has no such field", e);
    }
  }

  private static HostTensor host(Tensor64 tensor) {
    if (tensor.dtype() == DType.F32) {
      var values = new float[tensor.count()];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) tensor.at(i);
      }
      return HostTensor.of(values, tensor.sizes());
    }
    return HostTensor.of(
        Arrays.stream(tensor.data()).mapToInt(v -> (int) (long) v).toArray(), tensor.sizes());
  }
}
