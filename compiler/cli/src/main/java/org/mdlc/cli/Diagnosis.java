package org.mdlc.cli;

import static org.mdlc.cli.Finding.ok;
import static org.mdlc.cli.Finding.problem;
import static org.mdlc.cli.Finding.warning;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.mdlc.cli.Machine.Cpu;
import org.mdlc.cli.Machine.Folder;
import org.mdlc.cli.Machine.Gpu;
import org.mdlc.cli.Machine.Jvm;
import org.mdlc.cli.Machine.Library;
import org.mdlc.cli.Machine.Maven;
import org.mdlc.cli.Machine.Screen;
import org.mdlc.launch.Jdk;
import org.mdlc.runtime.kernel.DnnLibrary;

/** Judges a machine. */
final class Diagnosis {
  private static final long LITTLE_HEAP = 512L << 20;
  private static final double GIBIBYTE = 1L << 30;

  private Diagnosis() {}

  static List<Finding> of(Machine machine) {
    return Stream.of(
            java(machine.jvm()),
            processor(machine.cpu()),
            Stream.of(memory(machine.cpu())),
            library(machine.library(), machine.cpu()),
            Stream.of(gpu(machine.gpu())),
            machine.folders().stream().map(Diagnosis::folder),
            Stream.of(maven(machine.maven(), machine.jvm()), screen(machine.screen())))
        .flatMap(findings -> findings)
        .toList();
  }

  private static Stream<Finding> java(Jvm jvm) {
    var text = jvm.name() + ", " + jvm.home();
    var needed = Jdk.NEEDED;
    return Stream.of(
        jvm.version() >= needed
            ? ok("Java", text)
            : problem("Java", text, "install a JDK " + needed + " or newer"),
        jvm.hasCompiler()
            ? ok("javac", "part of this Java")
            : problem("javac", "missing", "this Java only runs programs; install a full JDK"),
        ok("JVM flags", jvm.flags().isEmpty() ? "none" : String.join(" ", jvm.flags())),
        vectors(jvm),
        jvm.mayCallNative()
            ? ok("native access", "enabled")
            : warning(
                "native access",
                "not enabled: Java prints warnings, and will refuse one day",
                "start Java with --enable-native-access=ALL-UNNAMED, as the launcher mdlc does"));
  }

  private static Finding vectors(Jvm jvm) {
    if (!jvm.hasVectors()) {
      return warning(
          "Vector API",
          "missing: kernels run as plain loops, several times slower",
          "start Java with --add-modules jdk.incubator.vector, as the launcher mdlc does");
    }
    int bits = jvm.vectorBits().orElse(0);
    return ok("Vector API", bits + " bits: " + bits / Float.SIZE + " numbers at once");
  }

  private static Stream<Finding> processor(Cpu cpu) {
    var cores =
        cpu.cores() < cpu.coresOfHost()
            ? cpu.cores() + " of the host's " + cpu.coresOfHost() + " cores"
            : cpu.cores() + (cpu.cores() == 1 ? " core" : " cores");
    var text =
        String.join(
            ", ",
            Stream.concat(
                    Stream.of(cpu.system() + " " + cpu.kind(), cores), cpu.features().stream())
                .toList());
    boolean old =
        cpu.kind().equals("amd64") && !cpu.features().isEmpty() && !cpu.features().contains("AVX2");
    return Stream.of(
        old
            ? warning(
                "CPU", text, "without AVX2 training is several times slower; a newer CPU helps")
            : ok("CPU", text));
  }

  private static Finding memory(Cpu cpu) {
    var text =
        String.format(
            Locale.ROOT,
            "%.1f GiB, of which Java's heap takes up to %.1f",
            cpu.memoryBytes() / GIBIBYTE,
            cpu.heapBytes() / GIBIBYTE);
    return cpu.heapBytes() < LITTLE_HEAP
        ? warning("memory", text, "large data sets need more: JAVA_TOOL_OPTIONS=-Xmx2g gives it")
        : ok("memory", text);
  }

  private static Stream<Finding> library(Library library, Cpu cpu) {
    if (library.found().isEmpty()) {
      return Stream.of(
          problem(
              "oneDNN",
              library.failure(),
              "put the javacpp, dnnl and opencl jars of this platform on the class path"));
    }
    var dnn = library.found().get();
    var findings = new ArrayList<Finding>();
    findings.add(
        ok(
            "oneDNN",
            dnn.version()
                + ", uses "
                + dnn.instructions()
                + ", loaded in "
                + library.loadMillis()
                + " ms"
                + dnn.file().map(file -> " from " + file).orElse("")));
    findings.add(threads(dnn, library, cpu));
    return findings.stream();
  }

  private static Finding threads(DnnLibrary dnn, Library library, Cpu cpu) {
    int threads = library.threads();
    var text = threads + (library.threadsSet() ? ", from -Dmdlc.threads" : "");
    if (dnn.ownThreads()) {
      return warning(
          "threads",
          text + ", and others of oneDNN",
          "they get into each other's way; start Java with --enable-native-access=ALL-UNNAMED");
    }
    if (threads > cpu.cores()) {
      return warning(
          "threads", text, "more threads than cores wait for each other; leave out -Dmdlc.threads");
    }
    return threads < cpu.cores()
        ? warning("threads", text, "cores stay idle; leave out -Dmdlc.threads")
        : ok("threads", text);
  }

  /** Nothing of it is used yet, so nothing of it is wrong. */
  private static Finding gpu(Gpu gpu) {
    if (gpu.driver().isEmpty()) {
      return ok("GPU", "none: there is no NVIDIA driver");
    }
    var devices = gpu.devices().isEmpty() ? "no device" : String.join(", ", gpu.devices());
    return ok(
        "GPU",
        devices
            + " (CUDA "
            + gpu.driver().get()
            + "), not used: this version trains on the CPU, and only prints kernels for a GPU");
  }

  private static Finding folder(Folder folder) {
    return folder.isWritable()
        ? ok(folder.purpose(), folder.path().toString())
        : warning(folder.purpose(), folder.path() + " cannot be written", folder.advice());
  }

  private static Finding maven(Maven maven, Jvm jvm) {
    if (maven.program().isEmpty()) {
      return ok("Maven", "not found; only projects need it, mdlc itself does not");
    }
    var text = maven.program().get().toString();
    return maven.java().orElse(Jdk.NEEDED) < Jdk.NEEDED
        ? warning(
            "Maven",
            text + "; the java of the shell is " + maven.java().getAsInt(),
            "Maven runs on that one unless you export JAVA_HOME=" + jvm.home())
        : ok("Maven", text);
  }

  private static Finding screen(Screen screen) {
    var colours = screen.isTerminal() && !screen.noColor() ? "colours" : "no colours";
    var why = screen.noColor() ? " (NO_COLOR is set)" : "";
    var text =
        screen.isTerminal()
            ? "terminal of " + screen.columns() + " columns, " + colours + why
            : "no terminal, so " + colours;
    text += ", " + screen.encoding() + ", " + screen.locale();
    return screen.isTerminal() && !screen.encoding().equals("UTF-8")
        ? warning("output", text, "mdlc prints UTF-8: set the terminal to it, and LANG=C.UTF-8")
        : ok("output", text);
  }
}
