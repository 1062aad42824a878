package org.mdlc.compiler.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.InvocationTargetException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.mdlc.compiler.source.SourceFile;
import org.mdlc.runtime.data.HostTensor;

/** A Java program speaks to a model by the names and types of its inputs, labels and outputs. */
final class TypedPortsTest {
  private static final String MODEL =
      """
      model Listing {
        input photo: f32[2, 2, 1], words: i32[3], age: f32[], note: str[], block: f32[1, 2, 1, 2]
        let said = note
            |> TextVectorization(output_sequence_length = 2, vocabulary = ["good", "bad"])
            |> Embedding(4, 2, embeddings_initializer = Ones)
            |> Flatten()
        let seen = concat(photo |> Flatten(), words |> Embedding(10, 1) |> Flatten(), said)
        output price = seen |> Dense(1, kernel_initializer = Zeros)
        output older = age + 1
        output kind = argmax(photo |> Flatten())
        output class = photo * 2
        output block_twice = block * 2
        output clone = words
        output pair_of_words = concat(words, words)
      }

      train Listing {
        loss price: MeanSquaredError()
        optimizer SGD()
        sample_weight price
      }
      """;

  /** What is wrong with its types does not compile. */
  private static final String PROGRAM =
      """
      import java.util.List;
      import org.mdlc.runtime.*;
      import org.mdlc.runtime.data.*;

      public final class Program {
        static final float[][][][] PHOTOS = {{{{1}, {2}}, {{4}, {3}}}, {{{8}, {7}}, {{6}, {5}}}};

        static Listing.Data data() {
          return Listing.data()
              .photo(PHOTOS)
              .words(new int[][] {{1, 2, 3}, {4, 5, 6}})
              .age(new float[] {30, 40})
              .note("good", "bad")
              .block(new float[] {1, 2, 3, 4, 5, 6, 7, 8});
        }

        public static List<Object> outputs() {
          try (var model = Listing.create(1)) {
            Listing.Predictions given = model.predict(data());
            float[][] price = given.price();
            float[] older = given.older();
            int[] kind = given.kind();
            float[][][][] photo = given.class_();
            HostTensor block = given.blockTwice();
            int[][] words = given.clone_();
            int[][] pairs = given.pairOfWords();
            return List.of(price, older, kind, photo, block, words, pairs);
          }
        }

        public static List<Object> sameOutputs() {
          try (var model = Listing.create(1)) {
            var flat =
                Listing.data()
                    .photo(new float[] {1, 2, 4, 3, 8, 7, 6, 5})
                    .words(HostTensor.of(new int[] {1, 2, 3, 4, 5, 6}, 2, 3))
                    .age(new float[] {30, 40})
                    .note(List.of("good", "bad"))
                    .block(HostTensor.of(new float[] {1, 2, 3, 4, 5, 6, 7, 8}, 2, 1, 2, 1, 2));
            var given = Listing.Predictions.of(model.predict(flat.toDataset(), Run.batchSize(1)));
            return List.of(
                given.price(), given.older(), given.kind(), given.class_(), given.blockTwice(),
                given.clone_(), given.pairOfWords());
          }
        }

        public static float[][] trained() {
          try (var model = Listing.create(1)) {
            var rows = data().price(new float[] {3, 5}).priceWeight(new float[] {1, 0});
            model.fit(rows.toDataset(), model.defaults());
            return model.predict(rows).price();
          }
        }

        public static void missing() {
          try (var model = Listing.create(1)) {
            model.predict(Listing.data().photo(PHOTOS));
          }
        }
      }
      """;

  private static Class<?> program;

  @BeforeAll
  static void compile() throws ClassNotFoundException {
    var request = CompileRequest.of(SourceFile.of("listing.mdl", MODEL));
    var generated = Compiler.generate(Compiler.bind(request).bound().orElseThrow(), request);
    program =
        InMemoryJavac.loadAll(
                Map.of("Listing", generated.source(), "Program", PROGRAM),
                TypedPortsTest.class.getClassLoader())
            .loadClass("Program");
  }

  @Test
  void outputsHaveTheirTypes() throws Exception {
    assertThat(call("outputs"))
        .usingRecursiveComparison()
        .isEqualTo(
            List.of(
                new float[][] {{0}, {0}},
                new float[] {31, 41},
                new int[] {2, 0},
                new float[][][][] {{{{2}, {4}}, {{8}, {6}}}, {{{16}, {14}}, {{12}, {10}}}},
                HostTensor.of(new float[] {2, 4, 6, 8, 10, 12, 14, 16}, 2, 1, 2, 1, 2),
                new int[][] {{1, 2, 3}, {4, 5, 6}},
                new int[][] {{1, 2, 3, 1, 2, 3}, {4, 5, 6, 4, 5, 6}}));
  }

  @Test
  void flatArraysAndTensorsDoAsWell() throws Exception {
    assertThat(call("sameOutputs")).usingRecursiveComparison().isEqualTo(call("outputs"));
  }

  @Test
  void labelsAndWeightsTrain() throws Exception {
    var trained = (float[][]) call("trained");
    assertThat(trained[0][0]).isPositive();
  }

  @Test
  void whatIsMissingIsNamed() {
    assertThatThrownBy(() -> call("missing"))
        .isInstanceOf(InvocationTargetException.class)
        .cause()
        .hasMessageContaining("Listing needs the input words: i32[3], which the data lacks");
  }

  private static Object call(String method) throws Exception {
    return program.getMethod(method).invoke(null);
  }
}
