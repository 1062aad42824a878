package org.mdlc.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import org.mdlc.runtime.History;

/** The metrics of every epoch of all stages as CSV, in the form of Keras's {@code CSVLogger}. */
final class HistoryFile {
  private HistoryFile() {}

  static void write(Path file, List<History> stages) throws IOException {
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
