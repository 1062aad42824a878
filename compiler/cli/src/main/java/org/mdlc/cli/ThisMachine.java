package org.mdlc.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.bytedeco.javacpp.Loader;
import org.mdlc.cli.Machine.Cpu;
import org.mdlc.cli.Machine.Folder;
import org.mdlc.cli.Machine.Jvm;
import org.mdlc.cli.Machine.Library;
import org.mdlc.cli.Machine.Maven;
import org.mdlc.cli.Machine.Screen;
import org.mdlc.runtime.kernel.DnnLibrary;
import org.mdlc.runtime.kernel.KernelException;
import org.mdlc.runtime.kernel.Lanes;
import org.mdlc.runtime.kernel.Team;
import org.mdlc.runtime.kernel.VectorApi;
import org.mdlc.runtime.utils.GetFile;

/** Looks at the machine that mdlc runs on. */
final class ThisMachine {
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  /** As Linux writes the features, and as people do. */
  private static final Map<String, String> FEATURES =
      Map.of("avx2", "AVX2", "fma", "FMA", "avx512f", "AVX-512", "amx_tile", "AMX", "sve", "SVE");

  private ThisMachine() {}

  static Machine seenFrom(Terminal terminal) {
    var environment = terminal.environment();
    var programs = new Programs(environment);
    return new Machine(
        jvm(),
        cpu(),
        library(),
        CudaDriver.ask(CudaDriver.libraryName()),
        folders(),
        new Maven(programs.find("mvn"), programs.javaVersion()),
        screen(terminal));
  }

  private static Jvm jvm() {
    boolean hasVectors = VectorApi.isPresent();
    return new Jvm(
        Runtime.version().feature(),
        Runtime.version() + " (" + System.getProperty("java.vendor") + ")",
        Path.of(System.getProperty("java.home")),
        ToolProvider.getSystemJavaCompiler() != null,
        ManagementFactory.getRuntimeMXBean().getInputArguments(),
        hasVectors,
        hasVectors ? OptionalInt.of(Float.SIZE * Lanes.COUNT) : OptionalInt.empty(),
        ThisMachine.class.getModule().isNativeAccessEnabled());
  }

  private static Cpu cpu() {
    var system =
        (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    var info = cpuInfo();
    int cores = Runtime.getRuntime().availableProcessors();
    int coresOfHost = (int) info.stream().filter(line -> line.startsWith("processor")).count();
    return new Cpu(
        System.getProperty("os.name"),
        System.getProperty("os.arch"),
        features(info),
        cores,
        Math.max(cores, coresOfHost),
        system.getTotalMemorySize(),
        Runtime.getRuntime().maxMemory());
  }

  /** What Linux says of each core; nothing elsewhere. */
  private static List<String> cpuInfo() {
    try {
      return Files.isReadable(CPU_INFO) ? Files.readAllLines(CPU_INFO) : List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Those of {@link #FEATURES} among the words of the line of flags, in words. */
  static List<String> features(List<String> info) {
    var words =
        info.stream()
            .filter(line -> line.startsWith("flags") || line.startsWith("Features"))
            .findFirst()
            .map(line -> Set.copyOf(Arrays.asList(line.split("[:\\s]+"))))
            .orElse(Set.of());
    return FEATURES.entrySet().stream()
        .filter(feature -> words.contains(feature.getKey()))
        .map(Map.Entry::getValue)
        .sorted()
        .toList();
  }

  private static Library library() {
    boolean set = System.getProperty(Team.THREADS_PROPERTY) != null;
    int threads = Team.get().size();
    long start = System.nanoTime();
    try {
      var found = DnnLibrary.load();
      long millis = (System.nanoTime() - start) / 1_000_000;
      return new Library(Optional.of(found), "", millis, threads, set);
    } catch (KernelException e) {
      return new Library(Optional.empty(), Failures.text(e), 0, threads, set);
    }
  }

  private static List<Folder> folders() {
    return Stream.of(
            folder("downloads", GetFile.usualCacheFolder(), "set KERAS_HOME to another folder"),
            folder(
                "native files",
                nativeFiles(),
                "start Java with -Dorg.bytedeco.javacpp.cachedir=FOLDER"))
        .toList();
  }

  private static Path nativeFiles() {
    try {
      return Loader.getCacheDir().toPath();
    } catch (IOException e) {
      return Path.of(System.getProperty("user.home"), ".javacpp", "cache");
    }
  }

  private static Folder folder(String purpose, Path path, String advice) {
    var there = path;
    while (!Files.exists(there) && there.getParent() != null) {
      there = there.getParent();
    }
    return new Folder(purpose, path, Files.isDirectory(there) && Files.isWritable(there), advice);
  }

  private static Screen screen(Terminal terminal) {
    return new Screen(
        terminal.interactive(),
        terminal.columns(),
        System.getProperty("stdout.encoding", System.getProperty("native.encoding", "")),
        Locale.getDefault().toLanguageTag(),
        !terminal.environment().getOrDefault("NO_COLOR", "").isEmpty());
  }
}
