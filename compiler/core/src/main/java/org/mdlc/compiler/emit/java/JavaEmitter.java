package org.mdlc.compiler.emit.java;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.FieldSpec;
import com.palantir.javapoet.JavaFile;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.ParameterizedTypeName;
import com.palantir.javapoet.TypeName;
import com.palantir.javapoet.TypeSpec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import javax.lang.model.element.Modifier;
import org.mdlc.compiler.bind.BoundProgram;
import org.mdlc.compiler.bind.BoundProgram.Port;
import org.mdlc.compiler.ir.Role;
import org.mdlc.compiler.plan.Buffer.Arena;
import org.mdlc.compiler.plan.Program;
import org.mdlc.compiler.plan.ProgramText;
import org.mdlc.compiler.plan.Step;
import org.mdlc.compiler.summary.ModelSummary;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.TensorType;

/**
 * Prints a compiled model as one Java class: what it takes, gives and keeps, and a nested step
 * class per phase. Decides nothing.
 */
public final class JavaEmitter {
  /** Major and minor version of mdlc: the runtime refuses code that another has generated. */
  static final String VERSION = "0.1";

  private final CompiledPrograms programs;
  private final BoundProgram bound;
  private final String packageName;
  private final KernelStyle style;
  private final boolean timed;
  private final Map<String, Long> variableOffsets = new LinkedHashMap<>();
  private long variableBytes;

  private JavaEmitter(
      CompiledPrograms programs, String packageName, KernelStyle style, boolean timed) {
    this.programs = programs;
    this.bound = programs.bound();
    this.packageName = packageName;
    this.style = style;
    this.timed = timed;
    for (var variable : bound.variables()) {
      variableOffsets.put(variable.path(), variableBytes);
      long bytes = variable.type().shape().elements().value() * DType.BYTES;
      variableBytes += (bytes + Arena.ALIGNMENT - 1) / Arena.ALIGNMENT * Arena.ALIGNMENT;
    }
  }

  /**
   * The source text of the class.
   *
   * @param packageName may be empty
   * @param timed whether steps tell how long each of their parts takes: the runtime's {@code
   *     TimedStep}
   */
  public static String emit(
      CompiledPrograms programs, String packageName, KernelStyle style, boolean timed) {
    return new JavaEmitter(programs, packageName, style, timed).file().toString();
  }

  private JavaFile file() {
    var self = ClassName.get(packageName, bound.model());
    var type =
        TypeSpec.classBuilder(self)
            .addAnnotation(JavaTypes.GENERATED)
            .addModifiers(Modifier.PUBLIC, Modifier.FINAL)
            .superclass(JavaTypes.MODEL)
            .addJavadoc(
                "The model {@code $L}, compiled by mdlc. Do not edit: change the .mdl file and compile again.\n",
                bound.model());
    type.addField(
        FieldSpec.builder(
                JavaTypes.MODEL_SPEC, "SPEC", Modifier.PRIVATE, Modifier.STATIC, Modifier.FINAL)
            .initializer("specification()")
            .build());
    type.addMethod(
        MethodSpec.constructorBuilder()
            .addModifiers(Modifier.PRIVATE)
            .addCode(start().build())
            .build());
    type.addMethod(create(self));
    type.addMethod(createUnseeded(self));
    type.addMethod(newStep());
    bound.settings().ifPresent(s -> type.addMethod(defaults(s)));
    programs.adapt().ifPresent(_ -> type.addMethod(adaptedStates()));
    specification(type);
    SummaryPrinter.print(programs.summary(), type);
    PortsPrinter.print(bound, self, type);
    // it runs once, in the interpreter at first, where vectors are fifty times slower than numbers
    type.addType(
        step(stepClass("InitializeStep"), programs.initialize(), KernelStyle.PLAIN, List.of()));
    type.addType(step(stepClass("PredictStep"), programs.predict(), List.of()));
    programs
        .evaluate()
        .ifPresent(p -> type.addType(step(stepClass("EvaluateStep"), p, bound.metrics())));
    programs.adapt().ifPresent(p -> type.addType(step(stepClass("AdaptStep"), p, List.of())));
    for (int i = 0; i < programs.train().size(); i++) {
      type.addType(step(trainClass(i), programs.train().get(i), bound.metrics()));
    }
    var file = JavaFile.builder(packageName, type.build()).indent("  ").skipJavaLangImports(true);
    if (style == KernelStyle.VECTOR) {
      file.addStaticImport(ClassName.get(JavaTypes.KERNEL, "Memory"), "ALL", "ORDER");
      file.addStaticImport(ClassName.get(JavaTypes.KERNEL, "VectorMath"), "FLOATS", "INTS");
    }
    return file.build();
  }

