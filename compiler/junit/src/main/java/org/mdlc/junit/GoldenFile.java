package org.mdlc.junit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.mdlc.compiler.op.Tensor64;
import org.opentest4j.AssertionFailedError;

/**
 * What a layer gave when somebody last looked: a text with the weights it has and the outputs, one
 * line for each run of the last axis.
 *
 * <pre>
 * # Scale(2.0) on f32[3], 2 examples, seed 42
 * weight scale/gain f32[3]
 * result f32[2, 3]
 * 0.5 -0.25 0.125
 * 0.25 1.5 -0.75
 * </pre>
 */
record GoldenFile(Path path) {
  private static final Pattern NAME = Pattern.compile("\\w[\\w.-]*");

  /** The file holds eight digits, and float64 functions differ in the last of sixteen. */
  private static final double TOLERANCE = 1e-6;

  static GoldenFile named(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new AssertionError("a golden file is named by letters, digits, _ - and ., not " + name);
    }
    return new GoldenFile(
        Project.folder().resolve("src/test/resources/golden").resolve(name + ".txt"));
  }

  void compare(BoundLayer layer, Samples samples, Map<String, Tensor64> outputs) {
    var text = text(layer, samples, outputs);
    try {
      if ("update".equals(System.getProperty("golden"))) {
        Files.createDirectories(path.toAbsolutePath().getParent());
        Files.writeString(path, text);
      }
      if (!Files.isRegularFile(path)) {
        throw new AssertionError(
            "there is no file "
                + path
                + "; -Dgolden=update writes it: look at it, and keep it with the test");
      }
      compare(layer, Files.readString(path).lines().toList(), text.lines().toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(BoundLayer layer, Samples samples, Map<String, Tensor64> outputs) {
    var text = new StringBuilder();
    text.append(
        "# " + layer + ", " + samples.examples() + " examples, seed " + samples.seed() + "\n");
    layer.weights().forEach(w -> text.append("weight " + w.path() + " " + w.type() + "\n"));
    for (var port : layer.program().outputs()) {
      var output = Tensors.named(outputs, port.name());
      text.append(port.name() + " " + output.type() + "\n");
      int width = output.rank() == 0 ? 1 : output.size(-1);
      for (int i = 0; i < output.count(); i++) {
        text.append((float) output.at(i)).append((i + 1) % width == 0 ? '\n' : ' ');
      }
    }
    return text.toString();
  }

  private void compare(BoundLayer layer, List<String> wanted, List<String> found) {
    for (int i = 0; i < Math.max(wanted.size(), found.size()); i++) {
      var before = i < wanted.size() ? wanted.get(i) : "the end";
      var now = i < found.size() ? found.get(i) : "the end";
      if (!before.equals(now) && !isNear(before, now)) {
        throw new AssertionFailedError(
            """
            %s is no longer what %s has in line %s:
              there: %s
              now:   %s
            -Dgolden=update writes the file anew where that is meant"""
                .formatted(layer, path, i + 1, before, now),
            String.join("\n", wanted),
            String.join("\n", found));
      }
    }
  }

  private static boolean isNear(String wanted, String found) {
    var a = wanted.split(" ");
    var b = found.split(" ");
    if (a.length != b.length) {
      return false;
    }
    for (int i = 0; i < a.length; i++) {
      if (!a[i].equals(b[i]) && !isNearNumber(a[i], b[i])) {
        return false;
      }
    }
    return true;
  }

  private static boolean isNearNumber(String wanted, String found) {
    try {
      double number = Double.parseDouble(wanted);
      return Math.abs(number - Double.parseDouble(found))
          <= TOLERANCE * Math.max(1, Math.abs(number));
    } catch (NumberFormatException e) {
      return false; // words are equal or not
    }
  }
}
