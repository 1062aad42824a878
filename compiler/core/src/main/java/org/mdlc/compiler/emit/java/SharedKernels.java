package org.mdlc.compiler.emit.java;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.mdlc.compiler.plan.Kernel;
import org.mdlc.compiler.plan.Kernel.Param;
import org.mdlc.compiler.plan.Program;
import org.mdlc.compiler.plan.Step;
import org.mdlc.compiler.type.Dim;

/**
 * Kernels that several steps have alike but for the buffers, as layers that are repeated do: they
 * are printed as one method that takes addresses. HotSpot then learns and compiles it once, where
 * it would have interpreted each copy for a while.
 */
final class SharedKernels {
  /** What the extent of the first axis is called where it differs from step to step. */
  static final String POINTS = "points";

  private static final Dim ANY_POINTS = Dim.symbol(POINTS);

  /**
   * One kernel of several steps.
   *
   * @param method its name
   * @param kernel with names that tell what all of the steps have in common
   * @param pointsDiffer whether the first axis is {@link #POINTS} long, which the method is told
   * @param steps their names, in order
   */
  record Shared(String method, Kernel kernel, boolean pointsDiffer, List<String> steps) {}

  /** What steps of one method have in common. */
  private record Form(Kernel kernel, boolean isCut) {}

  /** A method takes at most 255 words, of which an address is two. */
  private static final int MOST_PARAMS = 120;

  private final Map<String, Shared> byStep = new HashMap<>();

  private SharedKernels() {}

  /**
   * Those of a program.
   *
   * @param isCut whether a step is done in parts
   * @param fresh makes the name of a method that no other one has
   */
  static SharedKernels of(
      Program program, Predicate<Step.KernelCall> isCut, UnaryOperator<String> fresh) {
    var alike = new LinkedHashMap<Form, List<Kernel>>();
    for (var call : calls(program.steps())) {
      if (call.arguments().size() <= MOST_PARAMS) {
        alike
            .computeIfAbsent(new Form(form(call.kernel()), isCut.test(call)), _ -> new ArrayList<>())
            .add(call.kernel().named(call.name()));
      }
    }
    var found = new SharedKernels();
    for (var kernels : alike.values()) {
      if (kernels.size() > 1) {
        var steps = kernels.stream().map(Kernel::name).toList();
        String word = "shared_" + withoutNumbers(steps.getFirst());
        String method = fresh.apply(JavaNames.camelCase(word));
        boolean differ = kernels.stream().map(Kernel::axes).distinct().count() > 1;
        var shared = new Shared(method, common(kernels, differ), differ, steps);
        steps.forEach(step -> found.byStep.put(step, shared));
      }
    }
    return found;
  }

  /** Without those that are done row by row, each in a way of its own. */
  private static List<Step.KernelCall> calls(List<Step> steps) {
    var calls = new ArrayList<Step.KernelCall>();
    for (var step : steps) {
      if (step instanceof Step.KernelCall call) {
        calls.add(call);
      } else if (step instanceof Step.Loop loop && !loop.byRow()) {
        calls.addAll(calls(loop.body()));
      }
    }
    return calls;
  }

  /** Nothing for a step whose kernel is its own. */
  Optional<Shared> of(Step step) {
    return Optional.ofNullable(byStep.get(step.name()));
  }

  /** The kernel without what a method can be told. */
  private static Kernel form(Kernel kernel) {
    var names = new ArrayList<String>();
    for (int i = 0; i < kernel.params().size(); i++) {
      names.add("p" + i);
    }
    return renamed(kernel, "k", names, !Vectorizable.hasFewPoints(kernel));
  }

  private static Kernel common(List<Kernel> kernels, boolean pointsDiffer) {
    var first = kernels.getFirst();
    var names = new ArrayList<String>();
    Set<String> taken = new HashSet<>();
    for (int i = 0; i < first.params().size(); i++) {
      int param = i;
      var words =
          kernels.stream()
              .map(k -> withoutNumbers(k.params().get(param).name()))
              .distinct()
              .toList();
      String word = words.size() == 1 ? words.getFirst() : "p";
      String name = word;
      for (int n = 2; !taken.add(name); n++) {
        name = word + "_" + n;
      }
      names.add(name);
    }
    return renamed(first, first.name(), names, pointsDiffer);
  }

  private static Kernel renamed(
      Kernel kernel, String name, List<String> names, boolean anyPoints) {
    var params = new ArrayList<Param>();
    for (int i = 0; i < names.size(); i++) {
      var param = kernel.params().get(i);
      params.add(new Param(names.get(i), param.type(), param.access(), Dim.ONE));
    }
    var axes = new ArrayList<>(kernel.axes());
    if (anyPoints && kernel.outer() > 0) {
      axes.set(0, ANY_POINTS);
    }
    return new Kernel(name, params, axes, kernel.outer(), kernel.lanes(), kernel.stages());
  }

  /**
   * {@code conv2d_2_select_3} without the numbers that tell layers apart: {@code conv2d_select}. A
   * lone word gets a tail, because it might be one of Java's.
   */
  private static String withoutNumbers(String name) {
    String word = name.replaceAll("_\\d+(?=_|$)", "");
    return word.equals(name) || word.contains("_") ? word : word + "_x";
  }
}
