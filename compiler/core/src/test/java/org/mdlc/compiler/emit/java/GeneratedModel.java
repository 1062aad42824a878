package org.mdlc.compiler.emit.java;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.mdlc.compiler.bind.BoundProgram;
import org.mdlc.compiler.driver.InMemoryJavac;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.ir.Role;
import org.mdlc.compiler.op.Tensor64;
import org.mdlc.compiler.plan.MakeProgram;
import org.mdlc.compiler.plan.Program;
import org.mdlc.compiler.type.DType;
import org.mdlc.runtime.Model;
import org.mdlc.runtime.data.DataSet;
import org.mdlc.runtime.data.HostTensor;

/** A graph without variables as a model that only predicts: compiled to Java, loaded and run, for comparison with the interpreter. */
public final class GeneratedModel {
  private GeneratedModel() {}

  /** The class for a graph whose inputs are DATA and whose outputs are RESULT, each with the batch as first dimension. */
  static String source(Graph graph, KernelStyle style) {
    return JavaEmitter.emit(programs(graph, MakeProgram.run(graph, 32)), "", style);
  }

  /** Runs the generated class on one batch. */
  public static Map<String, Tensor64> run(Graph graph, Map<String, Tensor64> inputs, KernelStyle style) throws Exception {
    return run(source(graph, style), inputs);
  }

  static Map<String, Tensor64> run(String source, Map<String, Tensor64> inputs) throws Exception {
    var type = InMemoryJavac.load("Generated", source, GeneratedModel.class.getClassLoader());
    try (var model = (Model) type.getMethod("create", long.class).invoke(null, 0L)) {
      var columns = new LinkedHashMap<String, HostTensor>();
      inputs.forEach((name, tensor) -> columns.put(name, host(tensor)));
      var predicted = model.predict(DataSet.of(columns));
      var results = new LinkedHashMap<String, Tensor64>();
      for (var name : predicted.names()) {
        results.put(name, reference(predicted.get(name)));
      }
      return results;
    }
  }

  private static CompiledPrograms programs(Graph graph, Program program) {
    var bound =
        new BoundProgram(
            "Generated",
            graph.inputs().stream().map(i -> new BoundProgram.Port(i.name(), i.value().type())).toList(),
            graph.outputs().stream().map(o -> new BoundProgram.Port(o.name(), o.value().type())).toList(),
            List.of(),
            List.of(),
            graph,
            graph,
            null,
            List.of(),
            List.of(),
            Optional.empty());
    var nothing = MakeProgram.run(new Graph("initialize", List.of(), List.of(), List.of()), 1);
    graph.inputs().forEach(i -> check(i.role() == Role.DATA, i.name()));
    return new CompiledPrograms(bound, nothing, program, Optional.empty(), List.of());
  }

  private static void check(boolean condition, String name) {
    if (!condition) {
      throw new IllegalArgumentException(name + " is not data");
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
    var values = new int[tensor.count()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (int) (long) tensor.at(i);
    }
    return HostTensor.of(values, tensor.sizes());
  }

  private static Tensor64 reference(HostTensor tensor) {
    int[] sizes = tensor.shape();
    return tensor.dtype() == org.mdlc.runtime.data.DType.F32
        ? Tensor64.of(DType.F32, sizes, i -> tensor.floats()[i])
        : Tensor64.of(DType.I32, sizes, i -> tensor.ints()[i]);
  }
}
