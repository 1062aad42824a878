package org.mdlc.maven;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;

final class JvmFlagsTest {
  private static final String FLAGS =
      "--add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED";

  private static String prepended(String before) {
    var properties = new Properties();
    properties.setProperty("argLine", before);
    JvmFlags.prependTo(properties, "argLine");
    return properties.getProperty("argLine");
  }

  @Test
  void aPropertyKeepsWhatItHas() {
    var properties = new Properties();
    JvmFlags.prependTo(properties, "argLine");
    assertThat(properties).containsExactly(Map.entry("argLine", FLAGS));
    assertThat(prepended("-Xmx1g")).isEqualTo(FLAGS + " -Xmx1g");
    assertThat(prepended("-javaagent:jacoco.jar=a,b")).endsWith(" -javaagent:jacoco.jar=a,b");
  }

  @Test
  void aFlagIsThereOnce() {
    assertThat(prepended(FLAGS + " -Xmx1g")).isEqualTo(FLAGS + " -Xmx1g");
    assertThat(prepended("--enable-native-access=ALL-UNNAMED -ea"))
        .isEqualTo(
            "--add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED -ea");
    assertThat(prepended("--add-modules jdk.incubator.vector,java.sql"))
        .isEqualTo(FLAGS + " --add-modules jdk.incubator.vector,java.sql");
  }

  @Test
  void theyAreThoseOfTheBuildOfMdlcItself() {
    assertThat(JvmFlags.words()).containsExactly(FLAGS.split(" "));
  }
}
