package org.mdlc.cuda;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The headers that generated CUDA text needs; it includes the prelude and nothing else. */
public final class DeviceHeaders {
  /** Included by every generated text. */
  public static final String PRELUDE = "mdlc_prelude.cuh";

  /** Included by the prelude under {@code -DMDLC_HOST_SHIM}: runs kernels on the CPU. */
  public static final String HOST = "mdlc_cuda_host.h";

  private DeviceHeaders() {}

  /**
   * The text of a header, as NVRTC wants it.
   *
   * @param name {@link #PRELUDE} or {@link #HOST}
   * @throws IllegalArgumentException for any other name
   */
  public static String text(String name) {
    try (var in = DeviceHeaders.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalArgumentException("there is no header " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes both headers into a folder, for compilers that read files. */
  public static void writeTo(Path folder) throws IOException {
    for (var name : new String[] {PRELUDE, HOST}) {
      Files.writeString(folder.resolve(name), text(name));
    }
  }
}
