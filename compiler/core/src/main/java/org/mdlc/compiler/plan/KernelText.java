package org.mdlc.compiler.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.mdlc.compiler.expr.ScalarFn;
import org.mdlc.compiler.plan.Kernel.Access;
import org.mdlc.compiler.plan.Kernel.Lanes;
import org.mdlc.compiler.plan.Kernel.Param;
import org.mdlc.compiler.plan.Kernel.Reduce;
import org.mdlc.compiler.plan.Kernel.Reducer;
import org.mdlc.compiler.plan.Kernel.Stage;
import org.mdlc.compiler.plan.Kernel.Store;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Dim;
import org.mdlc.compiler.type.DimParser;

/**
 * The text form of a kernel, printed and read back.
 *
 * <pre>
 * kernel row_sum lanes stage
 *   p0 x: f32[10*batch] read
 *   p1 y: f32[batch] write
 *   outer i0 &lt; batch
 *   inner i1 &lt; 10
 *   stage i1
 *     r0: f32 = load p0[10*i0 + i1]
 *     r1: f32 = reduce sum r0
 *   stage
 *     store p1[i0] = r1
 * </pre>
 */
public final class KernelText {
  private static final Pattern HEADER = Pattern.compile("kernel (\\w+) lanes (\\w+)");
  private static final Pattern PARAM = Pattern.compile("p\\d+ (\\S+): (\\w+)\\[(.*)] (\\w+)");
  private static final Pattern AXIS = Pattern.compile("(outer|inner) i\\d+ < (.*)");
  private static final Pattern DEFINITION = Pattern.compile("r(\\d+): (\\w+) = (\\w+) ?(.*)");
  private static final Pattern LOAD = Pattern.compile("p(\\d+)\\[(.*)](?: if r(\\d+))?");
  private static final Pattern STORE = Pattern.compile("store p(\\d+)\\[(.*)] = r(\\d+)");
  private static final Pattern RANGE = Pattern.compile("(.*) <= (.*) < (.*)");
  private static final Pattern UNIFORM =
      Pattern.compile("r(\\d+), r(\\d+), (\\S+), (\\S+) at (.*)");

  private KernelText() {}

  public static String print(Kernel kernel) {
    var text = new StringBuilder();
    text.append("kernel ")
        .append(kernel.name())
        .append(" lanes ")
        .append(kernel.lanes().text())
        .append('\n');
    for (int i = 0; i < kernel.params().size(); i++) {
      var p = kernel.params().get(i);
      line(
          text,
          1,
          "p"
              + i
              + " "
              + p.name()
              + ": "
              + p.type().text()
              + "["
              + p.elements()
              + "] "
              + p.access().text());
    }
    for (int i = 0; i < kernel.axes().size(); i++) {
      line(
          text,
          1,
          (i < kernel.outer() ? "outer" : "inner") + " i" + i + " < " + kernel.axes().get(i));
    }
    for (var stage : kernel.stages()) {
      var axes = new StringBuilder("stage");
      stage.axes().forEach(a -> axes.append(" i").append(a));
      line(text, 1, axes.toString());
      stage
          .body()
          .forEach(i -> line(text, 2, "r" + i.result() + ": " + i.type().text() + " = " + i));
      stage
          .reduces()
          .forEach(r -> line(text, 2, "r" + r.result() + ": " + r.type().text() + " = " + r));
      stage.stores().forEach(s -> line(text, 2, s.toString()));
    }
    return text.toString();
  }

  private static void line(StringBuilder text, int depth, String content) {
    text.append("  ".repeat(depth)).append(content).append('\n');
  }

  /**
   * Reads what {@link #print} wrote.
   *
   * @throws IllegalArgumentException naming the line that is not understood
   */
  public static Kernel parse(String text) {
    return new Reader().read(text);
  }

  private static final class Reader {
    private final List<Param> params = new ArrayList<>();
    private final List<Dim> axes = new ArrayList<>();
    private final List<Stage> stages = new ArrayList<>();
    private int outer;
    private List<Integer> stageAxes = List.of();
    private List<Instr> body = new ArrayList<>();
    private List<Reduce> reduces = new ArrayList<>();
    private List<Store> stores = new ArrayList<>();
    private boolean inStage;

