package org.mdlc.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.mdlc.compiler.diag.DiagnosticSink;
import org.mdlc.compiler.format.Formatter;
import org.mdlc.compiler.source.SourceFile;
import org.mdlc.runtime.file.AtomicFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code mdlc fmt model.mdl}. */
@Command(
    name = "fmt",
    description = {
      "Puts model descriptions into their one layout, and prints the names of those that it changed.",
      "",
      "A file is written only when its layout changes. One with a syntax error is reported and left"
          + " as it is. The exit code is 1 then, and with --check if a file has another layout."
    },
    footer = {"mdlc fmt model.mdl", "mdlc fmt src/main/mdl", "mdlc fmt --check src/main/mdl"})
final class FmtCommand implements Callable<Integer> {
  private static final Path STANDARD_INPUT = Path.of("-");

  @ParentCommand private Main main;

  @Parameters(
      paramLabel = "FILE",
      arity = "1..*",
      description =
          "Files; folders, for all .mdl files below them but those in `target` and hidden folders;"
              + " or - for standard input, whose layout is printed.")
  private List<Path> files;

  @Option(
      names = "--check",
      description = "Change nothing: print the names of files in another layout, and fail.")
  private boolean check;

  @Override
  public Integer call() throws IOException {
    boolean failed = false;
    for (var file : files) {
      if (file.equals(STANDARD_INPUT)) {
        failed |= !formatStandardInput();
      } else {
        for (var model : models(file)) {
          failed |= !format(model);
        }
      }
    }
    return failed ? ExitCode.USER_ERROR : ExitCode.OK;
  }

  /** Whether all is well. */
  private boolean formatStandardInput() throws IOException {
    var text = text("standard input", main.terminal().in().readAllBytes());
    var formatted = formatted("standard input", text);
    if (check) {
      formatted.filter(f -> !f.equals(text)).ifPresent(_ -> main.terminal().out().println("-"));
      return formatted.filter(text::equals).isPresent();
    }
    formatted.ifPresent(main.terminal().out()::print);
    return formatted.isPresent();
  }

  /** Whether all is well. */
  private boolean format(Path file) throws IOException {
    var name = file.toString().replace('\\', '/');
    var text = text(name, Files.readAllBytes(file));
    var formatted = formatted(name, text);
    if (formatted.isEmpty() || formatted.get().equals(text)) {
      return formatted.isPresent();
    }
    if (!check) {
      AtomicFile.writeText(file, formatted.get());
    }
    main.terminal().out().println(file);
    return !check;
  }

  private Optional<String> formatted(String name, String text) {
    var problems = new DiagnosticSink();
    var formatted = Formatter.format(SourceFile.of(name, text), problems);
    main.reporter().diagnostics(problems);
    return formatted;
  }

  /** Bytes that are no text would be lost, even in a comment. */
  private static String text(String name, byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new UserError(name + " is not UTF-8 text", e);
    }
  }

  private static List<Path> models(Path file) throws IOException {
    if (!Files.isDirectory(file)) {
      return List.of(file);
    }
    var models = new ArrayList<Path>();
    var root = file.toRealPath(); // a walk from a link sees only the link
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            return folder.equals(root) || !isPassedOver(folder.getFileName().toString())
                ? FileVisitResult.CONTINUE
                : FileVisitResult.SKIP_SUBTREE;
          }

          @Override
          public FileVisitResult visitFile(Path found, BasicFileAttributes attributes) {
            if (attributes.isRegularFile() && found.toString().endsWith(".mdl")) {
              models.add(file.resolve(root.relativize(found)));
            }
            return FileVisitResult.CONTINUE;
          }
        });
    Collections.sort(models);
    return models;
  }

  private static boolean isPassedOver(String folder) {
    return folder.startsWith(".") || folder.equals("target");
  }
}
