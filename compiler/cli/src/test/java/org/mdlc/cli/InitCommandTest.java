package org.mdlc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.mdlc.compiler.driver.CompileRequest;
import org.mdlc.compiler.driver.Compiler;
import org.mdlc.compiler.driver.InMemoryJavac;

final class InitCommandTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @EnumSource(ProjectTemplate.class)
  void aNewProjectTrainsAtOnce(ProjectTemplate template) throws IOException {
    var project = project("new project", template);
    var model = project.resolve(template.modelFile()).toString();
    assertThat(CommandRun.of("check", model).err()).isEmpty();
    assertThat(CommandRun.of("fmt", "--check", model).out()).isEmpty();
    var trained = CommandRun.of("train", model, "--verbose", "0");
    assertThat(trained.err()).isEmpty();
    var accuracy = trained.out().replaceFirst("(?s).*test accuracy: (\\S+)\n", "$1");
    assertThat(Double.parseDouble(accuracy)).isGreaterThanOrEqualTo(0.85);
  }

  @ParameterizedTest
  @EnumSource(ProjectTemplate.class)
  void programAndTestOfANewProjectRun(ProjectTemplate template)
      throws IOException, InterruptedException {
    var project = project("new-project", template);
    var classes = compiled(project, template);
    assertThat(run(project, classes, "com.example.newproject.Main"))
        .containsPattern("it has never seen: (0\\.9|1\\.0)");
    var test = template == ProjectTemplate.CSV ? "IrisTest" : "ReviewsTest";
    var method =
        template == ProjectTemplate.CSV
            ? "knowsFlowersItHasNeverSeen"
            : "knowsReviewsItHasNeverSeen";
    run(project, classes, RunTestMethod.class.getName(), "com.example.newproject." + test, method);
  }

  @Test
  void tellsWhatToTypeNext() {
    var run = CommandRun.of("init", folder.resolve("my flowers").toString());
    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .contains(
            "  cd '" + folder.resolve("my flowers") + "'\n",
            "  mdlc train src/main/mdl/iris.mdl\n",
            "  mvn test\n");
  }

  @Test
  void theReadmeTrainsWhatInitMade() throws IOException {
    assertThat(Files.readString(Path.of("../../README.md")))
        .contains("\n../mdlc train " + ProjectTemplate.CSV.modelFile() + "\n");
  }

  @Test
  void saysThatItIsHere() {
    var here = new NextSteps(Map.of(), Path.of("."), "1.0").text(ProjectTemplate.CSV);
    assertThat(here).startsWith("Made a project in this folder. ").doesNotContain("  cd ");
  }

  @Test
  void tellsThePathOfALauncherThatTheShellDoesNotFind() throws IOException {
    var sources = Files.createDirectories(folder.resolve("sources"));
    var launcher = Files.createFile(sources.resolve("mdlc"));
    var environment = Map.of(NextSteps.LAUNCHER, launcher.toString(), "PATH", "");
    var run = CommandRun.in(environment, false, "init", folder.resolve("flowers").toString());
    assertThat(run.out()).contains("\n  " + launcher + " train src/main/mdl/iris.mdl\n");
  }

  @Test
  void asksForTheOtherJdkOnlyIfTheShellHasAnOlderOne() throws IOException {
    assertThat(nextWithJava(17)).contains("export JAVA_HOME=", "Maven needs a JDK 25");
    assertThat(nextWithJava(25)).doesNotContain("JAVA_HOME");
  }

  @Test
  void readsTheVersionOfAnOldJavaToo() throws IOException {
    var old = new Programs(Map.of("PATH", binWithJava("1.8.0_402").toString()));
    assertThat(old.javaVersion()).hasValue(8);
  }

  /** Of a jar or a zip nobody knows where the sources are. */
  @Test
  void tellsHowAVersionThatIsNotPublishedComesToMaven() {
    var environment = Map.of("PATH", "");
    var unpublished = new NextSteps(environment, Path.of("x"), "9.9-SNAPSHOT");
    assertThat(unpublished.text(ProjectTemplate.CSV))
        .contains(
            "\n  ./mvnw -q -Dquick install   # in the sources of mdlc: Maven Central has no 9.9-SNAPSHOT\n");
    var published = new NextSteps(environment, Path.of("x"), "9.9");
    assertThat(published.text(ProjectTemplate.CSV)).doesNotContain("install");
  }

  private String nextWithJava(int version) throws IOException {
    var path = Map.of("PATH", binWithJava(version + ".0.1").toString());
    var project = folder.resolve("project" + version).toString();
    return CommandRun.in(path, false, "init", project).out();
  }

  private Path binWithJava(String version) throws IOException {
    var home = folder.resolve("jdk" + version);
    var bin = Files.createDirectories(home.resolve("bin"));
    assertThat(Files.createFile(bin.resolve("java")).toFile().setExecutable(true)).isTrue();
    Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    return bin;
  }

  @Test
  void overwritesNothing() throws IOException {
    var project = Files.createDirectories(folder.resolve("flowers"));
    Files.writeString(project.resolve("pom.xml"), "mine");
    Files.writeString(project.resolve("notes.txt"), "mine");
    var run = CommandRun.of("init", project.toString());
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .isEqualTo("error: " + project + " has files that would be overwritten: pom.xml\n");
    assertThat(names(project)).containsExactlyInAnyOrder("pom.xml", "notes.txt");
    Files.delete(project.resolve("pom.xml"));
    assertThat(CommandRun.of("init", project.toString()).exitCode()).isZero();
    assertThat(project.resolve("notes.txt")).hasContent("mine");
  }

  @Test
  void leavesNothingWhereItCannotGoOn() throws IOException {
    var project = Files.createDirectories(folder.resolve("flowers"));
    Files.writeString(project.resolve("src"), "a file where a folder must be");
    var run = CommandRun.of("init", project.toString());
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(names(project)).containsExactly("src");
  }

  @Test
  void aFileIsNoFolder() throws IOException {
    var file = Files.createFile(folder.resolve("flowers")).toString();
    var run = CommandRun.of("init", file);
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).isEqualTo("error: " + file + " is there already, and is no folder\n");
  }

  @ParameterizedTest
  @CsvSource({
    "flowers, flowers, com.example.flowers",
    "My Flowers_2, my-flowers-2, com.example.myflowers2",
    "a.b, a-b, com.example.ab"
  })
  void namesComeFromTheFolder(String name, String artifact, String packageName) throws IOException {
    var project = folder.resolve(name);
    CommandRun.of("init", project.toString());
    assertThat(project.resolve("pom.xml"))
        .content()
        .contains(
            "<groupId>com.example</groupId>",
            "<artifactId>" + artifact + "</artifactId>",
            "<packageName>" + packageName + "</packageName>")
        .doesNotContain("{{");
  }

  @Test
  void thePackageCanBeGiven() throws IOException {
    var project = folder.resolve("x");
    CommandRun.of("init", project.toString(), "--package", "org.acme.flowers");
    assertThat(project.resolve("pom.xml")).content().contains("<groupId>org.acme</groupId>");
    assertThat(project.resolve("src/main/java/org/acme/flowers/Main.java"))
        .content()
        .startsWith("package org.acme.flowers;\n");
  }

  @ParameterizedTest
  @CsvSource({
    "9lives, '', \"9lives\" gives no name for a Maven project: begin it with a letter from a to z",
    "花, '', \"花\" gives no name for a Maven project: begin it with a letter from a to z",
    "switch, '', \"com.example.switch\" is no name of a Java package; give one such as --package"
        + " org.acme.flowers",
    "x, org..x, \"org..x\" is no name of a Java package; give one such as --package org.acme.flowers"
  })
  void saysWhichNamesCannotBe(String name, String packageName, String message) {
    var project = folder.resolve(name);
    var given = packageName.isEmpty() ? new String[] {} : new String[] {"--package", packageName};
    var words = new ArrayList<>(List.of("init", project.toString()));
    words.addAll(List.of(given));
    var run = CommandRun.of(words.toArray(String[]::new));
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).isEqualTo("error: " + message + "\n");
    assertThat(project).doesNotExist();
  }

  @Test
  void theRootFolderHasNoName() {
    var run = CommandRun.of("init", folder.getRoot().toString());
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).startsWith("error: \"\" gives no name for a Maven project");
  }

  @Test
  void anUnknownTemplateIsWrongUsage() {
    var run = CommandRun.of("init", folder.resolve("x").toString(), "--template", "video");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err())
        .isEqualTo(
            """
            error: --template is csv or text, not video
              `mdlc init --help` shows how it is used
            """);
  }

  @Test
  void projectsUseTheVersionsOfThisBuild() throws IOException {
    var build = Files.readString(Path.of("../../pom.xml"));
    var pom = Files.readString(project("x", ProjectTemplate.CSV).resolve("pom.xml"));
    for (var plugin : List.of("enforcer", "resources", "compiler", "surefire", "jar")) {
      assertThat(version(pom, plugin)).as(plugin).isEqualTo(version(build, plugin));
    }
    assertThat(build).contains("<junit.version>" + between(pom, "junit-jupiter</artifactId>"));
    var flags = between(build, "<mdlc.jvmFlags>", "</mdlc.jvmFlags>");
    assertThat(project("y", ProjectTemplate.CSV).resolve(".mvn/jvm.config")).hasContent(flags);
  }

  @Test
  void theReviewsAreThoseOfTheExample() throws IOException {
    assertThat(project("x", ProjectTemplate.TEXT).resolve("data/reviews.csv"))
        .hasSameTextualContentAs(Path.of("../../examples/text/data/reviews.csv"));
  }

  private static String version(String pom, String plugin) {
    var version = between(pom, "<artifactId>maven-" + plugin + "-plugin</artifactId>");
    var property = version.replaceAll("[${}]", "");
    return property.equals(version) ? version : between(pom, "<" + property + ">", "</");
  }

  /** The version that follows. */
  private static String between(String pom, String start) {
    return between(pom.substring(pom.indexOf(start)), "<version>", "</version>");
  }

  private static String between(String text, String start, String end) {
    int from = text.indexOf(start) + start.length();
    return text.substring(from, text.indexOf(end, from));
  }

  private Path project(String name, ProjectTemplate template) {
    var project = folder.resolve(name);
    var run = CommandRun.of("init", project.toString(), "--template", template.toString());
    assertThat(run.exitCode()).as(run.err()).isZero();
    return project;
  }

  private static List<String> names(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  /** What Maven does: a class for the model, then all Java. */
  private static Path compiled(Path project, ProjectTemplate template) throws IOException {
    var request =
        CompileRequest.of(project.resolve(template.modelFile()))
            .withPackage("com.example.newproject");
    var generated = Compiler.generate(Compiler.bind(request).bound().orElseThrow(), request);
    var sources = new HashMap<>(Map.of(generated.className(), generated.source()));
    for (var root : List.of("src/main/java", "src/test/java")) {
      addSources(project.resolve(root), sources);
    }
    var classes = project.resolve("target/classes");
    for (var type : InMemoryJavac.compile(sources, List.of()).entrySet()) {
      var file = classes.resolve(type.getKey().replace('.', '/') + ".class");
      Files.createDirectories(file.getParent());
      Files.write(file, type.getValue());
    }
    return classes;
  }

  private static void addSources(Path root, Map<String, String> sources) throws IOException {
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            var name = root.relativize(file).toString().replace(".java", "");
            sources.put(
                name.replace(root.getFileSystem().getSeparator(), "."), Files.readString(file));
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /** Runs a class in a JVM of its own, in the project's folder, and gives what it printed. */
  private static String run(Path project, Path classes, String... words)
      throws IOException, InterruptedException {
    var flags = Files.readString(project.resolve(".mvn/jvm.config")).strip().split(" ");
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(flags));
    command.add("-cp");
    command.add(classes + System.getProperty("path.separator") + classPath());
    command.addAll(List.of(words));
    var output = project.resolve("output.txt");
    var process =
        new ProcessBuilder(command)
            .directory(project.toFile())
            .redirectErrorStream(true)
            .redirectOutput(Redirect.to(output.toFile()))
            .start();
    int exitCode = process.waitFor();
    var printed = Files.readString(output);
    assertThat(exitCode).as(printed).isZero();
    return printed;
  }

  /** Without relative paths, which mean something else in another folder. */
  private static String classPath() {
    return List.of(
            System.getProperty("java.class.path").split(System.getProperty("path.separator")))
        .stream()
        .map(entry -> Path.of(entry).toAbsolutePath().toString())
        .collect(Collectors.joining(System.getProperty("path.separator")));
  }

  /** Runs one test method without a test framework around it. */
  static final class RunTestMethod {
    private RunTestMethod() {}

    public static void main(String[] args) throws ReflectiveOperationException {
      var constructor = Class.forName(args[0]).getDeclaredConstructor();
      constructor.setAccessible(true);
      var method = constructor.getDeclaringClass().getDeclaredMethod(args[1]);
      method.setAccessible(true);
      method.invoke(constructor.newInstance());
    }
  }
}
