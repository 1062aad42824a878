package org.mdlc.compiler.plan;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.mdlc.compiler.plan.Step.Tensor;

/**
 * The text form of programs, for dumps and golden files: buffers, then steps, then the kernels the
 * steps call.
 *
 * <pre>
 * program predict {
 *   b0 image: f32[784*batch] input
 *   b1 h: f32[512*batch] row+0
 *   h: matmul(b0 f32[batch, 784], b2 f32[784, 512]) -&gt; b1 f32[batch, 512]
 *   make_h: relu(b1, b3)
 * }
 * </pre>
 */
public final class ProgramText {
  private ProgramText() {}

  public static String print(Program program) {
    var text = new StringBuilder("program " + program.name() + " {\n");
    for (var buffer : program.buffers()) {
      text.append("  b")
          .append(buffer.id())
          .append(' ')
          .append(buffer.name())
          .append(": ")
          .append(buffer.type().text());
      text.append('[').append(buffer.elements()).append("] ").append(storage(buffer)).append('\n');
    }
    program.arenaSizes().entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(
            e ->
                text.append("  arena ")
                    .append(e.getKey().text())
                    .append(": ")
                    .append(e.getValue())
                    .append(" bytes\n"));
    if (program.meetings().stream().anyMatch(m -> m.rowOffset() > 0)) {
      text.append("  rows from ")
          .append(
              program.meetings().stream()
                  .map(m -> m.fixedEnd() + " - " + m.rowOffset() + "*padded")
                  .collect(Collectors.joining(", ", "max(0, ", ")")))
          .append('\n');
    }
    var kernels = new LinkedHashMap<String, Kernel>();
    steps(program.steps(), 1, text, kernels);
    text.append("}\n");
    kernels.values().forEach(k -> text.append(KernelText.print(k)));
    return text.toString();
  }

  private static String storage(Buffer buffer) {
    return switch (buffer.storage()) {
      case Buffer.Variable v -> "variable \"" + v.path() + "\"";
      case Buffer.Input i -> "input \"" + i.name() + "\"";
      case Buffer.Result r -> "result \"" + r.name() + "\"";
      case Buffer.Planned p -> p.toString();
    };
  }

  private static void steps(
      List<Step> steps, int depth, StringBuilder text, Map<String, Kernel> kernels) {
    for (var step : steps) {
      text.append("  ".repeat(depth)).append(step.name()).append(": ");
      switch (step) {
        case Step.LibraryCall c -> {
          text.append(c.operation())
              .append(tensors(c.operands()))
              .append(" -> ")
              .append(tensor(c.result()));
          c.post()
              .forEach(
                  p ->
                      text.append(" then ")
                          .append(p.kind().name().toLowerCase(Locale.ROOT))
                          .append(p.bias().map(b -> " " + tensor(b)).orElse("")));
        }
        case Step.KernelCall c -> {
          kernels.put(c.kernel().name(), c.kernel());
          text.append("kernel ").append(c.kernel().name());
          text.append(
              c.arguments().stream()
                  .map(Operand::toString)
                  .collect(Collectors.joining(", ", "(", ")")));
        }
        case Step.Copy c ->
            text.append("copy ")
                .append(c.from())
                .append(" to ")
                .append(c.to())
                .append(", ")
                .append(c.elements())
                .append(" elements");
        case Step.HostCall c ->
            text.append(c.operation())
                .append(tensors(c.operands()))
                .append(" -> ")
                .append(tensors(c.results()));
        case Step.Loop l -> {
          text.append("loop t")
              .append(l.id())
              .append(" < ")
              .append(l.trips())
              .append(l.reverse() ? " reverse" : "")
              .append(l.byRow() ? " by row" : "")
              .append(" {\n");
          steps(l.body(), depth + 1, text, kernels);
          text.append("  ".repeat(depth)).append('}');
        }
      }
      text.append('\n');
    }
  }

  private static String tensors(List<Tensor> tensors) {
    return tensors.stream().map(ProgramText::tensor).collect(Collectors.joining(", ", "(", ")"));
  }

  private static String tensor(Tensor tensor) {
    return tensor.at() + " " + tensor.type();
  }
}
