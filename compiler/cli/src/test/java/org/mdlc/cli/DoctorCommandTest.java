package org.mdlc.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mdlc.cli.Finding.Verdict;
import org.mdlc.cli.Machine.Cpu;
import org.mdlc.cli.Machine.Folder;
import org.mdlc.cli.Machine.Gpu;
import org.mdlc.cli.Machine.Jvm;
import org.mdlc.cli.Machine.Library;
import org.mdlc.cli.Machine.Maven;
import org.mdlc.compiler.emit.java.KernelStyle;
import org.mdlc.runtime.kernel.DnnLibrary;

final class DoctorCommandTest {
  private static final Path HOME = Path.of("/jdk");
  private static final Jvm JVM =
      new Jvm(25, "25.0.1 (Acme)", HOME, true, List.of(), true, OptionalInt.of(256), true);
  private static final Cpu CPU =
      new Cpu("Linux", "amd64", List.of("AVX2", "FMA"), 4, 4, 16L << 30, 4L << 30);
  private static final Library LIBRARY = library(4, false);
  private static final Gpu NO_GPU = new Gpu(Optional.empty(), List.of());
  private static final Folder FOLDER = new Folder("downloads", Path.of("/cache"), true, "");
  private static final Maven MAVEN =
      new Maven(Optional.of(Path.of("/bin/mvn")), OptionalInt.of(25));
  private static final Machine.Screen SCREEN =
      new Machine.Screen(true, 100, "UTF-8", "en-GB", false);
  private static final Machine GOOD =
      new Machine(JVM, CPU, LIBRARY, NO_GPU, List.of(FOLDER), MAVEN, SCREEN);

  @TempDir private Path folder;

  @Test
  void findsNothingWrongWithAGoodMachine() {
    assertThat(Diagnosis.of(GOOD)).allMatch(f -> f.verdict() == Verdict.OK && f.advice().isEmpty());
    assertThat(finding(GOOD, "Vector API").value()).isEqualTo("256 bits: 8 numbers at once");
    assertThat(finding(GOOD, "CPU").value()).isEqualTo("Linux amd64, 4 cores, AVX2, FMA");
    assertThat(finding(GOOD, "memory").value())
        .isEqualTo("16.0 GiB, of which Java's heap takes up to 4.0");
    assertThat(finding(GOOD, "oneDNN").value())
        .isEqualTo("3.11.0, uses AVX2, loaded in 300 ms from /lib/libdnnl.so");
    assertThat(finding(GOOD, "GPU").value()).isEqualTo("none: there is no NVIDIA driver");
    assertThat(finding(GOOD, "output").value())
        .isEqualTo("terminal of 100 columns, colours, UTF-8, en-GB");
  }

  @Test
  void aJavaThatCannotTrainIsAProblem() {
    var old = with(new Jvm(24, "24", HOME, false, List.of(), true, OptionalInt.of(256), true));
    assertThat(finding(old, "Java"))
        .isEqualTo(Finding.problem("Java", "24, /jdk", "install a JDK 25 or newer"));
    assertThat(finding(old, "javac").verdict()).isEqualTo(Verdict.PROBLEM);
  }

  @Test
  void missingFlagsAreWarnings() {
    var bare = with(new Jvm(25, "25", HOME, true, List.of(), false, OptionalInt.empty(), false));
    assertThat(finding(bare, "Vector API").verdict()).isEqualTo(Verdict.WARNING);
    assertThat(finding(bare, "Vector API").advice()).contains("--add-modules jdk.incubator.vector");
    assertThat(finding(bare, "native access").advice()).contains("--enable-native-access");
  }

