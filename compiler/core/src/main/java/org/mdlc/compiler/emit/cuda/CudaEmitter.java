package org.mdlc.compiler.emit.cuda;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.mdlc.compiler.ir.Origin;
import org.mdlc.compiler.plan.Kernel;
import org.mdlc.compiler.plan.Program;
import org.mdlc.compiler.plan.Step;

/**
 * Prints the fused kernels of a model's programs as one CUDA C++ text: a table of launches, then
 * the kernels, each under the lines of the model that it carries out. Library calls, copies and
 * loops are the launcher's.
 */
public final class CudaEmitter {
  /** A kernel with the name of its function and what it carries out. */
  private record Named(Kernel kernel, List<Origin> origins) {}

  private CudaEmitter() {}

  /**
   * All kernels of the programs. A function is called like its program and step, such as {@code
   * train_dense_1}.
   *
   * @param model name of the model, for the head of the text
   */
  public static CudaSource emit(String model, List<Program> programs) {
    var kernels = new ArrayList<Named>();
    for (var program : programs) {
      String prefix = program.name().replaceAll("[^A-Za-z0-9_]", "_");
      for (var step : program.flattened()) {
        if (step instanceof Step.KernelCall call) {
          kernels.add(new Named(call.kernel().named(prefix + "_" + call.name()), call.origins()));
        }
      }
    }
    return print(model, kernels);
  }

  /** Kernels as they are, under their own names. */
  public static CudaSource ofKernels(String title, List<Kernel> kernels) {
    return print(title, kernels.stream().map(k -> new Named(k, List.of())).toList());
  }

  private static CudaSource print(String title, List<Named> kernels) {
    var functions = new HashSet<String>();
    var launches = new ArrayList<Launch>();
    var bodies = new StringBuilder();
    for (var named : kernels) {
      if (!functions.add(named.kernel().name())) {
        throw new IllegalArgumentException("two kernels are called " + named.kernel().name());
      }
      launches.add(KernelPrinter.launch(named.kernel()));
      bodies.append('\n');
      named.origins().stream().map(CudaEmitter::comment).distinct().forEach(bodies::append);
      bodies.append(KernelPrinter.print(named.kernel()));
    }
    return new CudaSource(head(title, launches) + bodies, launches);
  }

  private static String head(String title, List<Launch> launches) {
    var text = new StringBuilder();
    text.append("// Kernels of ").append(title).append(".\n");
    text.append(
        "// Compile without contraction: nvcc -std=c++17 --fmad=false -arch=sm_90 -cubin\n");
    text.append("//\n");
    var rows = new ArrayList<List<String>>();
    rows.add(List.of("kernel", "threads", "blocks"));
    launches.forEach(
        l -> rows.add(List.of(l.function(), Integer.toString(l.threads()), Code.dim(l.blocks()))));
    int width = rows.stream().mapToInt(r -> r.get(0).length()).max().orElse(0);
    for (var row : rows) {
      text.append("//   ")
          .append(row.get(0))
          .append(" ".repeat(width - row.get(0).length() + 2))
          .append(row.get(1))
          .append(" ".repeat("threads".length() - row.get(1).length() + 2))
          .append(row.get(2))
          .append('\n');
    }
    return text.append("\n#include \"mdlc_prelude.cuh\"\n").toString();
  }

  private static String comment(Origin origin) {
    String text =
        (origin.text().isEmpty() ? origin.scope() : origin.text()).replaceAll("\\s+", " ").strip();
    String place = origin.place();
    String line = (text + "    " + place).strip();
    // a backslash at the end would carry the comment on to the next line
    return line.isEmpty() ? "" : "// " + line.replaceAll("\\\\+$", "") + "\n";
  }
}
