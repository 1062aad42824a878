package org.mdlc.maven;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.maven.plugin.logging.SystemStreamLog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mdlc.compiler.emit.java.KernelStyle;

/** A folder of models as people keep them: definitions that others import, edits and mistakes. */
final class CompileModelsTest {
  private static final String LAYERS = "block head(n: int)(x) = x |> Dense(n)\n";
  private static final String MODEL =
      "import \"layers.mdl\"\nmodel %s { input x: f32[4]  output y = x |> head(2) }\n";
  private static final Instant LONG_AGO = Instant.parse("2020-01-01T00:00:00Z");

  @TempDir private Path folder;
  private final List<String> errors = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private final List<String> infos = new ArrayList<>();
  private CompileModels.Options options;

  private Path file(String name, String text) throws IOException {
    var file = folder.resolve("mdl").resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  /** What a build says in the end; everything it said before is in the lists. */
  private Optional<String> compile() throws IOException {
    return compile(UnaryOperator.identity());
  }

  private Optional<String> compile(UnaryOperator<CompileModels.Options> change) throws IOException {
    options =
        change.apply(new CompileModels.Options("mdlc 1", output(), Map.of(), KernelStyle.VECTOR));
    return compile(ModelFile.in(folder.resolve("mdl"), "org.acme"));
  }

  private Optional<String> compile(List<ModelFile> files) throws IOException {
    errors.clear();
    warnings.clear();
    infos.clear();
    return compile("compile", files);
  }

  private Optional<String> compile(String execution, List<ModelFile> files) throws IOException {
    var stateFile =
        new StateFile(folder.resolve("target/mdlc"), execution, Set.of("compile", "other"), folder);
    return new CompileModels(new Log(), options, stateFile).run(files);
  }

  private Path output() {
    return folder.resolve("target/generated");
  }

  private Path state() {
    return folder.resolve("target/mdlc/compile.state");
  }

  private final class Log extends SystemStreamLog {
    @Override
    public void error(CharSequence content) {
      errors.add(content.toString());
    }

    @Override
    public void warn(CharSequence content) {
      warnings.add(content.toString());
    }

    @Override
    public void info(CharSequence content) {
      infos.add(content.toString());
    }
  }

  private List<String> classes() throws IOException {
    if (!Files.isDirectory(output())) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(output())) {
      return files
          .filter(Files::isRegularFile)
          .map(f -> output().relativize(f).toString().replace('\\', '/'))
          .sorted()
          .toList();
    }
  }

  private Path classFile(String name) {
    return output().resolve("org/acme/" + name + ".java");
  }

  /** Makes all classes old, so that it shows when one is written. */
  private void age() throws IOException {
    for (var name : classes()) {
      Files.setLastModifiedTime(output().resolve(name), FileTime.from(LONG_AGO));
    }
  }

  private List<String> written() throws IOException {
    var written = new ArrayList<String>();
    for (var name : classes()) {
      if (!Files.getLastModifiedTime(output().resolve(name)).toInstant().equals(LONG_AGO)) {
        written.add(name);
      }
    }
    return written;
  }

  // ---- what is compiled

  @Test
  void foldersArePackages() throws IOException {
    file("layers.mdl", LAYERS);
    file("a.mdl", MODEL.formatted("A"));
    file("vision/b.mdl", MODEL.formatted("B").replace("layers", "../layers"));
    assertThat(compile()).isEmpty();
    assertThat(classes()).containsExactly("org/acme/A.java", "org/acme/vision/B.java");
    assertThat(Files.readString(output().resolve("org/acme/vision/B.java")))
        .contains("package org.acme.vision;");
    assertThat(infos).containsExactly("Compiled 3 model files to " + shown("target/generated"));
    assertThat(warnings).isEmpty();
  }

  private static String shown(String path) {
    return path.replace('/', File.separatorChar);
  }

