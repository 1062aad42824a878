package org.mdlc.maven;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.mdlc.compiler.driver.Input;

/**
 * What one execution of a goal has read and written, so that the next one need not do it again.
 *
 * @param maker fingerprint of what made it: the tool and its settings
 * @param entries by model file, in the order of the files
 */
record State(String maker, Map<Path, Entry> entries) {
  /** Of an execution that has never been. */
  static final State NONE = new State("", Map.of());

  private static final String TITLE = "mdlc state 1";
  private static final String MADE_BY = "made by ";
  private static final String MODEL = "model ";
  private static final String PACKAGE = "package";
  private static final String WROTE = "WROTE";
  private static final String SUM = "sum ";

  State {
    entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
  }

  /**
   * One model file.
   *
   * @param packageName of its classes
   * @param inputs fingerprints of all that its compilation read, itself included; none if there was
   *     anything to say about it, which is then said again
   * @param outputs SHA-256 of the files that came of it
   */
  record Entry(String packageName, Map<Input, String> inputs, Map<Path, String> outputs) {
    Entry {
      inputs = Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
      outputs = Collections.unmodifiableMap(new LinkedHashMap<>(outputs));
    }

    /** Whether compiling again would change nothing, and say nothing. */
    boolean isCurrent() {
      return !inputs.isEmpty()
          && inputs.entrySet().stream().allMatch(e -> e.getKey().fingerprint().equals(e.getValue()))
          && outputs.entrySet().stream()
              .allMatch(e -> Digest.ofFile(e.getKey()).equals(e.getValue()));
    }
  }

  /** Everything that was written, with its SHA-256. */
  Map<Path, String> outputs() {
    var all = new LinkedHashMap<Path, String>();
    entries.values().forEach(entry -> all.putAll(entry.outputs()));
    return all;
  }

  /**
   * For people to read and {@link #parse} to read back; the last line is a checksum.
   *
   * @param base the folder that paths are relative to
   */
  String text(Path base) {
    var text = new StringBuilder();
    line(text, TITLE);
    line(text, MADE_BY + maker);
    entries.forEach(
        (file, entry) -> {
          line(text, MODEL + relative(base, file));
          line(text, (PACKAGE + " " + entry.packageName()).strip());
          entry
              .inputs()
              .forEach(
                  (input, print) ->
                      line(text, input.kind() + " " + print + " " + relative(base, input.path())));
          entry
              .outputs()
              .forEach(
                  (output, print) ->
                      line(text, WROTE + " " + print + " " + relative(base, output)));
        });
    line(text, SUM + Digest.of(text.toString()));
    return text.toString();
  }

  private static void line(StringBuilder text, String line) {
    text.append(line).append('\n');
  }

  /** Paths of another root have no relative form. */
  private static String relative(Path base, Path path) {
    var shown = base.getRoot().equals(path.getRoot()) ? base.relativize(path) : path;
    return shown.toString().replace('\\', '/');
  }

  /** What {@link #text} has written; {@link #NONE} if somebody else has changed it since. */
  static State parse(String text, Path base) {
    int end = text.lastIndexOf(SUM);
    if (end < 0 || !text.substring(end).equals(SUM + Digest.of(text.substring(0, end)) + "\n")) {
      return NONE;
    }
    try {
      return new Reader(base, text.substring(0, end).lines().toList()).read();
    } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
      return NONE; // of another version of this format
    }
  }

  /** Reads line by line. */
  private static final class Reader {
    private final Path base;
    private final List<String> lines;
    private int next;

    Reader(Path base, List<String> lines) {
      this.base = base;
      this.lines = lines;
    }

    State read() {
      if (!lines.get(next++).equals(TITLE)) {
        return NONE;
      }
      var maker = rest(MADE_BY);
      var entries = new LinkedHashMap<Path, Entry>();
      while (next < lines.size()) {
        entries.put(path(rest(MODEL)), entry());
      }
      return new State(maker, entries);
    }

    private String rest(String word) {
      var line = lines.get(next++);
      if (!line.startsWith(word)) {
        throw new IllegalArgumentException(line);
      }
      return line.substring(word.length()).strip();
    }

    private Entry entry() {
      var packageName = rest(PACKAGE);
      var inputs = new LinkedHashMap<Input, String>();
      var outputs = new LinkedHashMap<Path, String>();
      while (next < lines.size() && !lines.get(next).startsWith(MODEL)) {
        var words = lines.get(next++).split(" ", 3);
        if (words[0].equals(WROTE)) {
          outputs.put(path(words[2]), words[1]);
        } else {
          inputs.put(new Input(Input.Kind.valueOf(words[0]), path(words[2])), words[1]);
        }
      }
      return new Entry(packageName, inputs, outputs);
    }

    private Path path(String name) {
      return base.resolve(name).normalize();
    }
  }
}
