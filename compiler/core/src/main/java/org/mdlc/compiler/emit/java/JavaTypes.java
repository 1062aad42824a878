package org.mdlc.compiler.emit.java;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The classes that generated code speaks to, by the name that stands for them in printed text:
 * {@code $floatVector:T}.
 */
final class JavaTypes {
  static final String RUNTIME = "org.mdlc.runtime";
  static final String KERNEL = RUNTIME + ".kernel";

  static final ClassName GENERATED = ClassName.get(RUNTIME, "Generated");
  static final ClassName SUMMARY = ClassName.get(RUNTIME, "Summary");
  static final ClassName MODEL = ClassName.get(RUNTIME, "Model");
  static final ClassName MODEL_ROWS = ClassName.get(RUNTIME, "ModelRows");
  static final ClassName MODEL_OUTPUTS = ClassName.get(RUNTIME, "ModelOutputs");
  static final ClassName STEP = ClassName.get(RUNTIME, "Step");
  static final ClassName TIMED_STEP = ClassName.get(RUNTIME, "TimedStep");
  static final ClassName DNN = ClassName.get(KERNEL, "Dnn");
  static final ClassName CUT = ClassName.get(KERNEL, "Cut");
  static final ClassName VARIABLES = ClassName.get(RUNTIME, "Variables");
  static final ClassName FIT = ClassName.get(RUNTIME, "Fit");
  static final ClassName GENERATED_CODE = ClassName.get(RUNTIME, "GeneratedCode");
  static final ClassName MODEL_SPEC = ClassName.get(RUNTIME, "ModelSpec");
  static final ClassName PHASE = ClassName.get(RUNTIME, "Phase");
  static final ClassName ROLE = ClassName.get(RUNTIME, "Role");
  static final ClassName INITIAL = ClassName.get(RUNTIME, "Initial");
  static final ClassName METRIC_SPEC = ClassName.get(RUNTIME, "MetricSpec");
  static final ClassName STRING_LAYERS = ClassName.get(RUNTIME + ".preprocessing", "StringLayers");
  static final ClassName RANDOM_SEED = ClassName.get(RUNTIME + ".utils", "RandomSeed");
  static final ClassName DTYPE = ClassName.get(RUNTIME + ".data", "DType");
  static final ClassName ARRAY_DATASET = ClassName.get(RUNTIME + ".data", "ArrayDataset");
  static final ClassName HOST_TENSOR = ClassName.get(RUNTIME + ".data", "HostTensor");
  static final ClassName STRING_TENSOR = ClassName.get(RUNTIME + ".data", "StringTensor");

  private static final List<String> KERNEL_CLASSES =
      List.of(
          "VectorMath",
          "ScalarMath",
          "VectorThreefry",
          "ScalarThreefry",
          "Lanes",
          "Cut",
          "Team",
          "Memory",
          "Dnn",
          "Matmul",
          "RowMatmul",
          "DnnConvolution",
          "DnnPooling",
          "Epilogue",
          "Layout",
          "Window",
          "Sequences",
          "Indexing",
          "Qr",
          "Sampling");

  private static final Map<String, ClassName> NAMED = named();

  private JavaTypes() {}

  /** Text with {@code $name:T} in place of class names, as code that imports them. */
  static CodeBlock code(String text) {
    return CodeBlock.builder().addNamed(text, NAMED).build();
  }

  private static Map<String, ClassName> named() {
    var types = new LinkedHashMap<String, ClassName>();
    types.put("floatVector", ClassName.get("jdk.incubator.vector", "FloatVector"));
    types.put("intVector", ClassName.get("jdk.incubator.vector", "IntVector"));
    types.put("vectorMask", ClassName.get("jdk.incubator.vector", "VectorMask"));
    types.put("vectorOperators", ClassName.get("jdk.incubator.vector", "VectorOperators"));
    for (var name : KERNEL_CLASSES) {
      types.put(
          Character.toLowerCase(name.charAt(0)) + name.substring(1), ClassName.get(KERNEL, name));
    }
    return types;
  }
}
