package org.mdlc.cli;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.mdlc.compiler.bind.BoundProgram;
import org.mdlc.runtime.ModelSpec;
import org.mdlc.runtime.data.Dataset;

/** Where rows for a model come from. */
interface RowSource {
  /**
   * Sizes of the axes of one row as they are stored, by the name of the model's input or target, as
   * far as they can be told without knowing the sizes of named dimensions.
   */
  Map<String, List<Integer>> rowShapes(BoundProgram bound) throws IOException;

  /**
   * The rows in the shapes that the model takes; in memory unless they are the files of folders.
   *
   * @param labelled whether targets are needed too
   */
  Dataset read(BoundProgram bound, ModelSpec spec, boolean labelled) throws IOException;
}
