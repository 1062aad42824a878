package org.mdlc.compiler.emit.java;

import com.palantir.javapoet.FieldSpec;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.TypeName;
import com.palantir.javapoet.TypeSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.ir.Origin;
import org.mdlc.compiler.plan.Buffer;
import org.mdlc.compiler.plan.Buffer.Arena;
import org.mdlc.compiler.plan.FindRowLoops;
import org.mdlc.compiler.plan.Kernel;
import org.mdlc.compiler.plan.Program;
import org.mdlc.compiler.plan.Step;
import org.mdlc.compiler.type.Dim;

/**
 * Prints one program as a nested class that extends the runtime's {@code Step}: one short method
 * per library call, kernel and loop.
 */
final class StepEmitter {
  private final Program program;
  private final StepLayout layout;
  private final Set<String> takenNames = new HashSet<>(RESERVED);
  private final Map<String, String> methodNames;
  private final KernelStyle style;
  private final boolean timed;
  private final LibraryPrinter library;
  private final TypeSpec.Builder type;
  private final List<Integer> loops = new ArrayList<>();
  private final List<String> libraryFields = new ArrayList<>();
  private final List<String> constructions = new ArrayList<>();
  private final List<String> bindings = new ArrayList<>();
  /** Positions of the steps by their names. */
  private final Map<String, Integer> numbers = new LinkedHashMap<>();
  private final List<String> partMethods = new ArrayList<>();

  /** Within a loop whose rows are cut into parts: the field that says which ones a part has. */
  private @Nullable String rowCut;

  private StepEmitter(
      String className,
      Program program,
      Map<String, Long> variableOffsets,
      KernelStyle style,
      boolean timed) {
    this.program = program;
    this.layout = StepLayout.of(program, variableOffsets);
    this.style = style;
    this.timed = timed;
    this.methodNames = methodNames();
    program.flattened().forEach(step -> numbers.put(step.name(), numbers.size()));
    this.library = new LibraryPrinter(layout);
    this.type =
        TypeSpec.classBuilder(className)
            .addAnnotation(JavaTypes.GENERATED)
            .addModifiers(Modifier.PRIVATE, Modifier.STATIC, Modifier.FINAL)
            .superclass(timed ? JavaTypes.TIMED_STEP : JavaTypes.STEP);
  }

  /**
   * @param timed whether the step tells how long each of its parts takes
   * @param inputs names of model inputs and targets in the order of the model's specification
   * @param outputs names of the results that are model outputs, in that order
   * @param metrics names of the results that are metrics, in that order
   */
  static TypeSpec emit(
      String className,
      Program program,
      Map<String, Long> variableOffsets,
      KernelStyle style,
      boolean timed,
      List<String> inputs,
      List<String> outputs,
      List<String> metrics) {
    var emitter = new StepEmitter(className, program, variableOffsets, style, timed);
    emitter.bufferTable();
    emitter.runMethod();
    emitter.places("inputOffset", inputs, true);
    emitter.places("outputOffset", outputs, false);
    emitter.places("metricOffset", metrics, false);
    emitter.steps(program.steps());
    emitter.runPart();
    emitter.constructor();
    emitter.closeMethod();
    return emitter.type.build();
  }

  /**
   * One constant per buffer, so that the table reads as a memory map, then the addresses they count
   * from.
   */
  private void bufferTable() {
    for (var place : layout.places()) {
      String home =
          place.variable()
              ? "variable " + harmless(((Buffer.Variable) place.buffer().storage()).path())
              : switch (place.arena()) {
                case FIXED -> "bytes";
                case ROW -> "bytes per row of the padded batch";
                case SQUARE -> "bytes per pair of rows of the padded batch";
              };
      type.addField(
          FieldSpec.builder(
                  TypeName.LONG,
                  place.constant(),
                  Modifier.PRIVATE,
                  Modifier.STATIC,
                  Modifier.FINAL)
              .addJavadoc(
                  "$L[$L], $L", place.buffer().type().text(), place.buffer().elements(), home)
              .initializer("$LL", place.offset())
              .build());
    }
    address("variableBase", "variables.address()");
    address("scratch", "memory.address()");
    address("fixedBase", "scratch + $lanes:T.SCRATCH_BYTES");
    address("rowStart", "scratch + rowBase");
    if (layout.bytes(Arena.SQUARE) > 0) {
      address("squareStart", "scratch + square(0)");
    }
  }