    Kernel read(String text) {
      var lines = text.lines().map(String::strip).filter(l -> !l.isEmpty()).toList();
      var header = HEADER.matcher(lines.isEmpty() ? "" : lines.getFirst());
      if (!header.matches()) {
        throw new IllegalArgumentException("expected 'kernel NAME lanes outer|stage'");
      }
      for (var line : lines.subList(1, lines.size())) {
        readLine(line);
      }
      finishStage();
      var lanes = Lanes.valueOf(header.group(2).toUpperCase(Locale.ROOT));
      return new Kernel(header.group(1), params, axes, outer, lanes, stages);
    }

    private void readLine(String line) {
      var param = PARAM.matcher(line);
      var axis = AXIS.matcher(line);
      var definition = DEFINITION.matcher(line);
      var store = STORE.matcher(line);
      if (line.equals("stage") || line.startsWith("stage ")) {
        startStage(line);
      } else if (axis.matches()) {
        outer += axis.group(1).equals("outer") ? 1 : 0;
        axes.add(DimParser.parse(axis.group(2)));
      } else if (store.matches()) {
        stores.add(
            new Store(number(store, 1), IndexParser.parse(store.group(2)), number(store, 3)));
      } else if (definition.matches()) {
        define(definition, line);
      } else if (param.matches()) {
        var access = Access.valueOf(param.group(4).toUpperCase(Locale.ROOT));
        params.add(
            new Param(
                param.group(1),
                DType.parse(param.group(2)),
                access,
                DimParser.parse(param.group(3))));
      } else {
        throw bad(line);
      }
    }

    private void startStage(String line) {
      finishStage();
      inStage = true;
      var own = new ArrayList<Integer>();
      for (var word : line.split(" ")) {
        if (!word.equals("stage")) {
          own.add(Integer.parseInt(word.substring(1)));
        }
      }
      stageAxes = own;
    }

    private void finishStage() {
      if (inStage) {
        stages.add(new Stage(stageAxes, body, reduces, stores));
      }
      body = new ArrayList<>();
      reduces = new ArrayList<>();
      stores = new ArrayList<>();
    }

    private void define(Matcher definition, String line) {
      int result = number(definition, 1);
      var type = DType.parse(definition.group(2));
      var rest = definition.group(4);
      switch (definition.group(3)) {
        case "const" -> body.add(new Instr.Constant(result, type, constant(type, rest)));
        case "index" -> body.add(new Instr.Index(result, IndexParser.parse(rest)));
        case "inrange" -> {
          var range = matched(RANGE, rest, line);
          var low = DimParser.parse(range.group(1));
          var high = DimParser.parse(range.group(3));
          body.add(new Instr.InRange(result, IndexParser.parse(range.group(2)), low, high));
        }
        case "load" -> {
          var load = matched(LOAD, rest, line);
          int mask = load.group(3) == null ? Instr.Load.NO_MASK : number(load, 3);
          body.add(
              new Instr.Load(
                  result, type, number(load, 1), IndexParser.parse(load.group(2)), mask));
        }
        case "uniform" -> {
          var uniform = matched(UNIFORM, rest, line);
          float low = Float.parseFloat(uniform.group(3));
          float high = Float.parseFloat(uniform.group(4));
          body.add(
              new Instr.Uniform(
                  result,
                  number(uniform, 1),
                  number(uniform, 2),
                  IndexParser.parse(uniform.group(5)),
                  low,
                  high));
        }
        case "reduce" -> {
          var words = rest.split(" ");
          var reducer = Reducer.valueOf(words[0].toUpperCase(Locale.ROOT));
          reduces.add(new Reduce(result, type, reducer, Integer.parseInt(words[1].substring(1))));
        }
        default ->
            body.add(
                new Instr.Apply(
                    result, type, function(definition.group(3), line), arguments(rest)));
      }
    }

    private static double constant(DType type, String text) {
      return type == DType.F32 ? Float.parseFloat(text) : Long.parseLong(text);
    }

    private static ScalarFn function(String word, String line) {
      for (var fn : ScalarFn.values()) {
        if (fn.text().equals(word)) {
          return fn;
        }
      }
      throw bad(line);
    }

    private static List<Integer> arguments(String text) {
      var arguments = new ArrayList<Integer>();
      for (var word : text.split(", ")) {
        arguments.add(Integer.parseInt(word.substring(1)));
      }
      return arguments;
    }

    private static Matcher matched(Pattern pattern, String text, String line) {
      var matcher = pattern.matcher(text);
      if (!matcher.matches()) {
        throw bad(line);
      }
      return matcher;
    }

    private static int number(Matcher matcher, int group) {
      return Integer.parseInt(matcher.group(group));
    }

    private static IllegalArgumentException bad(String line) {
      return new IllegalArgumentException("not a line of a kernel: " + line);
    }
  }
}
