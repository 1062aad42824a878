package org.mdlc.maven;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;

final class JvmFlagsTest {
  private static final String FLAGS =
      "--add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED";

  private static String prepended(String before) {
    var properties = new Properties();
    properties.setProperty("argLine", before);
    JvmFlags.prependTo(properties, "argLine", true);
    return properties.getProperty("argLine");
  }

  @Test
  void aPropertyKeepsWhatItHas() {
    var properties = new Properties();
    JvmFlags.prependTo(properties, "argLine", true);
    assertThat(properties).containsExactly(Map.entry("argLine", FLAGS));
    assertThat(prepended("-Xmx1g")).isEqualTo(FLAGS + " -Xmx1g");
    assertThat(prepended("-javaagent:jacoco.jar=a,b")).endsWith(" -javaagent:jacoco.jar=a,b");
  }

  @Test
  void aFlagIsThereOnce() {
    assertThat(prepended(FLAGS + " -Xmx1g")).isEqualTo(FLAGS + " -Xmx1g");
    assertThat(prepended("--enable-native-access=ALL-UNNAMED -ea"))
        .isEqualTo("--add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED -ea");
    assertThat(prepended("--add-modules jdk.incubator.vector,java.sql"))
        .isEqualTo(FLAGS + " --add-modules jdk.incubator.vector,java.sql");
  }

  @Test
  void plainLoopsNeedNoVectorApi() {
    var properties = new Properties();
    JvmFlags.prependTo(properties, "argLine", false);
    assertThat(properties).containsOnly(Map.entry("argLine", "--enable-native-access=ALL-UNNAMED"));
  }

  @Test
  void theyAreThoseOfTheBuildOfMdlcItself() throws IOException {
    assertThat(String.join(" ", JvmFlags.words())).isEqualTo(FLAGS);
    assertThat(Path.of("..", "..", "pom.xml"))
        .content()
        .contains("<mdlc.jvmFlags>" + FLAGS + "</mdlc.jvmFlags>");
  }
}