  private void address(String name, String value) {
    type.addField(
        FieldSpec.builder(TypeName.LONG, name, Modifier.PRIVATE, Modifier.FINAL)
            .initializer(JavaTypes.code(value))
            .build());
  }

  /**
   * Builds the library operations and binds them to memory, in pieces small enough for HotSpot to
   * compile.
   */
  private void constructor() {
    var code = new StringBuilder();
    code.append(
        "super(variables, batch, $lanes:T.SCRATCH_BYTES + "
            + layout.bytesBeforeRows()
            + ", "
            + layout.bytes(Arena.ROW)
            + "L, "
            + layout.bytes(Arena.SQUARE)
            + (timed ? "L, " + program.flattened().size() : "L")
            + ");\n");
    if (!libraryFields.isEmpty()) {
      type.addField(
          FieldSpec.builder(TypeName.LONG, "libraryScratch", Modifier.PRIVATE, Modifier.FINAL)
              .build());
      code.append("long scratchBytes = 0;\n");
      for (int piece = 0; piece < pieces(libraryFields); piece++) {
        String name = freshName("build" + (piece + 1));
        code.append("scratchBytes = Math.max(scratchBytes, ").append(name).append("());\n");
        String fields = String.join(", ", piece(libraryFields, piece));
        String body =
            String.join("", piece(constructions, piece))
                + "return $dnn:T.scratchBytes("
                + fields
                + ");\n";
        addPiece(name, body, TypeName.LONG);
      }
      code.append("libraryScratch = allocate(scratchBytes);\n");
    }
    for (int piece = 0; piece < pieces(bindings); piece++) {
      String name = freshName("bind" + (piece + 1));
      code.append(name).append("();\n");
      addPiece(name, String.join("", piece(bindings, piece)), TypeName.VOID);
    }
    type.addMethod(
        MethodSpec.constructorBuilder()
            .addParameter(JavaTypes.VARIABLES, "variables")
            .addParameter(TypeName.INT, "batch")
            .addCode(JavaTypes.code(code.toString()))
            .build());
  }

  private void addPiece(String name, String body, TypeName returned) {
    type.addMethod(
        inLoops(MethodSpec.methodBuilder(name).addModifiers(Modifier.PRIVATE))
            .returns(returned)
            .addCode(JavaTypes.code(body))
            .build());
  }

  private static final int BUILDS_PER_METHOD = 50;

  /** Eight bytes each at most, or sixteen inside loops. */
  private static final int CALLS_PER_METHOD = 500;

  private static int pieces(List<String> lines) {
    return Math.ceilDiv(lines.size(), BUILDS_PER_METHOD);
  }

  private static List<String> piece(List<String> lines, int index) {
    int from = index * BUILDS_PER_METHOD;
    return lines.subList(from, Math.min(from + BUILDS_PER_METHOD, lines.size()));
  }

  private void runMethod() {
    var calls = program.steps().stream().map(s -> methodName(s) + "();" + mark(s)).toList();
    var lines = new ArrayList<String>();
    if (timed) {
      lines.add("begin();");
    }
    lines.addAll(inParts("run", calls));
    if (program.flattened().stream().anyMatch(this::hasTwin)) {
      lines.add("isFirstRun = false;");
    }
    addOverride("run", lines);
  }

  private void addOverride(String name, List<String> lines) {
    type.addMethod(
        MethodSpec.methodBuilder(name)
            .addAnnotation(Override.class)
            .addModifiers(Modifier.PUBLIC)
            .addCode(JavaTypes.code(String.join("\n", lines) + "\n"))
            .build());
  }

