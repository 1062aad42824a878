package org.mdlc.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A way to start mdlc in a process of its own.
 *
 * @param folder where it works
 * @param environment variables beside those of the tests; an empty value takes one away
 */
record Program(List<String> command, Path folder, Map<String, String> environment) {
  static final Path THIS_JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

  private static final String GOOD =
      """
      model Tiny {
        input x: f32[4, 4, 1]
        output y = x |> Conv2D(4, 3) |> Flatten() |> Dense(1)
      }

      train Tiny {
        data csv("rows.csv") { x = columns("a".."p"), y = column("y") }
        loss y: MeanSquaredError()
        optimizer Adam()
        batch 4  epochs 2
      }
      """;

  private static final String ROW = "0,1,2,3,4,5,6,7,8,9,8,7,6,5,4,3,1\n";

  /** {@code java OPTIONS -jar mdlc.jar}, in a folder with models. */
  static Program jar(Path java, Path folder, String... options) throws IOException {
    var command = new ArrayList<>(List.of(java.toString()));
    command.addAll(List.of(options));
    command.addAll(List.of("-jar", System.getProperty("mdlc.jar")));
    return new Program(command, withModels(folder), Map.of());
  }

  /** Puts {@code good.mdl}, with its rows, and {@code bad.mdl} into a folder. */
  static Path withModels(Path folder) throws IOException {
    Files.writeString(folder.resolve("good.mdl"), GOOD);
    Files.writeString(
        folder.resolve("rows.csv"), "a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,y\n" + ROW.repeat(8));
    Files.writeString(
        folder.resolve("bad.mdl"), "model Bad { input x: f32[4]  output y = x |> Dence(1) }\n");
    return folder;
  }

  Program with(String variable, String value) {
    var more = new LinkedHashMap<>(environment);
    more.put(variable, value);
    return new Program(command, folder, more);
  }

  Process start(String... args) throws IOException {
    var whole = new ArrayList<>(command);
    whole.addAll(List.of(args));
    var builder = new ProcessBuilder(whole).directory(folder.toFile());
    var variables = builder.environment();
    variables.keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "NO_COLOR"));
    environment.forEach(
        (name, value) -> {
          if (value.isEmpty()) {
            variables.remove(name);
          } else {
            variables.put(name, value);
          }
        });
    return builder
        .redirectOutput(folder.resolve("out").toFile())
        .redirectError(folder.resolve("err").toFile())
        .start();
  }

  Ended run(String... args) throws IOException, InterruptedException {
    var process = start(args);
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    return new Ended(process.exitValue(), text("out"), text("err"));
  }

  String text(String stream) throws IOException {
    return Files.readString(folder.resolve(stream)).replace(System.lineSeparator(), "\n");
  }

  /** What it printed and returned. */
  record Ended(int exitCode, String out, String err) {}
}
