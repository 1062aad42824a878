package org.mdlc.compiler.driver;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.mdlc.compiler.bind.BoundProgram;
import org.mdlc.compiler.bind.BoundProgram.DataSource;
import org.mdlc.compiler.bind.BoundProgram.Port;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.diag.Diagnostic;
import org.mdlc.compiler.diag.DiagnosticSink;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Dim;

/** Holds the classes of folders that a train block names, where they are there, against outputs. */
final class FolderClasses {
  private static final Set<String> FORMATS = Set.of("images", "texts");
  private static final int MOST_NAMED = 12;

  private FolderClasses() {}

  /**
   * Reports outputs that do not fit their classes.
   *
   * @param inputs is told of every folder before it is looked at
   */
  static void check(BoundProgram program, Consumer<Input> inputs, DiagnosticSink problems) {
    program
        .settings()
        .ifPresent(
            settings ->
                Stream.of(settings.data(), settings.holdout(), settings.validation())
                    .flatMap(Optional::stream)
                    .filter(source -> FORMATS.contains(source.format()))
                    .forEach(source -> check(program, source, inputs, problems)));
  }

  private static void check(
      BoundProgram program, DataSource source, Consumer<Input> inputs, DiagnosticSink problems) {
    var file = source.place().file().name();
    for (var path : source.paths()) {
      var folder = Input.beside(file, Input.Kind.FOLDER, path);
      folder.ifPresent(inputs);
      folder.flatMap(f -> of(f.path())).ifPresent(n -> check(program, source, n, problems));
    }
  }

  /**
   * The classes of a folder, if it is there: every folder is one, as in Keras, unless its name
   * begins with a dot.
   */
  static Optional<List<String>> of(Path folder) {
    if (!Files.isDirectory(folder)) {
      return Optional.empty();
    }
    try (Stream<Path> entries = Files.list(folder)) {
      return Optional.of(
          entries
              .filter(Files::isDirectory)
              .map(entry -> String.valueOf(entry.getFileName()))
              .filter(name -> !name.startsWith("."))
              .sorted()
              .toList());
    } catch (IOException e) {
      return Optional.empty(); // whoever reads the files says why they cannot be read
    }
  }

  private static void check(
      BoundProgram program, DataSource source, List<String> classes, DiagnosticSink problems) {
    for (var field : source.fields()) {
      if (!field.columns().equals(List.of("labels"))) {
        continue;
      }
      var output =
          program.outputs().stream().filter(port -> port.name().equals(field.port())).findFirst();
      var label =
          program.targets().stream().filter(port -> port.name().equals(field.port())).findFirst();
      if (output.isPresent() && label.isPresent()) {
        check(source, output.get(), label.get(), classes, problems);
      }
    }
  }

  private static void check(
      DataSource source, Port output, Port label, List<String> classes, DiagnosticSink problems) {
    var dims = output.type().shape().dims();
    var last = dims.size() > 1 ? dims.getLast() : Dim.ONE;
    if (!last.isConstant()) {
      return;
    }
    // One number tells two classes apart.
    boolean binary = label.type().dtype() == DType.F32 && last.value() == 1;
    long units = binary ? 2 : last.value();
    if (units == classes.size()) {
      return;
    }
    var named = classes.subList(0, Math.min(MOST_NAMED, classes.size()));
    var diagnostic =
        Diagnostic.of(
                Codes.CLASS_COUNT,
                source.place(),
                "`"
                    + output.name()
                    + "` tells "
                    + units
                    + " classes apart, and the folder has "
                    + classes.size())
            .note(
                classes.isEmpty()
                    ? "every folder in the folder is a class"
                    : "its folders are "
                        + String.join(", ", named)
                        + (classes.size() > MOST_NAMED ? ", .." : ""))
            .note("the output is " + output.type());
    problems.report(
        classes.size() > 1 && !binary
            ? diagnostic.help("give the output " + classes.size() + " units")
            : diagnostic);
  }
}
