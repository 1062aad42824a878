package org.mdlc.runtime.kernel;

import static org.bytedeco.dnnl.global.dnnl.dnnl_cpu_isa_avx;
import static org.bytedeco.dnnl.global.dnnl.dnnl_cpu_isa_avx2;
import static org.bytedeco.dnnl.global.dnnl.dnnl_cpu_isa_avx2_vnni;
import static org.bytedeco.dnnl.global.dnnl.dnnl_cpu_isa_avx2_vnni_2;
import static org.bytedeco.dnnl.global.dnnl.dnnl_cpu_isa_avx512_core;
import static org.bytedeco.dnnl.global.dnnl.dnnl_cpu_isa_avx512_core_amx;
import static org.bytedeco.dnnl.global.dnnl.dnnl_cpu_isa_avx512_core_amx_fp16;
import static org.bytedeco.dnnl.global.dnnl.dnnl_cpu_isa_avx512_core_bf16;
import static org.bytedeco.dnnl.global.dnnl.dnnl_cpu_isa_avx512_core_fp16;
import static org.bytedeco.dnnl.global.dnnl.dnnl_cpu_isa_avx512_core_vnni;
import static org.bytedeco.dnnl.global.dnnl.dnnl_cpu_isa_default;
import static org.bytedeco.dnnl.global.dnnl.dnnl_cpu_isa_sse41;
import static org.bytedeco.dnnl.global.dnnl.dnnl_get_effective_cpu_isa;
import static org.bytedeco.dnnl.global.dnnl.dnnl_version;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.javacpp.Loader;

/**
 * What oneDNN says of itself on this machine.
 *
 * @param version such as {@code 3.11.0}
 * @param instructions the widest set that it uses, such as {@code AVX2}
 * @param file it was loaded from, if that is known
 * @param ownThreads whether it starts threads of its own, beside those of the {@link Team}: only
 *     where it cannot be told not to
 */
public record DnnLibrary(
    String version, String instructions, Optional<Path> file, boolean ownThreads) {

  /**
   * Loads the library, if it is not loaded yet, and asks it.
   *
   * @throws KernelException if it does not load
   */
  public static DnnLibrary load() {
    Dnn.engine();
    var version = dnnl_version();
    return new DnnLibrary(
        version.major() + "." + version.minor() + "." + version.patch(),
        instructions(dnnl_get_effective_cpu_isa()),
        loadedFrom(),
        !OmpThreads.areKnown());
  }

  private static String instructions(int set) {
    return switch (set) {
      case dnnl_cpu_isa_default -> "those of every CPU of this kind";
      case dnnl_cpu_isa_sse41 -> "SSE4.1";
      case dnnl_cpu_isa_avx -> "AVX";
      case dnnl_cpu_isa_avx2 -> "AVX2";
      case dnnl_cpu_isa_avx2_vnni -> "AVX2 with VNNI";
      case dnnl_cpu_isa_avx2_vnni_2 -> "AVX2 with VNNI-2";
      case dnnl_cpu_isa_avx512_core -> "AVX-512";
      case dnnl_cpu_isa_avx512_core_vnni -> "AVX-512 with VNNI";
      case dnnl_cpu_isa_avx512_core_bf16 -> "AVX-512 with bfloat16";
      case dnnl_cpu_isa_avx512_core_fp16 -> "AVX-512 with float16";
      case dnnl_cpu_isa_avx512_core_amx -> "AVX-512 with AMX";
      case dnnl_cpu_isa_avx512_core_amx_fp16 -> "AVX-512 with AMX for float16";
      default -> "set 0x" + Integer.toHexString(set);
    };
  }

  static Optional<Path> loadedFrom() {
    return Loader.getLoadedLibraries().entrySet().stream()
        .filter(library -> library.getKey().startsWith("dnnl"))
        .map(Map.Entry::getValue)
        .map(Path::of)
        .findFirst();
  }
}
