package org.mdlc.compiler.emit.java;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.mdlc.compiler.plan.Kernel;
import org.mdlc.compiler.plan.Program;
import org.mdlc.compiler.plan.Step;

/**
 * Which kernels of a program do the same to other buffers: one method with addresses as parameters
 * then serves all of them, is loaded and compiled once, and is warm for the last of six equal
 * blocks of layers when it is for the first.
 */
final class KernelBodies {
  /** A method has room for 255 words, two for each address. */
  private static final int MOST_PARAMETERS = 100;

  private final Map<Kernel, Integer> uses = new HashMap<>();
  private final Map<Key, Body> bodies = new HashMap<>();

  private record Key(Kernel kernel, boolean ofThread) {}

  /**
   * A method that several steps call.
   *
   * @param method its name
   * @param cut the field that says which points a part of it has, if it is done in parts; else of
   *     no meaning
   */
  record Body(String method, String cut) {}

  KernelBodies(Program program) {
    for (var step : program.flattened()) {
      if (step instanceof Step.KernelCall call) {
        uses.merge(nameless(call.kernel()), 1, Integer::sum);
      }
    }
  }

  /** True when more than one step of the program carries out this kernel. */
  boolean isShared(Kernel kernel) {
    return kernel.params().size() <= MOST_PARAMETERS
        && uses.getOrDefault(nameless(kernel), 0) > 1;
  }

  /**
   * The method for this kernel, once there is one.
   *
   * @param ofThread as it is done within a loop whose rounds the threads share
   */
  Optional<Body> body(Kernel kernel, boolean ofThread) {
    return Optional.ofNullable(bodies.get(new Key(nameless(kernel), ofThread)));
  }

  void put(Kernel kernel, boolean ofThread, Body body) {
    bodies.put(new Key(nameless(kernel), ofThread), body);
  }

  private static Kernel nameless(Kernel kernel) {
    List<Kernel.Param> params = new ArrayList<>();
    for (var param : kernel.params()) {
      params.add(
          new Kernel.Param("p" + params.size(), param.type(), param.access(), param.elements()));
    }
    return new Kernel(
        "kernel", params, kernel.axes(), kernel.outer(), kernel.lanes(), kernel.stages());
  }
}
