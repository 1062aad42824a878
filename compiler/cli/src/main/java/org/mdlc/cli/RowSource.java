package org.mdlc.cli;

import java.io.IOException;
import java.util.Map;
import org.mdlc.compiler.bind.BoundProgram;
import org.mdlc.runtime.ModelSpec;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.HostTensor;

/** Where rows for a model come from. */
interface RowSource {
  /**
   * The arrays as they are stored, by the name of the model's input or target, as far as they can
   * be told without knowing the sizes of named dimensions.
   */
  Map<String, HostTensor> stored(BoundProgram bound) throws IOException;

  /**
   * The rows in the shapes that the model takes.
   *
   * @param labelled whether targets are needed too
   */
  ArrayDataset read(BoundProgram bound, ModelSpec spec, boolean labelled) throws IOException;
}
