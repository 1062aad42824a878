package org.mdlc.compiler.emit.java;

import com.palantir.javapoet.ArrayTypeName;
import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.ParameterizedTypeName;
import com.palantir.javapoet.TypeName;
import com.palantir.javapoet.TypeSpec;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import javax.lang.model.SourceVersion;
import javax.lang.model.element.Modifier;
import org.mdlc.compiler.bind.BoundProgram;
import org.mdlc.compiler.bind.BoundProgram.Port;
import org.mdlc.compiler.bind.BoundProgram.Text;
import org.mdlc.compiler.ir.Known;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.TensorType;

/**
 * Prints what a Java program says to a model: a class with a method for each input, label and
 * weight, and one with a method for each output. What these do is in the runtime.
 */
final class PortsPrinter {
  /** Rows with more axes come and go as tensors. */
  private static final int MOST_AXES = 3;

  /** Methods without parameters that every object and the runtime's class have. */
  private static final Set<String> RESERVED =
      Set.of(
          "toDataset",
          "getClass",
          "hashCode",
          "toString",
          "notify",
          "notifyAll",
          "wait",
          "clone",
          "finalize");

  private final BoundProgram bound;
  private final ClassName rows;
  private final ClassName outputs;

  private PortsPrinter(BoundProgram bound, ClassName self) {
    this.bound = bound;
    this.rows = self.nestedClass(nested("Data"));
    this.outputs = self.nestedClass(nested("Predictions"));
  }

  static void print(BoundProgram bound, ClassName self, TypeSpec.Builder type) {
    var printer = new PortsPrinter(bound, self);
    type.addMethod(printer.start());
    type.addMethod(printer.predict());
    type.addType(printer.rowsClass());
    type.addType(printer.outputsClass());
  }

  /** A nested class may not be called as the model itself. */
  private String nested(String name) {
    return name.equals(bound.model()) ? name + "Class" : name;
  }

  private MethodSpec start() {
    return MethodSpec.methodBuilder("data")
        .addModifiers(Modifier.PUBLIC, Modifier.STATIC)
        .addJavadoc("Begins rows for the model, to which each array is then added by its name.\n")
        .returns(rows)
        .addStatement("return new $T()", rows)
        .build();
  }

  private MethodSpec predict() {
    return MethodSpec.methodBuilder("predict")
        .addModifiers(Modifier.PUBLIC)
        .addJavadoc("The outputs for all rows, in inference mode.\n")
        .returns(outputs)
        .addParameter(rows, "data")
        .addStatement("return $T.of(predict(data.toDataset()))", outputs)
        .build();
  }

  private TypeSpec rowsClass() {
    var type =
        TypeSpec.classBuilder(rows)
            .addAnnotation(JavaTypes.GENERATED)
            .addModifiers(Modifier.PUBLIC, Modifier.STATIC, Modifier.FINAL)
            .superclass(JavaTypes.MODEL_ROWS)
            .addJavadoc(
                "Rows for the model: its inputs and, to train or evaluate it, its labels.\n")
            .addMethod(
                MethodSpec.constructorBuilder()
                    .addModifiers(Modifier.PRIVATE)
                    .addStatement("super(SPEC)")
                    .build());
    var ports = new LinkedHashMap<String, Port>();
    Stream.of(bound.arrays(), bound.targets(), bound.weights())
        .flatMap(List::stream)
        .forEach(port -> ports.putIfAbsent(port.name(), port));
    var names =
        methodNames(
            Stream.concat(bound.texts().stream().map(Text::name), ports.keySet().stream()).toList(),
            Set.of());
    bound.texts().forEach(text -> texts(text, Known.in(names, text.name()), type));
    ports.values().forEach(port -> numbers(port, Known.in(names, port.name()), type));
    return type.build();
  }

  private void numbers(Port port, String method, TypeSpec.Builder type) {
    int axes = axes(port.type());
    var number = number(port.type());
    var what = "{@code $L}, $L for each row";
    if (axes > 0 && axes <= MOST_AXES) {
      type.addMethod(
          add(method, port.name(), "nested", array(number, axes + 1))
              .addJavadoc(what + ".\n", port.name(), row(port.type()))
              .build());
    }
    type.addMethod(
        add(method, port.name(), "flat", array(number, 1))
            .addJavadoc(
                axes == 0 ? what + ".\n" : what + ", all in one array.\n",
                port.name(),
                row(port.type()))
            .build());
    type.addMethod(
        add(method, port.name(), "tensor", JavaTypes.HOST_TENSOR)
            .addJavadoc(what + ".\n", port.name(), row(port.type()))
            .build());
  }

