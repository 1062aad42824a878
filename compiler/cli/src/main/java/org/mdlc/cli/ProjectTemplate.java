package org.mdlc.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * A project that {@code mdlc init} can make: files of this jar, with {@code {{words}}} to fill in.
 */
enum ProjectTemplate {
  /** A table with numbers, and a class for each row. */
  CSV("iris", "Iris", "A model that tells three species of irises apart."),

  /** Sentences, and a yes or no for each. */
  TEXT("reviews", "Reviews", "A model that tells praise from blame.");

  private final String model;
  private final String className;
  private final String about;

  ProjectTemplate(String model, String className, String about) {
    this.model = model;
    this.className = className;
    this.about = about;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The model description, from the project's folder. */
  String modelFile() {
    return "src/main/mdl/" + model + ".mdl";
  }

  /** What the project is, in a sentence. */
  String about() {
    return about;
  }

  /** The text of every file of a project, by its path in the project's folder. */
  Map<String, String> files(ProjectNames names, String version) {
    var path = names.packageName().replace('.', '/');
    var words =
        Map.of(
            "group", names.group(),
            "artifact", names.artifact(),
            "package", names.packageName(),
            "path", path,
            "model", model,
            "about", about,
            "mdlc", version);
    var files = new LinkedHashMap<String, String>();
    for (var source : sources()) {
      files.put(source.target().replace("{{path}}", path), filled(read(source.resource()), words));
    }
    return files;
  }

  /**
   * @param resource beside this class
   * @param target where it goes in the project's folder
   */
  private record Source(String resource, String target) {}

  private List<Source> sources() {
    var folder = "init/" + this + "/";
    return Stream.of(
            new Source("init/common/pom.xml", "pom.xml"),
            new Source("init/common/README.md", "README.md"),
            // Under other names than theirs, which builds of jars leave out.
            new Source("init/common/gitignore", ".gitignore"),
            new Source("init/common/jvm.config", ".mvn/jvm.config"),
            new Source(folder + "data/README.md", "data/README.md"),
            new Source(folder + "data/" + model + ".csv", "data/" + model + ".csv"),
            new Source(folder + modelFile(), modelFile()),
            new Source(folder + "src/main/java/Main.java", "src/main/java/{{path}}/Main.java"),
            new Source(
                folder + "src/test/java/" + className + "Test.java",
                "src/test/java/{{path}}/" + className + "Test.java"))
        .toList();
  }

  private static String filled(String text, Map<String, String> words) {
    var filled = text;
    for (var word : words.entrySet()) {
      filled = filled.replace("{{" + word.getKey() + "}}", word.getValue());
    }
    return filled;
  }

  private static String read(String resource) {
    try (var in = ProjectTemplate.class.getResourceAsStream(resource)) {
      return new String(
          Objects.requireNonNull(in, resource + " is part of this jar").readAllBytes(),
          StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