  @Test
  void tellsWhatAContainerLeaves() {
    var cpu = new Cpu("Linux", "amd64", List.of("AVX2"), 2, 64, 1L << 30, 256L << 20);
    var contained = new Machine(JVM, cpu, LIBRARY, NO_GPU, List.of(), MAVEN, SCREEN);
    assertThat(finding(contained, "CPU").value()).contains("2 of the host's 64 cores");
    assertThat(finding(contained, "memory").advice()).contains("JAVA_TOOL_OPTIONS=-Xmx2g");
    assertThat(finding(contained, "threads").advice()).contains("leave out -Dmdlc.threads");
  }

  @Test
  void anOldCpuIsAWarningAndAnUnknownOneIsNot() {
    var old = new Cpu("Linux", "amd64", List.of("FMA"), 4, 4, 1L << 34, 1L << 32);
    var unknown = new Cpu("Mac OS X", "aarch64", List.of(), 4, 4, 1L << 34, 1L << 32);
    assertThat(finding(with(old), "CPU").verdict()).isEqualTo(Verdict.WARNING);
    assertThat(finding(with(unknown), "CPU").verdict()).isEqualTo(Verdict.OK);
  }

  @Test
  void idleCoresAreAWarning() {
    assertThat(finding(with(library(1, true)), "threads"))
        .isEqualTo(
            Finding.warning(
                "threads", "1, from -Dmdlc.threads", "cores stay idle; leave out -Dmdlc.threads"));
  }

  @Test
  void twoKindsOfThreadsAreAWarning() {
    var dnn = new DnnLibrary("3.11.0", "AVX2", Optional.empty(), true);
    var library = new Library(Optional.of(dnn), "", 300, 4, false);
    assertThat(finding(with(library), "threads").verdict()).isEqualTo(Verdict.WARNING);
    assertThat(finding(with(library), "threads").value()).isEqualTo("4, and others of oneDNN");
  }

  @Test
  void aLibraryThatDoesNotLoadIsAProblem() {
    var missing = with(new Library(Optional.empty(), "it does not load", 0, 4, false));
    assertThat(finding(missing, "oneDNN").verdict()).isEqualTo(Verdict.PROBLEM);
    assertThat(finding(missing, "oneDNN").value()).isEqualTo("it does not load");
    assertThat(Diagnosis.of(missing)).noneMatch(finding -> finding.name().equals("threads"));
  }

  @Test
  void saysThatAGpuIsNotUsed() {
    var gpu = new Gpu(Optional.of("13.1"), List.of("NVIDIA H100", "NVIDIA H100"));
    var machine = new Machine(JVM, CPU, LIBRARY, gpu, List.of(), MAVEN, SCREEN);
    assertThat(finding(machine, "GPU").value())
        .startsWith("NVIDIA H100, NVIDIA H100 (CUDA 13.1), not used:");
  }

  @Test
  void warnsOfFoldersMavenAndOutput() {
    var locked = new Folder("downloads", Path.of("/cache"), false, "set KERAS_HOME");
    var maven = new Maven(Optional.of(Path.of("/bin/mvn")), OptionalInt.of(17));
    var screen = new Machine.Screen(true, 80, "ANSI_X3.4-1968", "en", true);
    var machine = new Machine(JVM, CPU, LIBRARY, NO_GPU, List.of(locked), maven, screen);
    assertThat(finding(machine, "downloads"))
        .isEqualTo(Finding.warning("downloads", "/cache cannot be written", "set KERAS_HOME"));
    assertThat(finding(machine, "Maven").advice()).contains("export JAVA_HOME=/jdk");
    assertThat(finding(machine, "output").value()).contains("no colours (NO_COLOR is set)");
    assertThat(finding(machine, "output").verdict()).isEqualTo(Verdict.WARNING);
  }

  @Test
  void theSelfCheckComparesWithNumbersThatPlainLoopsGiveToo() {
    assertThat(SelfCheck.losses(KernelStyle.PLAIN)).containsExactly(SelfCheck.LOSSES, within(1e-5));
    assertThat(SelfCheck.losses(KernelStyle.VECTOR))
        .containsExactly(SelfCheck.LOSSES, within(1e-5));
    assertThat(SelfCheck.LOSSES[1]).isLessThan(SelfCheck.LOSSES[0] - 0.01);
  }