  @Test
  void aFolderThatIsNoNameInJavaMayHoldDefinitionsOnly() throws IOException {
    file("my-parts/layers.mdl", LAYERS);
    assertThat(compile()).isEmpty();
    var wrong = file("my-parts/m.mdl", MODEL.formatted("M"));
    assertThat(compile()).contains("1 error in 1 of 2 model files: " + shown("mdl/my-parts/m.mdl"));
    assertThat(errors)
        .containsExactly(
            wrong
                + ":[1,1] error: the class M would be in the package org.acme.my-parts, which is no"
                + " name in Java; rename the folder");
  }

  @Test
  void aClassWithoutPackageIsWarnedOf() throws IOException {
    file("layers.mdl", LAYERS);
    var file = file("m.mdl", MODEL.formatted("M"));
    compile();
    assertThat(compile(ModelFile.in(folder.resolve("mdl"), ""))).isEmpty();
    assertThat(classes()).containsExactly("M.java");
    assertThat(warnings)
        .singleElement()
        .asString()
        .startsWith(file + ":[1,1] warning: the class M is in no package");
  }

  @Test
  void aFileOfDefinitionsIsChecked() throws IOException {
    var layers = file("layers.mdl", "block head(n: imt)(x) = x |> Dense(n)\n");
    assertThat(compile()).contains("1 error in 1 model file: " + shown("mdl/layers.mdl"));
    assertThat(errors)
        .singleElement()
        .asString()
        .startsWith(layers + ":[1,15] error[E")
        .contains("there is no type `imt`");
  }

  @Test
  void theErrorsOfAllFilesAreReportedAndTheOthersCompiled() throws IOException {
    file("layers.mdl", LAYERS);
    var a = file("a.mdl", "model A { input x: f32[4]  output y = x |> Dence(2) }\n");
    file("b.mdl", MODEL.formatted("B"));
    var c = file("c.mdl", "model C { input x: f32[4]  output y = x |> Dense(2 }\n");
    var open = file("e.mdl", "model E { input x: f32[T, 4]  output y = x |> Dense(2) }\n");
    assertThat(compile())
        .contains(shown("3 errors in 3 of 5 model files: mdl/a.mdl, mdl/c.mdl, mdl/e.mdl"));
    assertThat(errors).hasSize(3);
    assertThat(errors.get(0))
        .isEqualTo(
            a
                + """
                :[1,44] error[E0201]: there is no `Dence` here
                  |
                1 | model A { input x: f32[4]  output y = x |> Dence(2) }
                  |                                            ^^^^^
                  = help: did you mean `Dense`?
                  |
                1 | model A { input x: f32[4]  output y = x |> Dense(2) }
                  |                                            ~~~~~
                """);
    assertThat(errors.get(1)).startsWith(c + ":[1,49] error[E");
    assertThat(errors.get(2))
        .isEqualTo(
            open
                + ":[1,1] error: model E: the size of T is not known; give it, as in"
                + " <settings><T>80</T></settings>");
    assertThat(classes()).containsExactly("org/acme/B.java");
    assertThat(compile(List.of(new ModelFile(folder.resolve("gone.mdl"), "org.acme")))).isPresent();
    assertThat(errors)
        .containsExactly(folder.resolve("gone.mdl") + ":[1,1] error: there is no such file");
  }

  @Test
  void anErrorOfAnImportIsSaidOnce() throws IOException {
    file("layers.mdl", "block head(n: int)(x) = x |> Dense(m)\n");
    file("a.mdl", MODEL.formatted("A"));
    file("b.mdl", MODEL.formatted("B"));
    assertThat(compile()).contains(shown("1 error in 2 of 3 model files: mdl/a.mdl, mdl/b.mdl"));
    assertThat(errors).hasSize(1);
  }

  @Test
  void ofSeveralModelsThoseThatAreTrainedAreMeant() throws IOException {
    file("layers.mdl", LAYERS);
    var both =
        file(
            "both.mdl",
            MODEL.formatted("Encoder")
                + "model Whole { input x: f32[4]  output y = x |> Encoder() }\n");
    var trained =
        file(
            "trained.mdl",
            "import \"both.mdl\"\ntrain Whole { loss MeanSquaredError()  optimizer SGD() }\n");
    assertThat(compile()).isPresent(); // both give the class Whole
    assertThat(compile(List.of(new ModelFile(trained, "org.acme")))).isEmpty();
    assertThat(classes()).containsExactly("org/acme/Whole.java");
    assertThat(compile(List.of(new ModelFile(both, "org.acme")))).isEmpty();
    assertThat(classes()).containsExactly("org/acme/Encoder.java", "org/acme/Whole.java");
  }

