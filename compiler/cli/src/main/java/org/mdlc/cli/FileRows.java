package org.mdlc.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.mdlc.compiler.bind.BoundProgram;
import org.mdlc.runtime.ModelData;
import org.mdlc.runtime.ModelSpec;
import org.mdlc.runtime.data.DataSet;
import org.mdlc.runtime.data.HostTensor;
import org.mdlc.runtime.file.NumpyFiles;

/** Rows of a file given on the command line; see {@link ModelData}. */
record FileRows(Path file) implements RowSource {
  @Override
  public Map<String, HostTensor> stored(BoundProgram bound) throws IOException {
    var name = file.toString().toLowerCase(Locale.ROOT);
    if (name.endsWith(".npz")) {
      return NumpyFiles.readNpz(file);
    }
    if (name.endsWith(".npy") && bound.inputs().size() == 1) {
      return Map.of(bound.inputs().getFirst().name(), NumpyFiles.readNpy(file));
    }
    return Map.of();
  }

  @Override
  public DataSet read(BoundProgram bound, ModelSpec spec, boolean labelled) throws IOException {
    return ModelData.read(spec, file, labelled);
  }
}
