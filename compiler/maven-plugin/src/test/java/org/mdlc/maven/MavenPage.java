package org.mdlc.maven;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** The page for users of the plugin, {@code docs/maven.md}. */
final class MavenPage {
  private static final Pattern BLOCK =
      Pattern.compile("^```(\\w+)\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);
  private static final Pattern ROW =
      Pattern.compile("^\\| `(\\w[\\w-]*)` \\|(.*)\\|$", Pattern.MULTILINE);

  private MavenPage() {}

  static String text() {
    try {
      return Files.readString(Path.of("..", "..", "docs", "maven.md"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Its blocks of a language, in order. */
  static List<String> blocks(String language) {
    return BLOCK
        .matcher(text())
        .results()
        .filter(m -> m.group(1).equals(language))
        .map(m -> m.group(2))
        .toList();
  }

  /** What a build prints: at first, again, and with a mistake. */
  static String printed(int build) {
    return blocks("text").get(build).stripTrailing();
  }

  /** The rows of its tables that begin with a word of the plugin. */
  static List<MatchResult> rows() {
    return ROW.matcher(text()).results().toList();
  }
}
