package org.mdlc.cli;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What docs/showing.md and docs/show.md show is what the commands on them print and draw. */
final class ShowingPageTest {
  @TempDir private Path folder;

  @Test
  void everythingShownIsMadeByItsCommand() throws IOException {
    ShownPage.of("showing.md", 80, folder).check(7);
  }

  @Test
  void programsAreShownAsTheyAre() throws IOException {
    ShownPage.of("show.md", 100, folder).check(4);
  }
}