  @Test
  void settingsReachTheModelsAndTheirErrorsNameThem() throws IOException {
    file("e.mdl", "model E { input x: f32[T, 4]  output y = x |> Dense(2) }\n");
    assertThat(compile(o -> withSettings(o, Map.of("T", "5")))).isEmpty();
    assertThat(classes()).containsExactly("org/acme/E.java");
    assertThat(compile(o -> withSettings(o, Map.of("T", "5", "U", "6")))).isPresent();
    assertThat(errors)
        .singleElement()
        .asString()
        .startsWith("<settings><U> error[E")
        .contains("no parameter and no dimension `U`");
  }

  private static CompileModels.Options withSettings(
      CompileModels.Options options, Map<String, String> settings) {
    return new CompileModels.Options(options.tool(), options.output(), settings, options.kernels());
  }

  @Test
  void twoModelsOfOneNameAreAnErrorAlsoWhenOneIsUpToDate() throws IOException {
    file("layers.mdl", LAYERS);
    var b = file("b.mdl", MODEL.formatted("M"));
    assertThat(compile()).isEmpty();
    file("a.mdl", MODEL.formatted("M"));
    assertThat(compile()).contains(shown("1 error in 1 of 3 model files: mdl/b.mdl"));
    assertThat(errors)
        .containsExactly(
            b + ":[1,1] error: " + shown("mdl/a.mdl") + " has a model M too; rename one of them");
    file("b.mdl", MODEL.formatted("N"));
    assertThat(compile()).isEmpty();
    assertThat(classes()).containsExactly("org/acme/M.java", "org/acme/N.java");
  }

  // ---- what is not compiled again

  @Test
  void nothingIsDoneTwice() throws IOException {
    file("layers.mdl", LAYERS);
    file("m.mdl", MODEL.formatted("M"));
    compile();
    age();
    assertThat(compile()).isEmpty();
    assertThat(infos).containsExactly("Nothing to compile - 2 model files up to date");
    assertThat(written()).isEmpty();
  }

  @Test
  void anEditReachesWhoeverImportsTheFile() throws IOException {
    file("layers.mdl", LAYERS);
    file("a.mdl", MODEL.formatted("A"));
    file("b.mdl", "model B { input x: f32[4]  output y = x |> Dense(2) }\n");
    compile();
    age();
    file("layers.mdl", LAYERS.replace("Dense(n)", "Dense(n, use_bias = false)"));
    compile();
    assertThat(infos)
        .containsExactly("Compiled 2 of 3 model files to " + shown("target/generated"));
    assertThat(written()).containsExactly("org/acme/A.java");
    age();
    file("b.mdl", "model B { input x: f32[4]  output y = x |> Dense(3) }\n");
    compile();
    assertThat(written()).containsExactly("org/acme/B.java");
  }

  @Test
  void aClassThatStaysTheSameKeepsItsTime() throws IOException {
    file("layers.mdl", LAYERS);
    file("m.mdl", MODEL.formatted("M"));
    compile();
    age();
    file("m.mdl", MODEL.formatted("M") + "// that is all\n");
    compile();
    assertThat(infos)
        .containsExactly("Compiled 1 of 2 model files to " + shown("target/generated"));
    assertThat(written()).isEmpty();
  }