  private void texts(Text text, String method, TypeSpec.Builder type) {
    int axes = Math.max(0, text.shape().rank() - 1);
    var what = "{@code $L}, strings for each row.\n";
    if (axes == 0) {
      type.addMethod(
          text(method, text.name(), ArrayTypeName.of(String.class))
              .varargs()
              .addJavadoc("{@code $L}, one string for each row.\n", text.name())
              .build());
      type.addMethod(
          text(method, text.name(), ParameterizedTypeName.get(List.class, String.class))
              .addJavadoc("{@code $L}, one string for each row.\n", text.name())
              .build());
    } else if (axes == 1) {
      type.addMethod(
          text(method, text.name(), array(ClassName.get(String.class), 2))
              .addJavadoc(what, text.name())
              .build());
    }
    type.addMethod(
        add(method, text.name(), "text", JavaTypes.STRING_TENSOR)
            .addJavadoc(what, text.name())
            .build());
  }

  private MethodSpec.Builder text(String method, String name, TypeName type) {
    return adding(method, type)
        .addStatement("text($S, $T.of(rows))", name, JavaTypes.STRING_TENSOR)
        .addStatement("return this");
  }

  private MethodSpec.Builder add(String method, String name, String way, TypeName type) {
    return adding(method, type).addStatement("$L($S, rows)", way, name).addStatement("return this");
  }

  private MethodSpec.Builder adding(String method, TypeName type) {
    return MethodSpec.methodBuilder(method)
        .addModifiers(Modifier.PUBLIC)
        .returns(rows)
        .addParameter(type, "rows");
  }

  private TypeSpec outputsClass() {
    var type =
        TypeSpec.classBuilder(outputs)
            .addAnnotation(JavaTypes.GENERATED)
            .addModifiers(Modifier.PUBLIC, Modifier.STATIC, Modifier.FINAL)
            .superclass(JavaTypes.MODEL_OUTPUTS)
            .addJavadoc("What the model gave, row by row.\n")
            .addMethod(
                MethodSpec.constructorBuilder()
                    .addModifiers(Modifier.PRIVATE)
                    .addParameter(JavaTypes.ARRAY_DATASET, "outputs")
                    .addStatement("super(outputs)")
                    .build())
            .addMethod(
                MethodSpec.methodBuilder("of")
                    .addModifiers(Modifier.PUBLIC, Modifier.STATIC)
                    .addJavadoc("What {@code predict} of any data set gave.\n")
                    .addParameter(JavaTypes.ARRAY_DATASET, "outputs")
                    .returns(outputs)
                    .addStatement("return new $T(outputs)", outputs)
                    .build());
    var names = methodNames(bound.outputs().stream().map(Port::name).toList(), RESERVED);
    bound.outputs().forEach(port -> type.addMethod(output(port, Known.in(names, port.name()))));
    return type.build();
  }

  private static MethodSpec output(Port port, String method) {
    int axes = axes(port.type());
    var code =
        MethodSpec.methodBuilder(method)
            .addModifiers(Modifier.PUBLIC)
            .addJavadoc("{@code $L}, $L for each row.\n", port.name(), row(port.type()));
    if (axes > MOST_AXES) {
      return code.returns(JavaTypes.HOST_TENSOR)
          .addStatement("return tensor($S)", port.name())
          .build();
    }
    var array = array(number(port.type()), axes + 1);
    return code.returns(array).addStatement("return ($T) nested($S)", array, port.name()).build();
  }

  private static int axes(TensorType type) {
    return Math.max(0, type.rank() - 1);
  }

  private static TypeName number(TensorType type) {
    return type.dtype() == DType.F32 ? TypeName.FLOAT : TypeName.INT;
  }

  /** {@code f32[28, 28, 1]}. */
  private static String row(TensorType type) {
    return type.dtype().text() + type.shape().without(List.of(0));
  }

  private static TypeName array(TypeName element, int depth) {
    return depth == 0 ? element : ArrayTypeName.of(array(element, depth - 1));
  }

  /**
   * {@code real_score} as Java spells it, {@code realScore}, for every name; a word of Java's, a
   * method that is there already and the second of two of one spelling get a trailing {@code _}.
   */
  private static Map<String, String> methodNames(List<String> names, Set<String> reserved) {
    var methods = new LinkedHashMap<String, String>();
    var taken = new HashSet<>(reserved);
    for (var name : names) {
      var method = JavaNames.camelCase(name);
      while (SourceVersion.isKeyword(method) || !taken.add(method)) {
        method += "_";
      }
      methods.put(name, method);
    }
    return methods;
  }
}