  private CodeBlock.Builder start() {
    var code = CodeBlock.builder().addStatement("super(SPEC)");
    if (style == KernelStyle.VECTOR) {
      code.addStatement("requireVectorApi()");
    }
    long product = largestProduct();
    return product == 0 ? code : code.addStatement("$T.loadAhead($LL)", JavaTypes.DNN, product);
  }

  /** Multiply-adds of the largest library call of the phase that is used most, at its batch. */
  private long largestProduct() {
    int batch =
        bound.settings().map(BoundProgram.TrainSettings::batch).orElse(ModelSummary.USUAL_BATCH);
    var used = programs.train().isEmpty() ? List.of(programs.predict()) : programs.train();
    return used.stream()
        .flatMap(program -> program.flattened().stream())
        .mapToLong(step -> step instanceof Step.LibraryCall call ? call.flops(batch) / 2 : 0)
        .max()
        .orElse(0);
  }

  private TypeSpec step(String name, Program program, List<String> metrics) {
    return step(name, program, style, metrics);
  }

  private TypeSpec step(String name, Program program, KernelStyle kernels, List<String> metrics) {
    var inputs =
        Stream.of(bound.inputs(), bound.targets(), bound.weights())
            .flatMap(List::stream)
            .map(Port::name)
            .toList();
    return StepEmitter.emit(
        name,
        program,
        variableOffsets,
        kernels,
        timed,
        inputs,
        bound.outputs().stream().map(Port::name).toList(),
        metrics);
  }

  /** A nested class may not be called as the model itself. */
  private String stepClass(String name) {
    return name.equals(bound.model()) ? name + "Class" : name;
  }

  private String trainClass(int stage) {
    return stepClass(programs.train().size() == 1 ? "TrainStep" : "TrainStep" + (stage + 1));
  }

  private MethodSpec create(ClassName self) {
    return MethodSpec.methodBuilder("create")
        .addModifiers(Modifier.PUBLIC, Modifier.STATIC)
        .addJavadoc(
            """
            A new model whose weights are those that Keras on JAX draws after {@code set_random_seed(seed)}.

            @param seed from 0 to 2^32 - 1
            """)
        .returns(self)
        .addParameter(TypeName.LONG, "seed")
        .addStatement("var model = new $T()", self)
        .addStatement("model.initialize(seed)")
        .addStatement("return model")
        .build();
  }

  /** The seed of the train block is the model's own. */
  private MethodSpec createUnseeded(ClassName self) {
    var method =
        MethodSpec.methodBuilder("create")
            .addModifiers(Modifier.PUBLIC, Modifier.STATIC)
            .returns(self);
    var seed = bound.settings().map(BoundProgram.TrainSettings::seed).orElse(OptionalLong.empty());
    return seed.isPresent()
        ? method
            .addJavadoc("A new model with the seed of its train block.\n")
            .addStatement("return create($LL)", seed.getAsLong())
            .build()
        : method
            .addJavadoc(
                "A new model with the seed that was set by {@code setRandomSeed}, or 0 if none was.\n")
            .addStatement("return create($T.get().orElse(0))", JavaTypes.RANDOM_SEED)
            .build();
  }

  private static MethodSpec defaults(BoundProgram.TrainSettings settings) {
    return MethodSpec.methodBuilder("defaults")
        .addAnnotation(Override.class)
        .addModifiers(Modifier.PUBLIC)
        .returns(JavaTypes.FIT)
        .addStatement(
            "return $T.epochs($L).batchSize($L).shuffle($L).validationSplit($L)",
            JavaTypes.FIT,
            settings.epochs(),
            settings.batch(),
            settings.shuffle(),
            settings.validationSplit())
        .build();
  }

