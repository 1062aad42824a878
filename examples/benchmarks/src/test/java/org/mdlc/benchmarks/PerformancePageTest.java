package org.mdlc.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What docs/performance.md names is there. */
class PerformancePageTest {
  private static final Path PAGE = Path.of("../../docs/performance.md");
  private static final Pattern COMMAND =
      Pattern.compile("examples/benchmarks/run\\.sh (?<main>[A-Za-z.]+)(?<words>[^\n`]*)");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| W\\d+ \\| `(?<name>\\w+)`");

  @Test
  void commandsRunClassesAndWorkloadsThatThereAre() throws Exception {
    var commands = COMMAND.matcher(Files.readString(PAGE)).results().toList();
    assertThat(commands).hasSizeGreaterThan(2);
    assertThat(Path.of("run.sh")).isExecutable();
    for (var command : commands) {
      var type = Class.forName("org.mdlc.benchmarks." + command.group("main"));
      assertThat(type.getMethod("main", String[].class)).isNotNull();
      if (type.equals(Peers.class)) {
        var words = List.of(command.group("words").strip().split(" "));
        assertThat(Peers.names()).contains(words.getFirst());
        assertThat(Double.parseDouble(words.get(1))).isPositive();
      }
    }
  }

  @Test
  void workloadsAreThoseOfPeers() throws IOException {
    var shown = new TreeSet<String>();
    ROW.matcher(Files.readString(PAGE)).results().forEach(row -> shown.add(row.group("name")));
    assertThat(Peers.names()).containsAll(shown);
    assertThat(shown).hasSize(10);
  }
}
