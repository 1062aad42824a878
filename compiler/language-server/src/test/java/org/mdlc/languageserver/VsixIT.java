package org.mdlc.languageserver;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged VS Code extension: its form, and that it works from the package alone. */
final class VsixIT {
  private static final Path VSIX = Path.of(System.getProperty("mdlc.vsix", "target/mdlc.vsix"));

  @TempDir private Path folder;

  private static List<String> names() throws IOException {
    try (var zip = new ZipFile(VSIX.toFile())) {
      return zip.stream().filter(e -> !e.isDirectory()).map(e -> e.getName()).toList();
    }
  }

  private static String text(String name) throws IOException {
    try (var zip = new ZipFile(VSIX.toFile());
        var in = zip.getInputStream(Objects.requireNonNull(zip.getEntry(name), name))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void whatTheManifestsNameIsThere() throws IOException {
    assertThat(names()).contains("[Content_Types].xml", "extension.vsixmanifest");
    var manifest = JsonParser.parseString(text("extension/package.json")).getAsJsonObject();
    var contributes = manifest.getAsJsonObject("contributes");
    assertThat(names())
        .contains(
            named(manifest, "main"),
            named(first(contributes, "languages"), "configuration"),
            named(first(contributes, "grammars"), "path"));
    var assets = text("extension.vsixmanifest");
    assertThat(assets.split("Path=\"")).hasSize(4);
    for (var part : List.of(assets.split("Path=\"")).subList(1, 4)) {
      assertThat(names()).contains(part.substring(0, part.indexOf('"')));
    }
  }

  private static JsonObject first(JsonObject parent, String list) {
    return parent.getAsJsonArray(list).get(0).getAsJsonObject();
  }

  private static String named(JsonObject parent, String key) {
    return "extension/" + parent.get(key).getAsString().replaceFirst("^\\./", "");
  }

  @Test
  void bothManifestsHaveTheVersion() throws IOException {
    var manifest = JsonParser.parseString(text("extension/package.json")).getAsJsonObject();
    var version = manifest.get("version").getAsString();
    assertThat(VSIX.getFileName()).hasToString("mdlc-" + version + ".vsix");
    assertThat(version).matches("\\d+\\.\\d+\\.\\d+(-[0-9A-Za-z.-]+)?");
    assertThat(text("extension.vsixmanifest")).contains("Version=\"" + version + "\"");
  }

  /** Every kind of file has a type: VS Code refuses the package otherwise. */
  @Test
  void everyFileHasAType() throws IOException {
    var types = text("[Content_Types].xml");
    for (var name : names()) {
      var extension = name.substring(name.lastIndexOf('.') + 1);
      if (!name.equals("[Content_Types].xml")) {
        assertThat(types).as(name).contains("Extension=\"" + extension + "\"");
      }
    }
  }

  @Test
  void theServerIsInsideWithoutWhatItDoesNotNeed() throws IOException {
    assertThat(names().stream().filter(n -> n.endsWith(".jar")))
        .allMatch(n -> n.startsWith("extension/server/"))
        .anyMatch(n -> n.contains("mdlc-language-server"))
        .anyMatch(n -> n.contains("mdlc-core"))
        .noneMatch(n -> n.contains("junit") || n.contains("javacpp") || n.contains("runtime-0"));
    assertThat(names()).noneMatch(n -> n.contains("test"));
    assertThat(Files.size(VSIX)).as("bytes").isLessThan(8L << 20);
  }

  @Test
  void aSessionFromThePackageAlone() throws IOException, InterruptedException {
    try (var zip = new ZipFile(VSIX.toFile())) {
      for (var name : names()) {
        var file = folder.resolve("unpacked").resolve(name).normalize();
        Files.createDirectories(file.getParent());
        try (var in = zip.getInputStream(zip.getEntry(name))) {
          Files.copy(in, file);
        }
      }
    }
    Node.run(folder.resolve("unpacked/extension"), folder.resolve("cache"));
  }
}