  private MethodSpec adaptedStates() {
    var paths =
        Objects.requireNonNull(bound.adapt()).outputs().stream()
            .map(o -> CodeBlock.of("$S", o.name()))
            .collect(CodeBlock.joining(", "));
    return MethodSpec.methodBuilder("adaptedStates")
        .addAnnotation(Override.class)
        .addModifiers(Modifier.PROTECTED)
        .returns(ParameterizedTypeName.get(List.class, String.class))
        .addStatement("return $T.of($L)", List.class, paths)
        .build();
  }

  private MethodSpec newStep() {
    var code = CodeBlock.builder().add("return switch (phase) {\n").indent();
    code.add("case INITIALIZE -> new $L(variables(), batch);\n", stepClass("InitializeStep"));
    if (programs.train().isEmpty()) {
      code.add("case TRAIN, EVALUATE -> throw noPhase(phase);\n");
    } else if (programs.train().size() == 1) {
      code.add("case TRAIN -> new $L(variables(), batch);\n", trainClass(0));
    } else {
      code.add("case TRAIN -> switch (stage()) {\n").indent();
      for (int i = 0; i < programs.train().size(); i++) {
        code.add("case $L -> new $L(variables(), batch);\n", i, trainClass(i));
      }
      code.add("default -> throw noPhase(phase);\n").unindent().add("};\n");
    }
    if (!programs.train().isEmpty()) {
      code.add("case EVALUATE -> new $L(variables(), batch);\n", stepClass("EvaluateStep"));
    }
    if (programs.adapt().isPresent()) {
      code.add("case ADAPT -> new $L(variables(), batch);\n", stepClass("AdaptStep"));
    } else {
      code.add("case ADAPT -> throw noPhase(phase);\n");
    }
    code.add("case PREDICT -> new $L(variables(), batch);\n", stepClass("PredictStep"))
        .unindent()
        .add("};\n");
    return MethodSpec.methodBuilder("newStep")
        .addAnnotation(Override.class)
        .addModifiers(Modifier.PROTECTED)
        .returns(JavaTypes.STEP)
        .addParameter(JavaTypes.PHASE, "phase")
        .addParameter(TypeName.INT, "batch")
        .addCode(code.build())
        .build();
  }

  /**
   * Split over methods of at most {@link #VARIABLES_PER_METHOD} variables, so that none grows too
   * large.
   */
  private void specification(TypeSpec.Builder type) {
    var body =
        CodeBlock.builder()
            .addStatement(
                "$T.requireVersion($S, $L.class)", JavaTypes.GENERATED_CODE, VERSION, bound.model())
            .addStatement("var spec = $T.builder($S)", JavaTypes.MODEL_SPEC, bound.model());
    bound
        .inputs()
        .forEach(
            p ->
                body.addStatement(
                    "spec.input($S, $T.$L$L)",
                    p.name(),
                    JavaTypes.DTYPE,
                    dtype(p.type()),
                    rowSizes(p.type())));
    hostSteps(body);
    ranges(body, "inputRange", bound.arrays());
    bound
        .targets()
        .forEach(
            p ->
                body.addStatement(
                    "spec.target($S, $T.$L$L)",
                    p.name(),
                    JavaTypes.DTYPE,
                    dtype(p.type()),
                    rowSizes(p.type())));
    ranges(body, "targetRange", bound.targets());
    bound
        .weights()
        .forEach(p -> body.addStatement("spec.weight($S$L)", p.name(), rowSizes(p.type())));
    bound
        .outputs()
        .forEach(
            p ->
                body.addStatement(
                    "spec.output($S, $T.$L$L)",
                    p.name(),
                    JavaTypes.DTYPE,
                    dtype(p.type()),
                    rowSizes(p.type())));
    var chunks = variableChunks();
    for (int i = 0; i < chunks.size(); i++) {
      body.addStatement("variables$L(spec)", i + 1);
      type.addMethod(specificationPart("variables" + (i + 1), chunks.get(i)));
    }
    keras(type, body);
    for (var metric : bound.metrics()) {
      body.addStatement(
          "spec.metric($S, $T.Direction.$L)", metric, JavaTypes.METRIC_SPEC, direction(metric));
    }
    averages(body);
    if (!programs.train().isEmpty()) {
      body.addStatement("spec.program($S)", checksum(programs.train()));
    }
    bound.fixedBatch().ifPresent(rows -> body.addStatement("spec.fixedBatch($L)", rows));
    body.addStatement("return spec.build($LL)", variableBytes);
    type.addMethod(
        MethodSpec.methodBuilder("specification")
            .addModifiers(Modifier.PRIVATE, Modifier.STATIC)
            .returns(JavaTypes.MODEL_SPEC)
            .addCode(body.build())
            .build());
  }