  @Test
  void flagsOfACpuMayBeSetApartByMoreThanASpace() {
    var info = List.of("processor\t: 0", "flags\t\t: fpu avx2 pti        fma  avx512f avx2", "");
    assertThat(ThisMachine.features(info)).containsExactly("AVX-512", "AVX2", "FMA");
    assertThat(ThisMachine.features(List.of("processor\t: 0"))).isEmpty();
  }

  @Test
  void thisMachineTrains() {
    var run = CommandRun.of("doctor");
    assertThat(run.exitCode()).as(run.out()).isZero();
    assertThat(run.out())
        .contains("oneDNN         ", "self-check     a small model compiled and trained right")
        .endsWith("Training works here, on the CPU.\n");
  }

  @Test
  void printsJson() {
    var run = CommandRun.of("doctor", "--json");
    assertThat(run.err()).isEmpty();
    var result = JsonParser.parseString(run.out()).getAsJsonObject().getAsJsonObject("result");
    assertThat(result.get("works").getAsBoolean()).isTrue();
    var last = result.getAsJsonArray("checks").asList().getLast().getAsJsonObject();
    assertThat(last.keySet()).containsExactly("name", "verdict", "value", "advice");
    assertThat(last.get("name").getAsString()).isEqualTo("self-check");
  }

  @Test
  void coloursVerdicts() {
    assertThat(CommandRun.in(Map.of(), true, "doctor").out()).contains("\u001B[32mok\u001B[0m");
  }

  @Test
  void asksTheDriver() throws IOException, InterruptedException {
    var compiler = new Programs(System.getenv()).find("cc");
    assumeTrue(compiler.isPresent(), "there is no C compiler to make a driver with");
    var source =
        Files.writeString(
            folder.resolve("cuda.c"),
            """
            #include <stdio.h>
            int cuInit(unsigned flags) { return 0; }
            int cuDriverGetVersion(int *version) { *version = 13010; return 0; }
            int cuDeviceGetCount(int *count) { *count = 2; return 0; }
            int cuDeviceGetName(char *name, int size, int device) { snprintf(name, size, "Acme %d", device); return 0; }
            """);
    var library = folder.resolve("libcuda.so");
    var made =
        new ProcessBuilder(
                compiler.get().toString(),
                "-shared",
                "-fPIC",
                "-o",
                library.toString(),
                source.toString())
            .inheritIO()
            .start();
    assertThat(made.waitFor()).isZero();
    assertThat(CudaDriver.ask(library.toString()))
        .isEqualTo(new Gpu(Optional.of("13.1"), List.of("Acme 0", "Acme 1")));
  }

  @Test
  void noDriverIsNoGpu() {
    assertThat(CudaDriver.ask(folder.resolve("libcuda.so").toString())).isEqualTo(NO_GPU);
  }

  private static Library library(int threads, boolean set) {
    var file = Optional.of(Path.of("/lib/libdnnl.so"));
    var dnn = new DnnLibrary("3.11.0", "AVX2", file, false);
    return new Library(Optional.of(dnn), "", 300, threads, set);
  }

  private static Machine with(Jvm jvm) {
    return new Machine(jvm, CPU, LIBRARY, NO_GPU, List.of(FOLDER), MAVEN, SCREEN);
  }

  private static Machine with(Cpu cpu) {
    return new Machine(JVM, cpu, LIBRARY, NO_GPU, List.of(FOLDER), MAVEN, SCREEN);
  }

  private static Machine with(Library library) {
    return new Machine(JVM, CPU, library, NO_GPU, List.of(FOLDER), MAVEN, SCREEN);
  }

  private static Finding finding(Machine machine, String name) {
    return Diagnosis.of(machine).stream()
        .filter(finding -> finding.name().equals(name))
        .findFirst()
        .orElseThrow();
  }
}
