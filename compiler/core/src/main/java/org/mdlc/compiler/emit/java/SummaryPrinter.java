package org.mdlc.compiler.emit.java;

import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.TypeSpec;
import javax.lang.model.element.Modifier;
import org.mdlc.compiler.summary.ModelSummary;

/** Prints the method of a generated class that tells what the model is made of. */
final class SummaryPrinter {
  /** So that no method grows too large. */
  private static final int LAYERS_PER_METHOD = 100;

  private SummaryPrinter() {}

  static void print(ModelSummary summary, TypeSpec.Builder type) {
    var body =
        CodeBlock.builder()
            .addStatement("var summary = $T.builder($S)", JavaTypes.SUMMARY, summary.model());
    if (!summary.isChain()) {
      body.addStatement("summary.network()");
    }
    for (int from = 0; from < summary.layers().size(); from += LAYERS_PER_METHOD) {
      var name = "layers" + (from / LAYERS_PER_METHOD + 1);
      body.addStatement("$L(summary)", name);
      type.addMethod(layers(summary, name, from));
    }
    body.addStatement(
        "summary.parameters($LL, $LL, $LL)",
        summary.trainable(),
        summary.nonTrainable(),
        summary.optimizer());
    summary
        .needs()
        .ifPresent(
            needs ->
                body.addStatement(
                    "summary.needs($L, $LL, $LL, $LL, $LL)",
                    needs.batch(),
                    needs.trainingBytes(),
                    needs.inferenceBytes(),
                    needs.forwardFlops(),
                    needs.trainingFlops()));
    type.addMethod(
        MethodSpec.methodBuilder("summary")
            .addAnnotation(Override.class)
            .addModifiers(Modifier.PUBLIC)
            .returns(JavaTypes.SUMMARY)
            .addCode(body.addStatement("return summary.build()").build())
            .build());
  }

  private static MethodSpec layers(ModelSummary summary, String name, int from) {
    var code = CodeBlock.builder();
    int to = Math.min(from + LAYERS_PER_METHOD, summary.layers().size());
    for (var layer : summary.layers().subList(from, to)) {
      code.addStatement(
          "summary.layer($S, $S, $S, $S, $LL, $LL, $LL)",
          layer.name(),
          layer.kind(),
          layer.shapeText(),
          layer.connectionsText(),
          layer.parameters(),
          layer.flopsPerRow(summary.batch()),
          layer.bytesPerRow());
    }
    return MethodSpec.methodBuilder(name)
        .addModifiers(Modifier.PRIVATE, Modifier.STATIC)
        .addParameter(JavaTypes.SUMMARY.nestedClass("Builder"), "summary")
        .addCode(code.build())
        .build();
  }
}