  private static String checksum(List<Program> training) {
    var sum = new CRC32C();
    training.forEach(p -> sum.update(ProgramText.print(p).getBytes(StandardCharsets.UTF_8)));
    return String.format(Locale.ROOT, "%08x", sum.getValue());
  }

  /** Where Keras keeps the weights in its files. */
  private void keras(TypeSpec.Builder type, CodeBlock.Builder body) {
    var groups = bound.keras().groups();
    for (int from = 0; from < groups.size(); from += VARIABLES_PER_METHOD) {
      var code = CodeBlock.builder();
      for (var group : groups.subList(from, Math.min(from + VARIABLES_PER_METHOD, groups.size()))) {
        code.addStatement("spec.kerasGroup($S, $L)", group.path(), strings(group.weights()));
      }
      var name = "kerasGroups" + (from / VARIABLES_PER_METHOD + 1);
      body.addStatement("$L(spec)", name);
      type.addMethod(specificationPart(name, code.build()));
    }
    bound
        .keras()
        .optimizer()
        .ifPresent(
            slots ->
                body.addStatement(
                    "spec.kerasSlots($L)",
                    strings(
                        Stream.concat(
                                Stream.of(slots.prefix()),
                                slots.lists().stream().map(list -> String.join(" ", list)))
                            .toList())));
  }

  private static CodeBlock strings(List<String> texts) {
    return texts.stream().map(s -> CodeBlock.of("$S", s)).collect(CodeBlock.joining(", "));
  }

  private static MethodSpec specificationPart(String name, CodeBlock code) {
    return MethodSpec.methodBuilder(name)
        .addModifiers(Modifier.PRIVATE, Modifier.STATIC)
        .addParameter(JavaTypes.MODEL_SPEC.nestedClass("Builder"), "spec")
        .addCode(code)
        .build();
  }

  private static void ranges(CodeBlock.Builder body, String method, List<BoundProgram.Port> ports) {
    for (var port : ports) {
      for (var range : port.ranges()) {
        var also = range.also().isPresent() ? ", " + range.also().getAsInt() : "";
        body.addStatement(
            "spec.$L($S, $L, $L$L)", method, port.name(), range.low(), range.high(), also);
      }
    }
  }

  /** Texts, and the layers that make numbers of them. */
  private void hostSteps(CodeBlock.Builder body) {
    bound
        .texts()
        .forEach(
            t ->
                body.addStatement(
                    "spec.text($S$L)", t.name(), sizes(t.shape().without(List.of(0)).sizes())));
    var layers = new LinkedHashSet<String>();
    for (var step : bound.hostSteps()) {
      if (layers.add(step.layer())) {
        body.addStatement(
            "spec.stringLayer($S, $T.of($S, $L))",
            step.layer(),
            JavaTypes.STRING_LAYERS,
            step.kind(),
            pieces(step.arguments()));
      }
      body.addStatement(
          "spec.hostStep($S, $S, $L)",
          step.port().name(),
          step.layer(),
          step.sources().stream().map(s -> CodeBlock.of("$S", s)).collect(CodeBlock.joining(", ")));
    }
  }

