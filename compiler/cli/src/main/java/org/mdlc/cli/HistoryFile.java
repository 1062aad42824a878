package org.mdlc.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import org.mdlc.runtime.History;

/**
 * The metrics of every epoch of all stages: as CSV in the form of Keras's {@code CSVLogger}, or as
 * JSON in that of its {@code History.history}, with the epochs.
 */
final class HistoryFile {
  private static final String JSON = ".json";

  private HistoryFile() {}

  /** Writes JSON if the name of the file says so, else CSV. */
  static void write(Path file, List<History> stages) throws IOException {
    if (file.toString().toLowerCase(Locale.ROOT).endsWith(JSON)) {
      Files.writeString(file, JsonReport.text(json(stages)) + "\n");
    } else {
      writeCsv(file, stages);
    }
  }

  /** A list for {@code epoch} and for each metric; null where a stage has not measured it. */
  private static JsonObject json(List<History> stages) {
    var lists = new JsonObject();
    lists.add("epoch", new JsonArray());
    var names = new LinkedHashSet<String>();
    stages.forEach(stage -> names.addAll(stage.names()));
    names.forEach(name -> lists.add(name, new JsonArray()));
    for (var stage : stages) {
      stage.epochs().forEach(lists.getAsJsonArray("epoch")::add);
      for (var name : names) {
        var values = lists.getAsJsonArray(name);
        for (int row = 0; row < stage.epochs().size(); row++) {
          values.add(
              stage.names().contains(name)
                  ? JsonReport.finite(stage.get(name)[row])
                  : JsonNull.INSTANCE);
        }
      }
    }
    return lists;
  }

  private static void writeCsv(Path file, List<History> stages) throws IOException {
    if (stages.size() == 1) {
      stages.getFirst().writeCsv(file);
      return;
    }
    var names = new LinkedHashSet<String>();
    stages.forEach(stage -> names.addAll(stage.names()));
    var text = new StringBuilder("epoch,").append(String.join(",", names)).append('\n');
    for (var stage : stages) {
      for (int row = 0; row < stage.epochs().size(); row++) {
        text.append(stage.epochs().get(row));
        for (var name : names) {
          text.append(',').append(stage.names().contains(name) ? stage.get(name)[row] : "NA");
        }
        text.append('\n');
      }
    }
    Files.writeString(file, text);
  }
}
