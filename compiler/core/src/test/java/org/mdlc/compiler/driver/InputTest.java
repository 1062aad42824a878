package org.mdlc.compiler.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mdlc.compiler.diag.Diagnostic;
import org.mdlc.compiler.driver.Input.Kind;
import org.mdlc.compiler.source.SourceFile;

/** What a compilation looks at, and what counts as a change of it. */
final class InputTest {
  @TempDir private Path folder;

  private Path file(String name, String text) throws IOException {
    var file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  private Input input(Kind kind, String name) {
    return new Input(kind, folder.resolve(name));
  }

  @Test
  void aFileSaysWhatItLooksAt() throws IOException {
    file("parts/heads.mdl", "import \"../sizes.mdl\"\nblock head()(x) = x |> Dense(size)\n");
    file("sizes.mdl", "let size = 3\n");
    var table =
        file(
            "m.mdl",
            """
            import "parts/heads.mdl"
            model M { input a: f32[]  output y = reshape(a, [1]) |> head() }
            train M {
              data csv("m.csv") { a = column("a"), y = label }
              loss SparseCategoricalCrossentropy(from_logits = true)
              optimizer SGD()
            }
            """);
    assertThat(inputsOf(table))
        .containsExactlyInAnyOrder(
            input(Kind.TEXT, "parts/heads.mdl"),
            input(Kind.TEXT, "sizes.mdl"),
            input(Kind.TABLE, "m.csv"));

    var images =
        file(
            "i.mdl",
            """
            model I { input image: f32[8, 8, 3]  output y = image |> Flatten() |> Dense(2) }
            train I {
              data images("train") { image = images / 255, y = labels }
              loss SparseCategoricalCrossentropy(from_logits = true)
              optimizer SGD()
            }
            """);
    assertThat(inputsOf(images)).contains(input(Kind.FOLDER, "train"));
  }

  @Test
  void aNameThatNoFileCanHaveIsOneThatIsNotThere() {
    // NUL is what every system refuses; Windows also refuses : ? * and more
    var model =
        """
        import "a\0.mdl"
        model M { input image: f32[8, 8, 3]  output y = image |> Flatten() |> Dense(2) }
        """;
    assertThat(messages(model)).containsExactly("there is no file \"a\0.mdl\"");

    var train =
        """
        model M { input a: f32[8, 8, 3]  output y = a |> Flatten() |> Dense(2) }
        train M {
          data %s
          loss SparseCategoricalCrossentropy(from_logits = true)
          optimizer SGD()
        }
        """;
    assertThat(messages(train.formatted("images(\"a\0\") { a = images, y = labels }"))).isEmpty();
    assertThat(messages(train.formatted("csv(\"a\0\") { a = columns(0..191), y = label }")))
        .isEmpty();
  }

  private static List<String> messages(String text) {
    return Compiler.check(CompileRequest.of(SourceFile.of("m.mdl", text))).sorted().stream()
        .map(Diagnostic::message)
        .toList();
  }

  private static Set<Input> inputsOf(Path file) throws IOException {
    var inputs = new LinkedHashSet<Input>();
    var compiled = Compiler.bindAll(CompileRequest.of(file).withInputs(inputs::add));
    assertThat(compiled.problems().sorted()).isEmpty();
    return inputs;
  }

  @Test
  void aTextChangesWithEveryByte() throws IOException {
    var text = input(Kind.TEXT, "a.mdl");
    assertThat(text.fingerprint()).isEqualTo("absent");
    file("a.mdl", "abc");
    assertThat(text.fingerprint())
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    file("a.mdl", "abc ");
    assertThat(text.fingerprint()).doesNotStartWith("ba7816");
  }

  @Test
  void aTableChangesWithItsRowsUnlessItIsLarge() throws IOException {
    var table = input(Kind.TABLE, "a.csv");
    assertThat(table.fingerprint()).isEqualTo("absent");
    file("a.csv", "a,b\n1,2\n");
    var small = table.fingerprint();
    file("a.csv", "a,b\n1,3\n");
    assertThat(table.fingerprint()).isNotEqualTo(small);
    var rows = "1,2\n".repeat(2_200_000); // over 8 MiB, of which only the header is looked at
    file("a.csv", "a,b\n" + rows);
    var large = table.fingerprint();
    file("a.csv", "a,b\n" + rows + "3,4\n");
    assertThat(table.fingerprint()).isEqualTo(large);
    file("a.csv", "a,c\n" + rows);
    assertThat(table.fingerprint()).isNotEqualTo(large);
  }

  @Test
  void aFolderChangesWithItsClasses() throws IOException {
    var classes = input(Kind.FOLDER, "train");
    assertThat(classes.fingerprint()).isEqualTo("absent");
    file("train/cats/1.png", "");
    var one = classes.fingerprint();
    file("train/cats/2.png", "");
    file("train/notes.txt", "");
    file("train/.cache/x", "");
    assertThat(classes.fingerprint()).isEqualTo(one);
    file("train/dogs/1.png", "");
    assertThat(classes.fingerprint()).isNotEqualTo(one);
  }
}