  /** A string literal holds at most 65,535 bytes, and a vocabulary is longer. */
  private static CodeBlock pieces(String text) {
    var pieces = new ArrayList<CodeBlock>();
    for (int from = 0; from < text.length(); from += LITERAL) {
      pieces.add(CodeBlock.of("$S", text.substring(from, Math.min(text.length(), from + LITERAL))));
    }
    return CodeBlock.join(pieces, ", ");
  }

  private static final int LITERAL = 16_000;

  private void averages(CodeBlock.Builder body) {
    for (int stage = 0; stage < bound.stages().size(); stage++) {
      for (var objective : bound.stages().get(stage).objectives()) {
        for (var update : objective.updates()) {
          for (int i = 0; i < update.averages().size(); i++) {
            body.addStatement(
                "spec.average($L, $S, $S)",
                stage,
                update.weights().get(i),
                update.averages().get(i));
          }
        }
      }
    }
  }

  private static final int VARIABLES_PER_METHOD = 100;

  private List<CodeBlock> variableChunks() {
    var chunks = new ArrayList<CodeBlock>();
    for (int from = 0; from < bound.variables().size(); from += VARIABLES_PER_METHOD) {
      var code = CodeBlock.builder();
      var upTo = Math.min(from + VARIABLES_PER_METHOD, bound.variables().size());
      bound.variables().subList(from, upTo).forEach(v -> variable(code, v));
      chunks.add(code.build());
    }
    return chunks;
  }

  private void variable(CodeBlock.Builder code, BoundProgram.Variable variable) {
    long offset = Objects.requireNonNull(variableOffsets.get(variable.path()));
    var sizes = sizes(variable.type().shape().sizes());
    if (variable.role() == Role.SEED) {
      if (variable.seedDraw() >= 0) {
        code.addStatement("spec.seed($S, $L, $L)", variable.path(), offset, variable.seedDraw());
      } else {
        code.addStatement(
            "spec.variable($S, $T.SEED, $T.I32, $L, $T.seeded($LL), 2)",
            variable.path(),
            JavaTypes.ROLE,
            JavaTypes.DTYPE,
            offset,
            JavaTypes.INITIAL,
            (long) variable.fill());
      }
      return;
    }
    var initial =
        Double.isNaN(variable.fill())
            ? CodeBlock.of("$T.COMPUTED", JavaTypes.INITIAL)
            : CodeBlock.of("$T.fill($L)", JavaTypes.INITIAL, variable.fill());
    if (variable.role() == Role.PARAM && variable.type().dtype() == DType.F32) {
      code.addStatement(
          "spec.$L($S, $L, $L$L)",
          variable.trainable() ? "parameter" : "frozen",
          variable.path(),
          offset,
          initial,
          sizes);
    } else {
      code.addStatement(
          "spec.variable($S, $T.$L, $T.$L, $L, $L$L)",
          variable.path(),
          JavaTypes.ROLE,
          variable.role().name(),
          JavaTypes.DTYPE,
          dtype(variable.type()),
          offset,
          initial,
          sizes);
    }
  }

  private static String dtype(TensorType type) {
    return type.dtype() == DType.F32 ? "F32" : "I32";
  }

  private static String rowSizes(TensorType type) {
    return sizes(type.shape().without(List.of(0)).sizes());
  }

  private static String sizes(long[] sizes) {
    var text = new StringBuilder();
    for (long size : sizes) {
      text.append(", ").append(size);
    }
    return text.toString();
  }

  /**
   * Keras's rule: what is named after an error or a loss shrinks, what is named after a score
   * grows.
   */
  private static String direction(String metric) {
    String name = metric.substring(metric.lastIndexOf('/') + 1);
    if (name.matches(
        ".*(accuracy|auc|precision|recall|sensitivity|specificity|io_u|score|similarity|correlation|true_).*")) {
      return "UP";
    }
    return name.matches(
            ".*(loss|error|crossentropy|hinge|divergence|poisson|logcosh|mse|mae|mape|msle|false_).*")
        ? "DOWN"
        : "UNKNOWN";
  }
}
