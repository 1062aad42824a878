package org.mdlc.maven;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.apache.maven.shared.invoker.MavenInvocationException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The plugin in projects as users have them, built by a Maven of its own. One build of a fresh
 * project is where the others begin: each goes on in a copy of it, in another folder.
 */
final class PluginIT {
  private static final String MODELS = "src/main/mdl/org/acme/";
  private static final String GENERATED = "target/generated-sources/mdl/";
  private static final String XOR = GENERATED + "org/acme/Xor.java";
  private static final String PRICE = GENERATED + "org/acme/Price.java";

  private static ItProject fresh;
  private static ItProject.Build first;

  @BeforeAll
  static void buildAFreshProject() throws IOException, MavenInvocationException {
    fresh = ItProject.fresh("fresh", "fresh");
    first = fresh.build("package").succeeds();
  }

  @Test
  void aFreshProjectIsCompiledTestedAndPacked() throws IOException {
    first.says(
        MavenPage.printed(0), "[INFO] Compiled 1 model file to target/generated-test-sources/mdl");
    assertThat(first.log()).anyMatch(line -> line.contains("Tests run: 2, Failures: 0, Errors: 0"));
    assertThat(fresh.bytes(GENERATED)).containsOnlyKeys(Path.of(XOR), Path.of(PRICE));
    try (var jar = new JarFile(fresh.folder().resolve("target/fresh-1.0.jar").toFile())) {
      assertThat(jar.stream().map(ZipEntry::getName))
          .contains("org/acme/Xor.class", "org/acme/Xor$TrainStep.class", "org/acme/Price.class")
          .noneMatch(name -> name.contains("Probe"))
          .noneMatch(name -> name.endsWith(".mdl"));
    }
  }

  @Test
  void nothingIsDoneAgainAndTheOtherGoalsDoWhatTheCommandDoes() throws Exception {
    var project = fresh.copied("goals");
    var times = project.times(GENERATED);
    project
        .build("compile", "mdlc:check", "mdlc:summary", "mdlc:plot", "mdlc:export", "mdlc:help")
        .succeeds()
        .says(
            MavenPage.printed(1),
            "[INFO] No errors in 4 model files",
            " Trainable params: 33 (132.00 B)",
            "This plugin has 7 goals:");
    assertThat(project.times(GENERATED)).isEqualTo(times);
    assertThat(project.files(Path.of("target/mdlc")).stream().map(f -> f.getFileName().toString()))
        .contains("Xor.svg", "Price.svg", "Xor.keras", "Price.keras");
  }

  @Test
  void onlyWhatAnEditTouchesIsCompiledAgain() throws Exception {
    var project = fresh.copied("edits");
    var times = project.times(GENERATED);

    project.edit(MODELS + "price.mdl", "facts |> Dense(1)", "facts |> Dense(4) |> Dense(1)");
    project
        .build("generate-sources")
        .succeeds()
        .says("[INFO] Compiled 1 of 3 model files to target/generated-sources/mdl");
    assertThat(project.times(GENERATED).get(Path.of(XOR))).isEqualTo(times.get(Path.of(XOR)));
    assertThat(project.read(PRICE)).contains("dense_1/kernel");

    project.edit(MODELS + "layers.mdl", "activation = tanh", "activation = sigmoid");
    project
        .build("generate-sources")
        .succeeds()
        .says("[INFO] Compiled 2 of 3 model files to target/generated-sources/mdl");
    assertThat(project.read(XOR)).isNotEqualTo(fresh.read(XOR));
  }

  @Test
  void theClassOfADeletedModelGoes() throws Exception {
    var project = fresh.copied("deleted");
    project.build("mdlc:compile").succeeds(); // by hand: it knows the model too
    project.delete(MODELS + "price.mdl");
    project
        .build("process-classes")
        .succeeds()
        .says(
            "[INFO] Deleted " + PRICE.replace('/', File.separatorChar) + ": its model is gone",
            "[INFO] Nothing to compile - 2 model files up to date");
    assertThat(project.bytes(GENERATED)).containsOnlyKeys(Path.of(XOR));
    assertThat(project.files(Path.of("target/classes")))
        .contains(Path.of("target/classes/org/acme/Xor.class"))
        .doesNotContain(Path.of("target/classes/org/acme/Price.class"));
  }

