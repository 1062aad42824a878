package org.mdlc.maven;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The page says what the plugin has, and its snippets are those of the projects that are tested.
 */
final class MavenPageTest {
  private static final Pattern VERSION = Pattern.compile("<version>[^<@]*</version>");

  @Test
  void theSnippetsAreThoseOfTestedProjects() throws IOException {
    var poms = new StringBuilder();
    for (var project : new String[] {"fresh", "modules"}) {
      poms.append(Files.readString(Path.of("src", "it", project, "pom.xml")));
    }
    var snippets = MavenPage.blocks("xml");
    assertThat(snippets).hasSize(3);
    for (var snippet : snippets) {
      var tested = VERSION.matcher(snippet).replaceAll("<version>@project.version@</version>");
      assertThat(poms.toString()).contains(tested);
    }
  }

  @Test
  void everyGoalAndParameterIsOnThePageAndNoOther() throws IOException {
    var known = new TreeSet<String>();
    for (var mojo : all(descriptor(), "<mojo>(.*?)</mojo>")) {
      var goal = all(mojo, "<goal>(.*?)</goal>").getFirst();
      known.add(goal);
      if (!goal.equals("help")) {
        for (var parameter : all(mojo, "<parameter>(.*?)</parameter>")) {
          if (parameter.contains("<editable>true</editable>")) {
            known.addAll(all(parameter, "<name>(.*?)</name>"));
          }
        }
      }
    }
    var named = new TreeSet<String>();
    MavenPage.rows().forEach(row -> named.add(row.group(1)));
    assertThat(named).isEqualTo(known);
  }

  @Test
  void thePropertiesArePrintedAsTheyAre() throws IOException {
    var property = "(mdlc\\.\\w+|maven\\.test\\.skip)";
    var known = new TreeSet<>(all(descriptor(), "\\$\\{" + property + "\\}"));
    var named = new TreeSet<String>();
    MavenPage.rows().forEach(row -> named.addAll(all(row.group(2), "`" + property + "`")));
    assertThat(named).isEqualTo(known);
  }

  private static List<String> all(String text, String pattern) {
    return Pattern.compile(pattern, Pattern.DOTALL)
        .matcher(text)
        .results()
        .map(m -> m.group(1))
        .toList();
  }

  /** What the build has made of the annotations. */
  private static String descriptor() throws IOException {
    return Files.readString(Path.of("target", "classes", "META-INF", "maven", "plugin.xml"));
  }

  @Test
  void itNamesTheVersionOfThisBuild() throws IOException {
    var parent = Files.readString(Path.of("pom.xml"));
    var version = all(parent, "<parent>.*?<version>(.*?)</version>").getFirst();
    assertThat(
            VERSION
                .matcher(String.join("", MavenPage.blocks("xml")))
                .results()
                .map(MatchResult::group))
        .isNotEmpty()
        .containsOnly("<version>" + version + "</version>");
  }
}
