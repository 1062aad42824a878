package org.mdlc.cli.show;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.mdlc.compiler.report.ProgramReport;
import org.mdlc.compiler.report.StepKind;
import org.mdlc.compiler.report.StepReport;
import org.mdlc.compiler.report.Work;
import org.mdlc.runtime.plot.Drawing;

/** What is said of steps in more than one place. */
final class Words {
  /** Fonts that are wider than most are still no reason for a text to leave its box. */
  private static final double WIDE_FONT = 1.06;

  private Words() {}

  static String layers(StepReport step, ProgramReport report) {
    return step.serves().stream()
        .map(s -> report.layers().get(s.layer()).name())
        .collect(Collectors.joining(", "));
  }

  static String work(Work work) {
    return Quantity.count(work.flops()) + " FLOPs, " + moved(work);
  }

  /** {@code 9.13 KB read, 256 KB written}. */
  static String moved(Work work) {
    return Quantity.bytes(work.bytesRead())
        + " read, "
        + Quantity.bytes(work.bytesWritten())
        + " written";
  }

  /** {@code 6 library calls, 8 fused kernels}. */
  static String counts(ProgramReport report) {
    return Arrays.stream(StepKind.values())
        .filter(kind -> report.count(kind) > 0)
        .map(kind -> kind.count(report.count(kind)))
        .collect(Collectors.joining(", "));
  }

  /** What appears over a step when the mouse rests there. */
  static String hover(StepReport step, ProgramReport report) {
    var text = new StringBuilder();
    text.append(step.number()).append(". ").append(step.name()).append('\n');
    text.append(step.kind().text()).append(", ").append(step.purpose().text()).append('\n');
    if (!step.serves().isEmpty()) {
      text.append("for ").append(layers(step, report)).append('\n');
    }
    text.append(step.action());
    if (!step.work().equals(Work.NONE)) {
      text.append('\n').append(work(step.work()));
    }
    return text.toString();
  }

  /** As many names as fit, and the number of the rest. */
  static String fitting(List<String> names, double width, double size) {
    for (int count = names.size(); count > 0; count--) {
      int rest = names.size() - count;
      var text = String.join(", ", names.subList(0, count)) + (rest == 0 ? "" : " +" + rest);
      if (fits(text, width, size)) {
        return text;
      }
    }
    return names.size() == 1
        ? fitting(names.getFirst(), width, size)
        : names.size() + " operations";
  }

  /** Without its end where it is too wide; empty where nothing of it is left. */
  static String fitting(String text, double width, double size) {
    if (fits(text, width, size)) {
      return text;
    }
    for (int length = text.length() - 1; length > 2; length--) {
      var shorter = text.substring(0, length) + "…";
      if (fits(shorter, width, size)) {
        return shorter;
      }
    }
    return "";
  }

  private static boolean fits(String text, double width, double size) {
    return Drawing.widthOf(text, size) * WIDE_FONT <= width;
  }
}