  @Test
  void dataThatCompilationLooksAtCounts() throws IOException {
    var csv = file("m.csv", "a,label\n1,0\n2,1\n");
    file(
        "m.mdl",
        """
        model M { input a: f32[1]  output y = a |> Dense(2) }
        train M {
          data csv("m.csv") { a = columns("a"), y = label }
          loss SparseCategoricalCrossentropy(from_logits = true)
          optimizer SGD()
        }
        """);
    assertThat(compile()).isEmpty();
    compile();
    assertThat(infos).containsExactly("Nothing to compile - 1 model file up to date");
    Files.writeString(csv, "b,label\n1,0\n2,1\n");
    assertThat(compile()).isPresent();
    assertThat(errors).singleElement().asString().contains("`a`");
  }

  @Test
  void anotherToolOtherSettingsAndOtherKernelsCompileEverything() throws IOException {
    file("e.mdl", "model E(n: int = 2) { input x: f32[4]  output y = x |> Dense(n) }\n");
    compile();
    for (UnaryOperator<CompileModels.Options> change :
        List.<UnaryOperator<CompileModels.Options>>of(
            o -> new CompileModels.Options("mdlc 2", o.output(), o.settings(), o.kernels()),
            o -> withSettings(o, Map.of("n", "3")),
            o ->
                new CompileModels.Options(o.tool(), o.output(), o.settings(), KernelStyle.PLAIN))) {
      compile(change);
      assertThat(infos).containsExactly("Compiled 1 model file to " + shown("target/generated"));
      compile(change);
      assertThat(infos).containsExactly("Nothing to compile - 1 model file up to date");
    }
    assertThat(Files.readString(classFile("E"))).doesNotContain("jdk.incubator.vector");
  }

  @Test
  void aWarningIsRepeatedUntilItIsMended() throws IOException {
    file("m.mdl", "model M { input x: f32[4], unused: f32[2]  output y = x |> Dense(2) }\n");
    compile();
    assertThat(warnings).singleElement().asString().contains("unused");
    compile();
    assertThat(warnings).singleElement().asString().contains("unused");
    file("m.mdl", "model M { input x: f32[4]  output y = x |> Dense(2) }\n");
    compile();
    compile();
    assertThat(warnings).isEmpty();
    assertThat(infos).containsExactly("Nothing to compile - 1 model file up to date");
  }

  @Test
  void whatSomebodyHasChangedOrDeletedIsMadeAgain() throws IOException {
    file("layers.mdl", LAYERS);
    file("m.mdl", MODEL.formatted("M"));
    compile();
    var text = Files.readString(classFile("M"));
    Files.writeString(classFile("M"), "x");
    compile();
    assertThat(classFile("M")).hasContent(text);
    Files.delete(classFile("M"));
    compile();
    assertThat(classFile("M")).hasContent(text);
  }

  @Test
  void aDamagedStateIsNone() throws IOException {
    file("layers.mdl", LAYERS);
    file("m.mdl", MODEL.formatted("M"));
    compile();
    var good = Files.readString(state());
    for (var bad :
        List.of("", "x", good.substring(1), good.substring(0, 90), good.replace("org", "prg"))) {
      Files.writeString(state(), bad);
      age();
      compile();
      assertThat(infos).containsExactly("Compiled 2 model files to " + shown("target/generated"));
      assertThat(written()).isEmpty();
      assertThat(state()).hasContent(good);
    }
  }

  // ---- what goes

  @Test
  void theClassesOfVanishedModelsGoAndNothingElse() throws IOException {
    file("layers.mdl", LAYERS);
    var a = file("a.mdl", MODEL.formatted("A"));
    var b = file("deep/b.mdl", MODEL.formatted("B").replace("layers", "../layers"));
    compile();
    var own = Files.writeString(output().resolve("org/acme/Own.java"), "mine");
    file("a.mdl", MODEL.formatted("C"));
    Files.delete(b);
    compile();
    assertThat(infos)
        .containsExactly(
            shown("Deleted target/generated/org/acme/A.java: its model is gone"),
            shown("Deleted target/generated/org/acme/deep/B.java: its model is gone"),
            shown("Compiled 1 of 2 model files to target/generated"));
    assertThat(classes()).containsExactly("org/acme/C.java", "org/acme/Own.java");
    assertThat(output().resolve("org/acme/deep")).doesNotExist();
    Files.delete(a);
    compile();
    assertThat(classes()).containsExactly("org/acme/Own.java");
    assertThat(own).hasContent("mine");
  }

