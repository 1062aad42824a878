package org.mdlc.compiler.driver;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.mdlc.compiler.source.SourceFile;
import org.mdlc.runtime.Model;
import org.mdlc.runtime.data.HostTensor;
import org.mdlc.runtime.utils.RandomSeed;

/** Which seed a model takes: its own, that of setRandomSeed, 0. */
final class SeedTest {
  private static final String MODEL =
      """
      model Seeded {
        input x: f32[2]
        output y = x |> Dense(2) |> Dense(1)
      }
      train Seeded { loss MeanSquaredError()  optimizer SGD()  %s }
      """;

  @AfterEach
  void clear() {
    RandomSeed.clear();
  }

  @Test
  void aModelTakesTheSeedThatIsNearest() {
    assertThat(kernel("", null)).isEqualTo(kernel("", 0L));
    RandomSeed.setRandomSeed(5);
    // Also the second one: each is as if Keras's set_random_seed came right before it.
    assertThat(kernel("", null)).isEqualTo(kernel("", 5L));
    assertThat(kernel("", null)).isEqualTo(kernel("", 5L)).isNotEqualTo(kernel("", 0L));
    assertThat(kernel("seed 7", null)).isEqualTo(kernel("", 7L));
    assertThat(kernel("seed 7", 5L)).isEqualTo(kernel("", 5L));
  }

  private static HostTensor kernel(String setting, Long seed) {
    var request = CompileRequest.of(SourceFile.of("seeded.mdl", MODEL.replace("%s", setting)));
    var generated = Compiler.generate(Compiler.bind(request).bound().orElseThrow(), request);
    var type =
        InMemoryJavac.load(
            generated.className(), generated.source(), SeedTest.class.getClassLoader());
    try (var model =
        (Model)
            (seed == null
                ? type.getMethod("create").invoke(null)
                : type.getMethod("create", long.class).invoke(null, seed))) {
      return model.variables().get("dense/kernel");
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("the generated class cannot be created", e);
    }
  }
}
