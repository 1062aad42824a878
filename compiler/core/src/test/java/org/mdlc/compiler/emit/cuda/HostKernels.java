package org.mdlc.compiler.emit.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.mdlc.cuda.DeviceHeaders;

/** Printed kernels, compiled by g++ against the header that plays CUDA on the CPU. */
@SuppressWarnings({"restricted", "EnumOrdinal"}) // loads what it has just compiled
final class HostKernels {
  /** In which order the header runs warps, lanes and blocks. */
  enum Order {
    FORWARD,
    REVERSE,
    SHUFFLED
  }

  private static final Linker LINKER = Linker.nativeLinker();

  private final SymbolLookup library;

  private HostKernels(SymbolLookup library) {
    this.library = library;
  }

  static HostKernels compile(CudaSource source, Path folder, Arena arena)
      throws IOException, InterruptedException {
    DeviceHeaders.writeTo(folder);
    Files.writeString(folder.resolve("kernels.cu"), source.text());
    Commands.run(
        folder,
        List.of(
            "g++",
            "-std=c++17",
            "-O1",
            "-Wall",
            "-Wno-unknown-pragmas",
            "-Wno-unused",
            "-Werror",
            "-ffp-contract=off",
            "-fwrapv",
            "-fPIC",
            "-shared",
            "-DMDLC_HOST_SHIM",
            "-x",
            "c++",
            "kernels.cu",
            "-o",
            "kernels.so"));
    return new HostKernels(SymbolLookup.libraryLookup(folder.resolve("kernels.so"), arena));
  }

  /** Runs one kernel over the words of its parameters, with the check for races on. */
  void run(Launch launch, int batch, Order order, List<int[]> memory) throws Throwable {
    try (var arena = Arena.ofConfined()) {
      int seed = 5;
      function(
              "mdlc_host_options",
              FunctionDescriptor.ofVoid(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT))
          .invokeExact(order.ordinal(), seed, 1, 1);
      var segments = memory.stream().map(m -> arena.allocateFrom(JAVA_INT, m)).toList();
      var arguments = arena.allocate(ADDRESS, segments.size() + 1L);
      for (int p = 0; p < segments.size(); p++) {
        arguments.setAtIndex(ADDRESS, p, arena.allocateFrom(ADDRESS, segments.get(p)));
      }
      arguments.setAtIndex(ADDRESS, segments.size(), arena.allocateFrom(JAVA_INT, batch));
      int blocks = (int) launch.blocks().at(batch);
      var configuration = arena.allocateFrom(JAVA_INT, blocks, 1, 1, launch.threads(), 1, 1, 0);
      // the exported record begins with the function that runs the kernel
      var record = library.find("mdlc_host_" + launch.function()).orElseThrow();
      var run =
          LINKER.downcallHandle(
              record.reinterpret(ADDRESS.byteSize()).get(ADDRESS, 0),
              FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
      int failed = (int) run.invokeExact(configuration, arguments);
      assertThat(failed).as("%s: %s", launch.function(), error()).isZero();
      for (int p = 0; p < segments.size(); p++) {
        MemorySegment.copy(segments.get(p), JAVA_INT, 0, memory.get(p), 0, memory.get(p).length);
      }
    }
  }

  private String error() throws Throwable {
    var text =
        (MemorySegment) function("mdlc_host_error", FunctionDescriptor.of(ADDRESS)).invokeExact();
    return text.reinterpret(1024).getString(0);
  }

  private MethodHandle function(String name, FunctionDescriptor type) {
    return LINKER.downcallHandle(library.find(name).orElseThrow(), type);
  }
}
