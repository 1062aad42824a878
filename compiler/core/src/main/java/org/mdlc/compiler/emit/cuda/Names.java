package org.mdlc.compiler.emit.cuda;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.mdlc.compiler.plan.Instr;
import org.mdlc.compiler.plan.Kernel;

/**
 * What registers, axes and parameters of one kernel are called: words of the model where there are
 * any, made different from each other, from C++'s words and from what the printer itself declares.
 */
final class Names implements Code.IndexNames {
  /** Words that a model may use and C++, CUDA or the printed text has taken. */
  private static final Set<String> TAKEN =
      Set.of(
          ("alignas alignof and asm auto bitand bitor bool break case catch char class compl const"
                  + " constexpr continue decltype default delete do double else enum explicit"
                  + " export extern false float for friend goto if inline int long mutable"
                  + " namespace new noexcept not nullptr operator or private protected public"
                  + " register return short signed sizeof static struct switch template this throw"
                  + " true try typedef typeid typename union unsigned using virtual void volatile"
                  + " while xor u32 i64 u64 mdlc threadIdx blockIdx blockDim gridDim warpSize"
                  + " batch point element")
              .split(" "));

  private final Kernel kernel;
  private final Set<String> used = new HashSet<>(TAKEN);
  private final List<String> params = new ArrayList<>();
  private final Map<Integer, String> registers = new HashMap<>();

  Names(Kernel kernel) {
    this.kernel = kernel;
    for (int axis = 0; axis < kernel.axes().size(); axis++) {
      used.add("i" + axis);
      used.add("n" + axis);
    }
    for (var param : kernel.params()) {
      params.add(unused(param.name().replaceAll("[^A-Za-z0-9_]", "_")));
    }
    for (var stage : kernel.stages()) {
      for (var instr : stage.body()) {
        registers.put(instr.result(), unused(word(instr) + "_" + instr.result()));
      }
      for (var reduce : stage.reduces()) {
        registers.put(reduce.result(), unused(reduce.reducer().text() + "_" + reduce.result()));
      }
    }
  }

  private String word(Instr instr) {
    return switch (instr) {
      case Instr.Constant _ -> "constant";
      case Instr.Index _ -> "index";
      case Instr.InRange _ -> "inside";
      case Instr.Load l -> params.get(l.param());
      case Instr.Apply a -> a.fn().text().replace("_", "");
      case Instr.Uniform _ -> "uniform";
    };
  }

  private String unused(String wanted) {
    String name = wanted;
    while (!used.add(name)) {
      name += "_";
    }
    return name;
  }

  @Override
  public String axis(int axis) {
    return "i" + axis;
  }

  @Override
  public String register(int register) {
    var name = registers.get(register);
    if (name == null) {
      throw new IllegalStateException(
          "kernel " + kernel.name() + ": r" + register + " is not defined");
    }
    return name;
  }

  String param(int param) {
    return params.get(param);
  }
}
