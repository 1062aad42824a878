package org.mdlc.junit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.mdlc.compiler.diag.Renderer;
import org.mdlc.compiler.driver.CompileRequest;
import org.mdlc.compiler.driver.Compiler;
import org.mdlc.compiler.driver.InvalidRequest;
import org.mdlc.compiler.source.SourceFile;
import org.mdlc.runtime.Model;

/**
 * An mdl file under test. Everything wrong with it, or with what a test asks of it, is an {@link
 * AssertionError} whose message is what the compiler says.
 */
public final class MdlFile {
  private static final List<String> FOLDERS = List.of("src/test/mdl", "src/main/mdl", "");

  private final SourceFile source;

  private MdlFile(SourceFile source) {
    this.source = source;
  }

  /**
   * A file. A relative path is looked up in {@code src/test/mdl}, {@code src/main/mdl} and the
   * folder of the project, in this order.
   *
   * @throws AssertionError if it is in none of them
   */
  public static MdlFile of(Path path) {
    var file =
        FOLDERS.stream()
            .map(folder -> Project.folder().resolve(folder).resolve(path))
            .filter(Files::isRegularFile)
            .findFirst()
            .orElseThrow(() -> new AssertionError("there is no file " + path + lookedUp(path)));
    try {
      return new MdlFile(SourceFile.read(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String lookedUp(Path path) {
    return path.isAbsolute()
        ? ""
        : FOLDERS.stream()
            .map(folder -> String.valueOf(Project.folder().resolve(folder).toAbsolutePath()))
            .collect(Collectors.joining(", ", "; looked in ", ""));
  }

  /** A file that is only text; imports count from the folder of the project. */
  public static MdlFile ofText(String text) {
    return new MdlFile(SourceFile.of("text.mdl", text));
  }

  SourceFile source() {
    return source;
  }

  /**
   * A layer, block or function of this file, or of the library, as a call in mdl: {@code
   * "SqueezeExcite(ratio = 4)"}. Whatever can stand to the right of {@code |>} will do.
   */
  public MdlLayer layer(String call) {
    return new MdlLayer(this, call);
  }

  /**
   * A model of this file, compiled in memory; the caller closes it. {@link MdlModel} does both.
   *
   * @param name may be empty where only one model is meant
   * @param seed of the initial weights, from 0 to 2^32 - 1
   * @param settings parameters of the model and sizes of named dimensions: {@code "T = 80"}
   */
  public Model model(String name, long seed, String... settings) {
    var request =
        CompileRequest.of(source)
            .withModel(Optional.of(name).filter(n -> !n.isEmpty()))
            .withSettings(settings(settings));
    try {
      var compilation = Compiler.bind(request);
      var bound =
          compilation
              .bound()
              .orElseThrow(
                  () -> new AssertionError(Renderer.plain().render(compilation.problems())));
      return GeneratedCode.create(bound, request, seed);
    } catch (InvalidRequest e) {
      throw new AssertionError(e.getMessage(), e);
    }
  }

  private static Map<String, String> settings(String... settings) {
    var byName = new LinkedHashMap<String, String>();
    for (var setting : settings) {
      var sides = setting.split("=", 2);
      if (sides.length != 2) {
        throw new AssertionError("a setting is written \"name = value\", not \"" + setting + "\"");
      }
      byName.put(sides[0].strip(), sides[1].strip());
    }
    return byName;
  }

  /** The path of the file. */
  @Override
  public String toString() {
    return source.name();
  }
}
