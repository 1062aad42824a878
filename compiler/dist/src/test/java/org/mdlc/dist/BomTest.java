package org.mdlc.dist;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code mdlc-bom} manages every artifact of mdlc, in the version of the project. */
final class BomTest {
  private static final Path ROOT = Path.of("../..");
  private static final Pattern ARTIFACT = Pattern.compile("<artifactId>(mdlc[-a-z]*)</artifactId>");
  private static final Pattern PLUGIN =
      Pattern.compile("<artifactId>([a-z]+(?:-[a-z]+)*-plugin)</artifactId>\\s*<version>([^<]+)<");
  private static final Pattern VERSION = Pattern.compile("<version>([^<]+)</version>");

  @Test
  void managesEveryArtifact() throws IOException {
    var managed = new TreeSet<String>();
    var bom = read("compiler/bom/pom.xml");
    ARTIFACT
        .matcher(bom.substring(bom.indexOf("<dependencyManagement>")))
        .results()
        .forEach(match -> managed.add(match.group(1)));
    var artifacts = new TreeSet<String>();
    for (var pom : poms()) {
      var text = read(pom).replaceFirst("(?s)<parent>.*?</parent>", "");
      artifacts.add(ARTIFACT.matcher(text).results().findFirst().orElseThrow().group(1));
    }
    artifacts.removeAll(List.of("mdlc-bom"));
    assertThat(artifacts).contains("mdlc-runtime", "mdlc-cli", "mdlc-runtime-platform");
    assertThat(managed).containsAll(artifacts);
  }

  @Test
  void hasTheVersionOfTheProject() throws IOException {
    assertThat(version("compiler/bom/pom.xml")).isEqualTo(version("pom.xml"));
  }

  /** It has no parent to take them from. */
  @Test
  void usesThePluginsOfTheProject() throws IOException {
    var ofProject = plugins("pom.xml");
    var own = plugins("compiler/bom/pom.xml");
    assertThat(own)
        .containsKeys("maven-clean-plugin", "maven-install-plugin", "maven-deploy-plugin");
    own.forEach((name, version) -> assertThat(ofProject).containsEntry(name, version));
  }

  /** The version of each plugin that has one. */
  private static Map<String, String> plugins(String pom) throws IOException {
    var text = read(pom);
    return PLUGIN
        .matcher(text.substring(text.indexOf("<pluginManagement>")))
        .results()
        .collect(toMap(match -> match.group(1), match -> match.group(2)));
  }

  private static List<String> poms() throws IOException {
    try (var folders = Files.list(ROOT.resolve("compiler"))) {
      return Stream.concat(
              Stream.of("grammar/pom.xml", "runtime/pom.xml", "kernels-cuda/pom.xml"),
              folders
                  .map(folder -> "compiler/" + folder.getFileName() + "/pom.xml")
                  .filter(pom -> Files.exists(ROOT.resolve(pom))))
          .toList();
    }
  }

  private static String version(String pom) throws IOException {
    return VERSION.matcher(read(pom)).results().findFirst().orElseThrow().group(1);
  }

  private static String read(String file) throws IOException {
    return Files.readString(ROOT.resolve(file));
  }
}