  /** The calls themselves or, where they are many, calls of numbered methods that make them. */
  private List<String> inParts(String method, List<String> calls) {
    int most = timed ? CALLS_PER_METHOD / 3 : CALLS_PER_METHOD;
    if (calls.size() <= most) {
      return calls;
    }
    var parts = new ArrayList<String>();
    for (int from = 0; from < calls.size(); from += most) {
      String name = freshName(method + "Part" + (parts.size() + 1));
      var part = calls.subList(from, Math.min(from + most, calls.size()));
      addPiece(name, String.join("\n", part) + "\n", TypeName.VOID);
      parts.add(name + "(" + loopArguments() + ");");
    }
    return parts;
  }

  private void places(String method, List<String> names, boolean input) {
    var code = new Lines();
    code.open("return switch (index)");
    boolean any = false;
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      boolean read = false;
      for (var buffer : program.buffers()) {
        boolean found =
            switch (buffer.storage()) {
              case Buffer.Input in -> input && in.name().equals(name);
              case Buffer.Result result -> !input && result.name().equals(name);
              case Buffer.Variable _, Buffer.Planned _ -> false;
            };
        if (found) {
          read = true;
          code.line("case " + i + " -> " + layout.memoryOffset(buffer.id()) + ";");
        }
      }
      if (input && !read) {
        code.line("case " + i + " -> NOT_READ;");
      }
      any |= input || read;
    }
    if (!any) {
      return; // the superclass says what is wrong
    }
    code.line("default -> super." + method + "(index);");
    type.addMethod(
        MethodSpec.methodBuilder(method)
            .addAnnotation(Override.class)
            .addModifiers(Modifier.PUBLIC)
            .returns(TypeName.LONG)
            .addParameter(TypeName.INT, "index")
            .addCode(JavaTypes.code(code + "};\n"))
            .build());
  }

  private void steps(List<Step> steps) {
    for (var step : steps) {
      switch (step) {
        case Step.KernelCall call -> kernel(call);
        case Step.Copy copy -> copy(copy);
        case Step.LibraryCall call -> libraryCall(call);
        case Step.HostCall call -> method(call, library.host(call));
        case Step.Loop loop -> loop(loop);
      }
    }
  }

  /**
   * The operation is built once; where operands move with a loop it is bound anew for every run.
   */
  private void libraryCall(Step.LibraryCall step) {
    var call = rowCut == null ? library.call(step) : library.callByRow(step, rowCut);
    String field = methodName(step) + "Call";
    type.addField(FieldSpec.builder(call.type(), field, Modifier.PRIVATE).build());
    libraryFields.add(field);
    constructions.add(
        field
            + " = "
            + call.construct()
            + ";\n"
            + (timed ? "calls(" + numbers.get(step.name()) + ", " + field + ");\n" : ""));
    String bind =
        field
            + "."
            + call.bind()
            + (rowCut == null ? "(" : "(part, ")
            + String.join(", ", call.addresses())
            + ", libraryScratch);\n";
    if (loops.isEmpty()) {
      bindings.add(bind);
      method(step, field + ".run();\n");
    } else {
      method(step, bind + field + (rowCut == null ? ".run();\n" : ".run(part);\n"));
    }
  }

  private void loop(Step.Loop loop) {
    var code = new Lines();
    String t = "t" + loop.id();
    String trips = Numbers.dim(loop.trips(), "");
    loops.add(loop.id());
    code.open(
        loop.reverse()
            ? "for (int " + t + " = " + trips + " - 1; " + t + " >= 0; " + t + "--)"
            : "for (int " + t + " = 0; " + t + " < " + trips + "; " + t + "++)");
    var cut = cutOfRows(loop);
    rowCut = cut.map(CutOf::field).orElse(null);
    if (rowCut == null && anyCut(loop.body())) {
      type.addField(FieldSpec.builder(TypeName.INT, t, Modifier.PRIVATE).build());
      code.line("this." + t + " = " + t + ";");
    }
    var calls =
        loop.body().stream()
            .map(s -> methodName(s) + "(" + loopArguments() + ");" + mark(s))
            .toList();
    inParts(methodName(loop), calls).forEach(code::line);
    code.close();
    steps(loop.body());
    loops.removeLast();
    rowCut = null;
    cut.ifPresentOrElse(
        c -> methodInParts(loop, c, code.toString()), () -> method(loop, code.toString()));
  }

  /** How the rows of the batch are cut where each goes through all rounds of a loop by itself. */
  private Optional<CutOf> cutOfRows(Step.Loop loop) {
    if (!loop.byRow()) {
      return Optional.empty();
    }
    var round = Dim.ZERO;
    for (var step : loop.body()) {
      round = round.plus(KernelCost.ofAll(step, style));
    }
    var picosPerRow = round.dividedBy(Dim.BATCH).orElse(Dim.ZERO).times(loop.trips());
    return Optional.of(
        new CutOf(methodName(loop) + "Cut", picosPerRow, false, List.of(Dim.BATCH)));
  }

  private String loopArguments() {
    var counters = loops.stream().map(id -> "t" + id);
    return Stream.concat(counters, Stream.ofNullable(rowCut == null ? null : "part"))
        .collect(Collectors.joining(", "));
  }

  // ---- steps in parts

  /** How the work of a step is described to the runtime's {@code Cut}, which cuts it into parts. */
  private record CutOf(String field, Dim picosPerPoint, boolean lanes, List<Dim> axes) {
    /** As a Java expression. */
    String construct() {
      return "$cut:T."
          + (lanes ? "withLanes" : "of")
          + "("
          + Numbers.dim(picosPerPoint, "L")
          + ", "
          + axes.stream().map(d -> Numbers.dim(d, "")).collect(Collectors.joining(", "))
          + ")";
    }

    /** False when all threads together are too many for the work at any likely batch size. */
    boolean pays() {
      var points = axes.stream().reduce(Dim.ONE, Dim::times);
      return picosPerPoint.times(points).at(LARGE_BATCH) >= LEAST_PICOS;
    }
  }

  private static final long LARGE_BATCH = 1_024;

  /** Two parts of the size below which the runtime cuts nothing. */
  private static final long LEAST_PICOS = 20_000_000;

  /** Nothing for a step that is done by one call. */
  private Optional<CutOf> cut(Step step) {
    String field = methodName(step) + "Cut";
    var cut =
        switch (step) {
          case Step.KernelCall call ->
              new CutOf(
                  field,
                  KernelCost.perPoint(call.kernel(), style),
                  call.kernel().lanes() == Kernel.Lanes.OUTER,
                  KernelCost.outerAxes(call.kernel()));
          case Step.Copy copy ->
              new CutOf(field, KernelCost.COPY, true, List.of(copy.elements()));
          case Step.LibraryCall _, Step.HostCall _, Step.Loop _ -> null;
        };
    return Optional.ofNullable(cut).filter(c -> !c.axes().isEmpty() && c.pays());
  }

  /** True for steps that are cut into parts each by itself. */
  private boolean anyCut(List<Step> steps) {
    return steps.stream()
        .anyMatch(
            s ->
                s instanceof Step.Loop loop
                    ? !loop.byRow() && anyCut(loop.body())
                    : cut(s).isPresent());
  }

  private void kernel(Step.KernelCall call) {
    if (rowCut != null) {
      long points = FindRowLoops.pointsPerRow(call.kernel()).orElseThrow();
      String rows = KernelPrinter.printRows(call.kernel(), style, rowCut, points);
      method(call, addresses(call) + rows);
      return;
    }
    var cut = cut(call);
    String part = cut.map(CutOf::field).orElse(null);
    String twin = hasTwin(call) ? firstRun(call, part) : "";
    String body = twin + addresses(call) + body(call, style, part);
    cut.ifPresentOrElse(c -> methodInParts(call, c, body), () -> method(call, body));
  }

  private boolean hasTwin(Step step) {
    return style == KernelStyle.VECTOR
        && step instanceof Step.KernelCall call
        && FirstRun.isWorthATwin(call.kernel());
  }

  private static String body(Step.KernelCall call, KernelStyle style, @Nullable String cut) {
    return cut == null
        ? KernelPrinter.print(call.kernel(), style)
        : KernelPrinter.printPart(call.kernel(), style, cut);
  }

  /**
   * A method that does the same with plain loops, to the last bit.
   *
   * @return the statements that call it in the first run, in place of what follows
   */
  private String firstRun(Step.KernelCall call, @Nullable String cut) {
    String name = freshName(methodName(call) + "AtFirst");
    var method = inLoops(MethodSpec.methodBuilder(name).addModifiers(Modifier.PRIVATE));
    String arguments = loopArguments();
    if (cut != null) {
      method.addParameter(TypeName.INT, "part");
      arguments += arguments.isEmpty() ? "part" : ", part";
    }
    String body = addresses(call) + body(call, KernelStyle.PLAIN, cut);
    type.addMethod(method.addCode(JavaTypes.code(body)).build());
    return "if (isFirstRun) {\n  " + name + "(" + arguments + ");\n  return;\n}\n";
  }

  private void copy(Step.Copy copy) {
    String from = layout.address(copy.from());
    String to = layout.address(copy.to());
    var cut = cut(copy);
    if (rowCut != null) {
      method(copy, copyOfRange(from, to, copy.elements().dividedBy(Dim.BATCH).orElseThrow() + "L * " + rowCut));
    } else if (cut.isEmpty()) {
      String count = Numbers.dim(copy.elements(), "L");
      method(copy, "$memory:T.copy(" + from + ", " + to + ", " + count + ");\n");
    } else {
      methodInParts(copy, cut.get(), copyOfRange(from, to, cut.get().field()));
    }
  }

  private static String copyOfRange(String from, String to, String cut) {
    return "final long from0 = "
        + cut
        + ".from(0, part);\nfinal long to0 = "
        + cut
        + ".to(0, part);\n$memory:T.copy("
        + from
        + " + 4L * from0, "
        + to
        + " + 4L * from0, to0 - from0);\n";
  }

  /** The method of the step has the team do the parts; another one of that name does one part. */
  private void methodInParts(Step step, CutOf cut, String body) {
    type.addField(
        FieldSpec.builder(JavaTypes.CUT, cut.field(), Modifier.PRIVATE, Modifier.FINAL)
            .initializer(JavaTypes.code(cut.construct()))
            .build());
    String arguments = loops.isEmpty() ? "" : loopArguments() + ", ";
    String parts = cut.field() + ".parts()";
    var code = new Lines();
    code.open("if (" + parts + " > 1)");
    code.line("$team:T.get().run(this, " + partMethods.size() + ", " + parts + ");");
    code.next("else");
    code.line(methodName(step) + "(" + arguments + "0);");
    code.close();
    method(step, code.toString());
    partMethods.add(methodName(step) + "(" + arguments + "part);");
    type.addMethod(
        inLoops(MethodSpec.methodBuilder(methodName(step)).addModifiers(Modifier.PRIVATE))
            .addParameter(TypeName.INT, "part")
            .addCode(JavaTypes.code(body))
            .build());
  }

  /** Sixteen bytes each, or a few more inside loops. */
  private static final int CASES_PER_METHOD = 250;

  /** What the team calls: tells which step a part belongs to. */
  private void runPart() {
    if (partMethods.isEmpty()) {
      return;
    }
    address("partScratch", "allocate($lanes:T.SCRATCH_BYTES * (long) $team:T.get().size())");
    var code = new Lines();
    int methods = Math.ceilDiv(partMethods.size(), CASES_PER_METHOD);
    if (methods == 1) {
      cases(code, 0);
    } else {
      code.open("switch (id / " + CASES_PER_METHOD + ")");
      for (int i = 0; i < methods; i++) {
        var some = new Lines();
        cases(some, i * CASES_PER_METHOD);
        String name = freshName("partsFrom" + i * CASES_PER_METHOD);
        type.addMethod(
            parameters(MethodSpec.methodBuilder(name).addModifiers(Modifier.PRIVATE))
                .addCode(JavaTypes.code(some.toString()))
                .build());
        code.line("case " + i + " -> " + name + "(id, part);");
      }
      code.line("default -> super.run(id, part);");
      code.close();
    }
    type.addMethod(
        parameters(MethodSpec.methodBuilder("run"))
            .addAnnotation(Override.class)
            .addModifiers(Modifier.PUBLIC)
            .addCode(JavaTypes.code(code.toString()))
            .build());
  }

  private static MethodSpec.Builder parameters(MethodSpec.Builder method) {
    return method.addParameter(TypeName.INT, "id").addParameter(TypeName.INT, "part");
  }

  private void cases(Lines code, int from) {
    code.open("switch (id)");
    for (int id = from; id < Math.min(from + CASES_PER_METHOD, partMethods.size()); id++) {
      code.line("case " + id + " -> " + partMethods.get(id));
    }
    code.line("default -> super.run(id, part);");
    code.close();
  }

  private String addresses(Step.KernelCall call) {
    var code = new StringBuilder();
    var kernel = call.kernel();
    for (int i = 0; i < kernel.params().size(); i++) {
      code.append("final long ")
          .append(kernel.params().get(i).name())
          .append(" = ")
          .append(layout.address(call.arguments().get(i)))
          .append(";\n");
    }
    return code.toString();
  }

  private void method(Step step, String body) {
    var method = inLoops(MethodSpec.methodBuilder(methodName(step)).addModifiers(Modifier.PRIVATE));
    step.origins().stream()
        .flatMap(origin -> comment(origin).stream())
        .distinct()
        .forEach(line -> method.addComment("$L", line));
    type.addMethod(method.addCode(JavaTypes.code(body)).build());
  }

  /** With the counters of the loops that it stands in. */
  private MethodSpec.Builder inLoops(MethodSpec.Builder method) {
    loops.forEach(id -> method.addParameter(TypeName.INT, "t" + id));
    if (rowCut != null) {
      method.addParameter(TypeName.INT, "part");
    }
    return method;
  }

  private String methodName(Step step) {
    return Objects.requireNonNull(methodNames.get(step.name()), step.name());
  }

  /**
   * {@code update_dense_kernel} as Java spells it, for every step; none hides a method of the
   * superclass.
   */
  private Map<String, String> methodNames() {
    var names = new HashMap<String, String>();
    for (var step : program.flattened()) {
      names.put(step.name(), freshName(JavaNames.camelCase(step.name())));
    }
    return names;
  }

  private String freshName(String name) {
    String unique = name;
    for (int i = 2; !takenNames.add(unique); i++) {
      unique = name + "Again" + i;
    }
    return unique;
  }

  /** Names that the runtime's {@code Step} and this class use themselves. */
  private static final Set<String> RESERVED =
      Set.of(
          "run",
          "begin",
          "mark",
          "calls",
          "isFirstRun",
          "close",
          "batch",
          "row",
          "square",
          "metric",
          "allocate",
          "padded",
          "setInput",
          "output",
          "inputOffset",
          "outputOffset",
          "metricOffset",
          "memoryBytes",
          "toString",
          "hashCode",
          "equals",
          "clone",
          "finalize",
          "notify",
          "wait",
          "getClass");

  /**
   * Words of the user's as part of a comment. javac reads unicode escapes even in comments, and one
   * of a line end would let what follows it run: a backslash in an even run starts none.
   */
  static String harmless(String text) {
    return text.replace("\\", "\\\\").replace("*/", "* /");
  }

  private static Optional<String> comment(Origin origin) {
    String text =
        (origin.text().isEmpty() ? origin.scope() : origin.text()).replaceAll("\\s+", " ").strip();
    String place = origin.place();
    String line = place.isEmpty() ? text : text + "    " + place;
    return line.isBlank() ? Optional.empty() : Optional.of(harmless(line.strip()));
  }

  /** The statement behind a step that takes its time; nothing unless times are wanted. */
  private String mark(Step step) {
    if (!timed) {
      return "";
    }
    String first = rowCut == null ? "" : "if (part == 0) "; // the others go on at the same time
    return "\n" + first + "mark(" + numbers.get(step.name()) + ");";
  }

  private void closeMethod() {
    if (libraryFields.isEmpty()) {
      return;
    }
    var calls = inParts("close", libraryFields.stream().map(c -> c + ".close();").toList());
    addOverride("close", Stream.concat(calls.stream(), Stream.of("super.close();")).toList());
  }
}
