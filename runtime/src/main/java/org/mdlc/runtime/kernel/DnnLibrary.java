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

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.bytedeco.javacpp.Loader;

/**
 * What oneDNN says of itself on this machine.
 *
 * @param version such as {@code 3.11.0}
 * @param instructions the widest set that it uses, such as {@code AVX2}
 * @param file it was loaded from, if that is known
 * @param threads that its operations run on, if it tells
 */
public record DnnLibrary(
    String version, String instructions, Optional<Path> file, OptionalInt threads) {

  /**
   * Loads the library, if it is not loaded yet, and asks it.
   *
   * @throws KernelException if it does not load
   */
  public static DnnLibrary load() {
    Dnn.engine();
    var version = dnnl_version();
    Optional<Path> file = loadedFrom();
    return new DnnLibrary(
        version.major() + "." + version.minor() + "." + version.patch(),
        instructions(dnnl_get_effective_cpu_isa()),
        file,
        file.isPresent() ? threads(file.get()) : OptionalInt.empty());
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

  /** Asks OpenMP, which the library is linked to; nothing where that cannot be asked. */
  @SuppressWarnings("restricted") // only where native access is enabled
  private static OptionalInt threads(Path file) {
    if (!DnnLibrary.class.getModule().isNativeAccessEnabled()) {
      return OptionalInt.empty();
    }
    try (Arena arena = Arena.ofConfined()) {
      var count = SymbolLookup.libraryLookup(file, arena).find("omp_get_max_threads");
      if (count.isEmpty()) {
        return OptionalInt.empty();
      }
      var call =
          Linker.nativeLinker()
              .downcallHandle(count.get(), FunctionDescriptor.of(ValueLayout.JAVA_INT));
      return OptionalInt.of((int) call.invokeExact());
    } catch (Throwable e) {
      return OptionalInt.empty(); // a figure to show, and nothing else
    }
  }
}