  @Test
  void theClassOfABrokenModelStaysUntilItsFileGoes() throws IOException {
    file("layers.mdl", LAYERS);
    var file = file("m.mdl", MODEL.formatted("M"));
    compile();
    file("m.mdl", "model M {");
    assertThat(compile()).isPresent();
    assertThat(compile()).isPresent();
    assertThat(classes()).containsExactly("org/acme/M.java");
    Files.delete(file);
    assertThat(compile()).isEmpty();
    assertThat(classes()).isEmpty();
  }

  @Test
  void aModelThatMovesToAnotherFileKeepsItsClass() throws IOException {
    file("layers.mdl", LAYERS);
    var file = file("z.mdl", MODEL.formatted("M"));
    compile();
    age();
    Files.move(file, folder.resolve("mdl/y.mdl"));
    compile();
    assertThat(infos)
        .containsExactly("Compiled 1 of 2 model files to " + shown("target/generated"));
    assertThat(classes()).containsExactly("org/acme/M.java");
  }

  @Test
  void aModelThatMovesToAnotherExecutionKeepsItsClass() throws IOException {
    file("layers.mdl", LAYERS);
    var a = new ModelFile(file("a.mdl", MODEL.formatted("A")), "org.acme");
    var b = new ModelFile(file("b.mdl", MODEL.formatted("B")), "org.acme");
    compile();
    compile("other", List.of(b));
    compile("compile", List.of(a));
    assertThat(classes()).containsExactly("org/acme/A.java", "org/acme/B.java");
    compile("other", List.of());
    assertThat(classes()).containsExactly("org/acme/A.java");
  }

  @Test
  void aGoalThatWasCalledByHandKeepsNoClass() throws IOException {
    file("layers.mdl", LAYERS);
    file("kept.mdl", MODEL.formatted("Kept"));
    var file = file("m.mdl", MODEL.formatted("M"));
    compile();
    compile("by-hand", ModelFile.in(folder.resolve("mdl"), "org.acme"));
    file("m.mdl", MODEL.formatted("N"));
    compile();
    assertThat(classes()).containsExactly("org/acme/Kept.java", "org/acme/N.java");
    Files.delete(file);
    compile();
    assertThat(classes()).containsExactly("org/acme/Kept.java");
  }

  @Test
  void whatSomebodyHasWrittenInPlaceOfAClassStays() throws IOException {
    file("layers.mdl", LAYERS);
    var file = file("m.mdl", MODEL.formatted("M"));
    compile();
    Files.delete(file);
    Files.writeString(classFile("M"), "mine");
    compile();
    assertThat(classFile("M")).hasContent("mine");
    assertThat(infos).noneMatch(info -> info.startsWith("Deleted "));
  }

  @Test
  void foldersAndFilesMayBeLinks() throws IOException {
    file("layers.mdl", LAYERS);
    file("vision/a.mdl", MODEL.formatted("A").replace("layers", "../layers"));
    var elsewhere = Files.move(folder.resolve("mdl"), folder.resolve("elsewhere"));
    Files.createDirectory(folder.resolve("mdl"));
    Files.createSymbolicLink(folder.resolve("mdl/org"), elsewhere);
    assertThat(compile()).isEmpty();
    assertThat(classes()).containsExactly("org/acme/org/vision/A.java");
    Files.delete(folder.resolve("mdl/org"));
    Files.delete(folder.resolve("mdl"));
    Files.createSymbolicLink(folder.resolve("mdl"), elsewhere);
    assertThat(compile()).isEmpty();
    assertThat(classes()).containsExactly("org/acme/vision/A.java");
    assertThat(compile()).isEmpty();
    assertThat(infos).containsExactly("Nothing to compile - 2 model files up to date");
    Files.createSymbolicLink(elsewhere.resolve("vision/round"), elsewhere);
    assertThatThrownBy(() -> compile()).isInstanceOf(FileSystemLoopException.class);
  }
}
