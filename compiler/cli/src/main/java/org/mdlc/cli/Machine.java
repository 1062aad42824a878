package org.mdlc.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.mdlc.runtime.kernel.DnnLibrary;

/**
 * What {@code mdlc doctor} judges.
 *
 * @param cpu processor, memory and system
 * @param library oneDNN
 * @param gpu of NVIDIA
 * @param folders that are written to
 * @param maven how projects are built
 * @param screen what a person sees
 */
record Machine(
    Jvm jvm, Cpu cpu, Library library, Gpu gpu, List<Folder> folders, Maven maven, Screen screen) {

  /**
   * The Java that runs mdlc.
   *
   * @param version such as 25
   * @param hasCompiler whether javac is part of it
   * @param flags it was started with
   * @param hasVectors whether {@code jdk.incubator.vector} is there
   * @param vectorBits of a vector of the Vector API
   * @param mayCallNative whether native access is enabled
   */
  record Jvm(
      int version,
      String name,
      Path home,
      boolean hasCompiler,
      List<String> flags,
      boolean hasVectors,
      OptionalInt vectorBits,
      boolean mayCallNative) {}

  /**
   * Processor and memory.
   *
   * @param kind such as {@code amd64}
   * @param features of its instructions that matter here, such as {@code AVX2}; empty if unknown
   * @param cores that this process may use
   * @param coresOfHost as many, or more outside the container
   * @param memoryBytes that this process may use
   * @param heapBytes of those, at most for Java's heap
   */
  record Cpu(
      String system,
      String kind,
      List<String> features,
      int cores,
      int coresOfHost,
      long memoryBytes,
      long heapBytes) {}

  /**
   * oneDNN, and the threads that call it.
   *
   * @param found what it says, if it loads
   * @param failure why it does not load; empty if it does
   * @param threads that a step runs on
   * @param threadsSet whether the property {@code mdlc.threads} says so
   */
  record Library(
      Optional<DnnLibrary> found,
      String failure,
      long loadMillis,
      int threads,
      boolean threadsSet) {}

  /**
   * What NVIDIA's driver says.
   *
   * @param driver the CUDA version that it serves; empty without a driver
   */
  record Gpu(Optional<String> driver, List<String> devices) {}

  /**
   * A folder that is written to.
   *
   * @param purpose what it is for
   * @param advice how to choose another
   */
  record Folder(String purpose, Path path, boolean isWritable, String advice) {}

  /**
   * Maven.
   *
   * @param program if the shell finds it
   * @param java version of the {@code java} that the shell finds
   */
  record Maven(Optional<Path> program, OptionalInt java) {}

  /**
   * What a person sees.
   *
   * @param encoding of standard output, as the system has it
   * @param noColor whether the variable {@code NO_COLOR} is set
   */
  record Screen(boolean isTerminal, int columns, String encoding, String locale, boolean noColor) {}
}
