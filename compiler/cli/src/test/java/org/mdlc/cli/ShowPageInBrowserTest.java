package org.mdlc.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page of {@code mdlc show} as headless Chromium draws it. Skipped where there is none. */
final class ShowPageInBrowserTest {
  private static final Path DIGITS = Path.of("../../examples/digits/digits.mdl");
  private static final int WIDTH = 1240;
  private static final int HEIGHT = 1600;
  private static final int WHITE = 0xffffff;
  private static final int DARK = 0x0d1117;

  /** How Blink is told what the system prefers. */
  private static final String PREFERS_DARK = "--blink-settings=preferredColorScheme=0";

  @TempDir private Path folder;

  @Test
  void picturesAreDrawnInLightAndDark() throws Exception {
    var browser = browser();
    assumeTrue(browser.isPresent(), "needs chromium on the path");
    var page = folder.resolve("digits.html");
    var run = CommandRun.of("show", DIGITS.toString(), "--html", page.toString());
    assertThat(run.exitCode()).as(run.err()).isZero();
    var light = screenshot(browser.get(), page, "light");
    assertThat(light.getRGB(2, 2) & WHITE).isEqualTo(WHITE);
    var dark = screenshot(browser.get(), page, "dark", PREFERS_DARK);
    assertThat(dark.getRGB(2, 2) & WHITE).isEqualTo(DARK);
    for (var picture : List.of(light, dark)) {
      assertThat(share(picture)).as("share that is not empty").isBetween(0.1, 0.9);
      assertThat(colours(picture)).as("colours").isGreaterThan(50);
    }
  }

  private static Optional<Path> browser() {
    var programs = new Programs(System.getenv());
    return Stream.of("chromium", "chromium-browser", "google-chrome")
        .flatMap(name -> programs.find(name).stream())
        .findFirst();
  }

  private BufferedImage screenshot(Path browser, Path page, String name, String... more)
      throws IOException, InterruptedException {
    var picture = folder.resolve(name + ".png");
    var command =
        new ArrayList<>(
            List.of(
                browser.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--user-data-dir=" + folder.resolve("profile-" + name),
                "--window-size=" + WIDTH + "," + HEIGHT,
                "--screenshot=" + picture));
    command.addAll(List.of(more));
    command.add(page.toUri().toString());
    var log = folder.resolve(name + ".log").toFile();
    var process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log).start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("chromium ends").isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(picture).as(Files.readString(log.toPath())).isNotEmptyFile();
    return ImageIO.read(picture.toFile());
  }

  /** Of the points that are not of the ground's colour. */
  private static double share(BufferedImage picture) {
    int ground = picture.getRGB(2, 2);
    long other = 0;
    for (int y = 0; y < picture.getHeight(); y++) {
      for (int x = 0; x < picture.getWidth(); x++) {
        other += picture.getRGB(x, y) == ground ? 0 : 1;
      }
    }
    return (double) other / picture.getWidth() / picture.getHeight();
  }

  private static int colours(BufferedImage picture) {
    var colours = new HashSet<Integer>();
    for (int y = 0; y < picture.getHeight(); y += 2) {
      for (int x = 0; x < picture.getWidth(); x += 2) {
        colours.add(picture.getRGB(x, y));
      }
    }
    return colours.size();
  }
}