  @Test
  void aBrokenModelFailsWithItsPlaceAndAMendedOneBuilds() throws Exception {
    var project = fresh.copied("broken");
    project.edit(MODELS + "xor.mdl", "Dense(1)", "Dence(1)");
    project.edit(MODELS + "price.mdl", "input facts: f32[3]", "input facts: f23[3]");
    var xor = project.folder().resolve(MODELS + "xor.mdl");
    var price = project.folder().resolve(MODELS + "price.mdl");
    var build = project.build("compile").fails();
    assertThat(build.log())
        .anyMatch(l -> l.startsWith("[ERROR] " + price + ":[3,16] error[E0208]: "))
        .anyMatch(
            l ->
                l.startsWith("[ERROR] Failed to execute goal org.mdlc:mdlc-maven-plugin:")
                    && l.contains(
                        ":compile (default) on project fresh: 2 errors in 2 of 3 model files: "
                            + project.folder().relativize(price)
                            + ", "
                            + project.folder().relativize(xor)));
    var onThePage = "/home/me/fresh/" + MODELS + "xor.mdl";
    assertThat(String.join("\n", build.log()))
        .contains(MavenPage.printed(2).replace(onThePage, xor.toString()));
    assertThat(project.bytes(GENERATED)).isEqualTo(fresh.bytes(GENERATED));
    project.build("mdlc:check").fails().neverSays("Compiled ");
    project.build("test-compile", "-Dmdlc.skip").succeeds().says("[INFO] Skipped");

    project.edit(MODELS + "xor.mdl", "Dence(1)", "Dense(1)");
    project.edit(MODELS + "price.mdl", "f23", "f32");
    project
        .build("generate-sources")
        .succeeds()
        .says("[INFO] Compiled 2 of 3 model files to target/generated-sources/mdl");
    assertThat(project.bytes(GENERATED)).isEqualTo(fresh.bytes(GENERATED));
  }

  @Test
  void anotherVersionOfTheToolCompilesEverything() throws Exception {
    var project = fresh.copied("version");
    var version = ItProject.property("it.project.version");
    publish(version, "9.9-it");
    var plugin = "<artifactId>mdlc-maven-plugin</artifactId>\n        <version>";
    project.edit("pom.xml", plugin + version, plugin + "9.9-it");
    project
        .build("generate-sources")
        .succeeds()
        .says("[INFO] Compiled 3 model files to target/generated-sources/mdl");
    // The same compiler under another name writes the same.
    assertThat(project.times(GENERATED)).isEqualTo(fresh.times(GENERATED));
  }

  /** Puts the plugin into the repository under another version too, with the same compiler. */
  private static void publish(String version, String other) throws IOException {
    var name = "mdlc-maven-plugin";
    var versions = Path.of(ItProject.property("it.repository"), "org", "mdlc", name);
    var folder = Files.createDirectories(versions.resolve(other));
    Files.writeString(
        folder.resolve(name + "-" + other + ".pom"),
        """
        <project>
          <modelVersion>4.0.0</modelVersion>
          <groupId>org.mdlc</groupId>
          <artifactId>%s</artifactId>
          <version>%s</version>
          <packaging>maven-plugin</packaging>
          <dependencies>
            <dependency>
              <groupId>org.mdlc</groupId>
              <artifactId>mdlc-cli</artifactId>
              <version>%s</version>
            </dependency>
          </dependencies>
        </project>
        """
            .formatted(name, other, version));
    var jar = folder.resolve(name + "-" + other + ".jar");
    Files.write(
        jar, Files.readAllBytes(versions.resolve(version).resolve(name + "-" + version + ".jar")));
    try (var files = FileSystems.newFileSystem(jar)) {
      var descriptor = files.getPath("META-INF/maven/plugin.xml");
      Files.writeString(
          descriptor,
          Files.readString(descriptor)
              .replaceFirst("<version>[^<]*</version>", "<version>" + other + "</version>"));
    }
  }

  @Test
  void twoFoldersAndTimeZonesGiveTheSameBytes() throws Exception {
    var elsewhere = ItProject.fresh("fresh", "elsewhere/in/another folder");
    elsewhere
        .build(
            Map.of("TZ", "Pacific/Auckland", "LC_ALL", "tr_TR.UTF-8"),
            "package",
            "-DskipTests",
            "-Duser.timezone=Pacific/Auckland",
            "-Duser.language=tr")
        .succeeds();
    assertThat(elsewhere.bytes(GENERATED)).isEqualTo(fresh.bytes(GENERATED));
    assertThat(elsewhere.bytes("target/generated-test-sources/mdl"))
        .isNotEmpty()
        .isEqualTo(fresh.bytes("target/generated-test-sources/mdl"));
    assertThat(elsewhere.bytes("target/classes")).isEqualTo(fresh.bytes("target/classes"));
    assertThat(Digest.ofFile(elsewhere.folder().resolve("target/fresh-1.0.jar")))
        .isEqualTo(Digest.ofFile(fresh.folder().resolve("target/fresh-1.0.jar")));
  }

  @Test
  void modulesAreBuiltInParallel() throws Exception {
    var modules = ItProject.fresh("modules", "modules");
    var build = modules.build("-T2", "package").succeeds();
    build
        .says("[INFO] Compiled 1 model file to target/generated-sources/mdl")
        .neverSays("not thread-safe");
    assertThat(build.log()).anyMatch(line -> line.contains("Tests run: 2, Failures: 0, Errors: 0"));
    assertThat(modules.bytes("tabular/" + GENERATED))
        .containsOnlyKeys(Path.of("tabular", GENERATED, "org/acme/tabular/Line.java"));
  }

  @Test
  void kotlinUsesAGeneratedClass() throws Exception {
    var build = ItProject.fresh("kotlin", "kotlin").build("test").succeeds();
    assertThat(build.log()).anyMatch(line -> line.contains("Tests run: 1, Failures: 0, Errors: 0"));
  }
}
