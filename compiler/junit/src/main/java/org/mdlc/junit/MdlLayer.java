package org.mdlc.junit;

import java.util.Map;

/** A layer of a file, configured by its arguments. */
public final class MdlLayer {
  private final MdlFile file;
  private final String call;

  MdlLayer(MdlFile file, String call) {
    this.file = file;
    this.call = call;
  }

  /**
   * The layer on inputs of these types, each of one example: {@code "f32[5, 5, 16]"}; the batch is
   * in front of them. Several are given to it as {@code (x, y) |> Layer()}.
   *
   * @throws AssertionError with the compiler's messages if the file has an error, has no such
   *     layer, or the layer does not take these
   */
  public LayerCheck on(String... types) {
    var bound = BoundLayer.of(file.source(), call, types);
    return new LayerCheck(bound, 42, 3, -1, 1, Map.of());
  }
}
