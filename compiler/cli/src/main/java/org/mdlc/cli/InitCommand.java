package org.mdlc.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code mdlc init flowers}. */
@Command(
    name = "init",
    description = "Makes a Maven project with a model, its data, a program and a test.",
    footer = {
      "mdlc init flowers",
      "mdlc init flowers --package org.acme.flowers",
      "mdlc init opinions --template text"
    })
final class InitCommand implements Callable<Integer> {
  @ParentCommand private Main main;

  @Parameters(
      paramLabel = "FOLDER",
      description = "Where to make it; its name is that of the project.")
  private Path folder;

  @Option(
      names = "--package",
      paramLabel = "NAME",
      description = "Package of the Java classes; unless given, com.example and the name.")
  private @Nullable String packageName;

  @Option(
      names = "--template",
      paramLabel = "KIND",
      defaultValue = "csv",
      description =
          "What the model learns from: csv, a table; or text, sentences (${DEFAULT-VALUE}).")
  private ProjectTemplate template;

  @Override
  public Integer call() throws IOException {
    var names = ProjectNames.of(folder, Optional.ofNullable(packageName));
    write(template.files(names, Version.number()));
    var steps = new NextSteps(main.terminal().environment(), folder, Version.number());
    main.terminal().out().print(steps.text(template));
    return ExitCode.OK;
  }

  /** All files, or none. */
  private void write(Map<String, String> files) throws IOException {
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw new UserError(folder + " is there already, and is no folder");
    }
    var there = files.keySet().stream().filter(file -> Files.exists(folder.resolve(file))).toList();
    if (!there.isEmpty()) {
      throw new UserError(
          folder + " has files that would be overwritten: " + String.join(", ", there));
    }
    var made = new ArrayList<Path>();
    try {
      for (var file : files.entrySet()) {
        var target = folder.resolve(file.getKey());
        makeFolders(target.toAbsolutePath().getParent(), made);
        made.addFirst(target);
        Files.writeString(target, file.getValue());
      }
    } catch (IOException e) {
      for (var path : made) {
        Files.deleteIfExists(path);
      }
      throw e;
    }
  }

  private static void makeFolders(@Nullable Path wanted, List<Path> made) throws IOException {
    if (wanted != null && !Files.isDirectory(wanted)) {
      makeFolders(wanted.getParent(), made);
      Files.createDirectory(wanted);
      made.addFirst(wanted);
    }
  }
}
