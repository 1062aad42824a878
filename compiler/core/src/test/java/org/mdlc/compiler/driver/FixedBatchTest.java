package org.mdlc.compiler.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.mdlc.compiler.diag.Renderer;
import org.mdlc.compiler.source.SourceFile;
import org.mdlc.runtime.Fit;
import org.mdlc.runtime.Model;
import org.mdlc.runtime.Run;
import org.mdlc.runtime.Verbosity;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.HostTensor;

/** The number of examples that an input declares, where batches are made. */
final class FixedBatchTest {
  private static final String STATEFUL =
      """
      model Case {
        input x: f32[2, 1] batch 4
        output y = x |> SimpleRNN(1, stateful = true)
      }

      train Case {
        loss MeanSquaredError()
        optimizer SGD()
      }
      """;

  private static Model model() {
    var request = CompileRequest.of(SourceFile.of("case.mdl", STATEFUL));
    var compilation = Compiler.bind(request);
    var bound =
        compilation
            .bound()
            .orElseThrow(() -> new AssertionError(Renderer.plain().render(compilation.problems())));
    var generated = Compiler.generate(bound, request);
    try {
      return (Model)
          InMemoryJavac.load(
                  generated.className(), generated.source(), FixedBatchTest.class.getClassLoader())
              .getMethod("create", long.class)
              .invoke(null, 42L);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(e.getMessage(), e);
    }
  }

  private static ArrayDataset rows(int count) {
    var x = new float[2 * count];
    for (int i = 0; i < x.length; i++) {
      x[i] = i % 5;
    }
    return ArrayDataset.of(
        Map.of("x", HostTensor.of(x, count, 2, 1), "y", HostTensor.of(new float[count], count, 1)));
  }

  private static Run batches(int rows) {
    return Run.batchSize(rows).verbose(Verbosity.SILENT);
  }

  @Test
  void batchesHaveTheDeclaredNumberUnlessAskedOtherwise() {
    try (var one = model();
        var other = model()) {
      var usual = one.predict(rows(10)).get("y").floats();
      assertThat(usual).doesNotContain(Float.NaN);
      assertThat(usual).containsExactly(other.predict(rows(10), batches(4)).get("y").floats());
      one.fit(rows(10), Fit.epochs(1).shuffle(false).verbose(Verbosity.SILENT));
      other.fit(rows(10), Fit.epochs(1).batchSize(4).shuffle(false).verbose(Verbosity.SILENT));
      assertThat(one.evaluate(rows(10)).values())
          .isEqualTo(other.evaluate(rows(10), batches(4)).values());
    }
  }

  @Test
  void aLargerBatchIsRefused() {
    try (var model = model()) {
      assertThatThrownBy(() -> model.predict(rows(10), batches(5)))
          .isInstanceOf(DataException.class)
          .hasMessage(
              "Case takes batches of at most 4 rows, as its input declares, and this one has 5");
      assertThatThrownBy(() -> model.trainOnBatch(rows(6))).isInstanceOf(DataException.class);
      assertThat(model.predict(rows(3), batches(5)).get("y").floats()).doesNotContain(Float.NaN);
    }
  }
}
