package org.mdlc.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;

/** What stands in {@code mdlc.jar}. */
final class ContentTest {
  @Test
  void beginsInAClassOfJava8() throws IOException {
    try (var jar = jar()) {
      var manifest = jar.getManifest().getMainAttributes();
      assertThat(manifest.getValue("Enable-Native-Access")).isEqualTo("ALL-UNNAMED");
      assertThat(manifest.getValue("Implementation-Version")).startsWith("0.");
      var main = manifest.getValue("Main-Class").replace('.', '/');
      assertThat(names(jar).stream().filter(n -> n.matches("org/mdlc/launch/.+")))
          .contains(main + ".class")
          .allSatisfy(name -> assertThat(classVersion(jar, name)).isEqualTo(52));
    }
  }

  @Test
  void isNoModuleAndNotSigned() throws IOException {
    try (var jar = jar()) {
      assertThat(names(jar))
          .noneMatch(name -> name.endsWith("module-info.class"))
          .noneMatch(name -> name.matches("META-INF/.*\\.(SF|DSA|RSA)"))
          .noneMatch(name -> name.startsWith("META-INF/versions/"))
          .noneMatch(name -> name.endsWith(".h") || name.endsWith(".hpp"));
    }
  }

  @Test
  void namesTheLicenceOfEverythingInIt() throws IOException {
    try (var jar = jar()) {
      var licences = text(jar, "META-INF/licenses/THIRD-PARTY.md");
      var notices = text(jar, "META-INF/licenses/NOTICE.txt");
      assertThat(text(jar, "META-INF/LICENSE")).contains("Apache License");
      var inside = Set.copyOf(names(jar));
      var parts = new ArrayList<String>();
      for (var dependency : dependencies()) {
        try (var other = new JarFile(dependency.toFile())) {
          var classes = names(other);
          if (classes.stream().noneMatch(n -> n.endsWith("e.class") && inside.contains(n))) {
            continue; // only of the tests
          }
          var artifact = dependency.getParent().getParent().getFileName().toString();
          parts.add(artifact);
          assertThat(licences).as(artifact).contains(":" + artifact + "` |");
          for (var name : classes) {
            if (name.matches("META-INF/NOTICE(\\.txt|\\.md)?")) {
              assertThat(notices.strip()).as(artifact).contains(text(other, name).strip());
            }
          }
        }
      }
      assertThat(parts).contains("antlr4-runtime", "dnnl", "gson", "commons-compress");
    }
  }

  @Test
  void holdsEveryLicenceThatIsLinked() throws IOException {
    try (var jar = jar()) {
      var links =
          Pattern.compile("\\]\\(([^)]+)\\)")
              .matcher(text(jar, "META-INF/licenses/THIRD-PARTY.md"))
              .results()
              .map(link -> "META-INF/licenses/" + link.group(1))
              .collect(Collectors.toCollection(TreeSet::new));
      assertThat(links).hasSizeGreaterThan(4).allMatch(Set.copyOf(names(jar))::contains);
    }
  }

  private static JarFile jar() throws IOException {
    return new JarFile(System.getProperty("mdlc.jar"));
  }

  /** The jars of others on the class path. */
  private static List<Path> dependencies() {
    return List.of(System.getProperty("java.class.path").split(File.pathSeparator)).stream()
        .filter(path -> path.endsWith(".jar") && !path.contains("mdlc-"))
        .map(Path::of)
        .filter(Files::exists)
        .toList();
  }

  private static List<String> names(ZipFile jar) {
    return jar.stream().map(ZipEntry::getName).toList();
  }

  private static int classVersion(ZipFile jar, String name) throws IOException {
    try (var in = jar.getInputStream(jar.getEntry(name))) {
      var start = in.readNBytes(8);
      return (start[6] & 0xff) << 8 | start[7] & 0xff;
    }
  }

  private static String text(ZipFile jar, String name) throws IOException {
    var entry = jar.getEntry(name);
    assertThat(entry).as(name).isNotNull();
    try (var in = jar.getInputStream(entry)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("\r\n", "\n");
    }
  }
}
