package org.mdlc.compiler.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdlc.compiler.emit.java.KernelStyle;
import org.mdlc.compiler.source.SourceFile;

/**
 * Whatever the user calls things, the generated code compiles and does only what the model says.
 */
class HostileNamesTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "class",
        "new",
        "int",
        "default",
        "batch",
        "scratch",
        "blocks",
        "rowStart",
        "order",
        "all",
        "floats",
        "ints",
        "tail",
        "n0",
        "i0",
        "BATCH_PADDING",
        "getClass",
        "hash_code",
        "wait",
        "equals",
        "to_dataset",
        "flat",
        "nested",
        "text",
        "rows",
        "data",
        "String",
        "HostTensor"
      })
  void inputsAndOutputsMayBeCalledAnything(String name) {
    compiles(
        "model M { input "
            + name
            + ": f32[12]  output y = tanh("
            + name
            + ") + softmax("
            + name
            + ") }");
    compiles("model M { input x: f32[12]  output " + name + " = exp(x) + tanh(x) }");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "TrainStep",
        "PredictStep",
        "InitializeStep",
        "EvaluateStep",
        "Generated",
        "Data",
        "Predictions",
        "ModelRows",
        "List"
      })
  void modelsMayBeCalledAsPartsOfTheCodeAre(String name) {
    compiles(
        "model "
            + name
            + " { input x: f32[4]  output y = x |> Dense(1) }\n"
            + "train "
            + name
            + " { loss MeanSquaredError()  optimizer SGD() }");
  }

  @Test
  void twoNamesMayBeOneInJava() {
    compiles(
        "model M { input the_x: f32[4], theX: f32[4]  output to_string = the_x + theX, toString = theX }");
  }

  @Test
  void aModelOfStringsMayBeCalledList() {
    compiles(
        "model List { input note: str[]  output y = note |> StringLookup(vocabulary = [\"a\"]) }");
  }

  /** javac reads unicode escapes in comments too; a line end there would let the rest run. */
  @ParameterizedTest
  @ValueSource(strings = {"\\u000aint leak;//", "C:\\users", "\\", "*/ int leak; /*"})
  void wordsOfTheModelStayInComments(String words) {
    compiles(
        "model M { input x: f32[4]  let y = x /* "
            + words.replace("*/", "* /")
            + " */ |> Dense(3)  output z = y |> tanh }");
  }

  private static void compiles(String text) {
    for (var style : KernelStyle.values()) {
      var request = CompileRequest.of(SourceFile.of("m.mdl", text)).withKernels(style);
      var generated = Compiler.generate(Compiler.bind(request).bound().orElseThrow(), request);
      assertThat(
              InMemoryJavac.compile(
                  Map.of(generated.className(), generated.source()),
                  List.of("-Xlint:all,-incubating", "-Werror")))
          .isNotEmpty();
      assertThat(generated.source().lines().map(String::strip))
          .noneMatch(line -> line.startsWith("int leak"));
    }
  }
}
