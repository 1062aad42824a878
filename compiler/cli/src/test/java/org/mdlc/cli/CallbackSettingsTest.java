package org.mdlc.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.mdlc.compiler.bind.BoundProgram.Argument;
import org.mdlc.compiler.bind.BoundProgram.CallbackSetting;
import org.mdlc.compiler.bind.KnownCallbacks;

/** Every callback and argument that the compiler lets through makes something. */
class CallbackSettingsTest {
  private static final PrintStream NOWHERE =
      new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);

  private static final Map<String, String> NEEDED =
      Map.of(
          "filepath", "best.safetensors",
          "filename", "log.csv",
          "backup_dir", "backups");

  private static final Map<String, String> WORDS =
      Map.of(
          "mode", "max",
          "monitor", "loss",
          "separator", ";",
          "log_dir", "logs",
          "update_freq", "batch",
          "root", "http://localhost:9",
          "path", "/p",
          "field", "f",
          "factor", "0.5");

  private static List<String> names() {
    return KnownCallbacks.names();
  }

  @ParameterizedTest
  @MethodSource("names")
  void everyArgumentIsUsed(String name) {
    for (var parameter : KnownCallbacks.parameters(name)) {
      var value = NEEDED.getOrDefault(parameter, WORDS.getOrDefault(parameter, "1"));
      var arguments =
          KnownCallbacks.parameters(name).stream()
              .filter(p -> NEEDED.containsKey(p) && !p.equals(parameter))
              .map(p -> new Argument(p, NEEDED.get(p)));
      var all = Stream.concat(arguments, Stream.of(new Argument(parameter, value))).toList();
      assertThatCode(() -> make(name, all)).as(name + " " + all).doesNotThrowAnyException();
    }
  }

  @Test
  void whatIsNotUsedIsNotPassedOver() {
    assertThatThrownBy(() -> make("TerminateOnNaN", List.of(new Argument("raise", "true"))))
        .hasMessage("TerminateOnNaN leaves out {raise=true}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "EarlyStopping|patience|soon|callback EarlyStopping: patience is a whole number, not soon",
        "EarlyStopping|mode|best|callback EarlyStopping: mode is auto, min or max, not \"best\"",
        "EarlyStopping|verbose|2|callback EarlyStopping: verbose is true or false, not 2",
        "ReduceLROnPlateau|factor|1|callback ReduceLROnPlateau: factor is below 1, not 1.0",
        "CSVLogger|append|true|CSVLogger needs a filename",
        "BackupAndRestore|save_freq|3|BackupAndRestore needs a backup_dir",
        "TensorBoard|update_freq|often|callback TensorBoard: updateFreq is \"epoch\", \"batch\" or"
            + " a number of batches, not \"often\"",
        "TensorBoard|histogram_freq|1.5|callback TensorBoard: histogram_freq is a whole number,"
            + " not 1.5"
      })
  void saysWhatDoesNotDo(String name, String argument, String value, String message) {
    assertThatThrownBy(() -> make(name, List.of(new Argument(argument, value))))
        .isInstanceOf(UserError.class)
        .hasMessage(message);
  }

  private static Object make(String name, List<Argument> arguments) {
    var made = CallbackSettings.create(new CallbackSetting(name, arguments), Path.of(""), NOWHERE);
    assertThat(made.getClass().getSimpleName()).isEqualTo(name);
    return made;
  }
}
