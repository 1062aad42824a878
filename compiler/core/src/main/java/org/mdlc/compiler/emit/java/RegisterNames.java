package org.mdlc.compiler.emit.java;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.mdlc.compiler.plan.Instr;
import org.mdlc.compiler.plan.Kernel;

/**
 * What the registers of one kernel are called: words of the model where there are any, made
 * different from each other and from the parameters, which keep their own names. Axis {@code n} is
 * {@code in}.
 */
final class RegisterNames implements Numbers.IndexNames {
  private final Kernel kernel;
  private final Map<Integer, String> registers = new HashMap<>();
  private final Set<String> taken = new HashSet<>();

  RegisterNames(Kernel kernel) {
    this.kernel = kernel;
    kernel.params().forEach(p -> taken.add(p.name()));
    for (var stage : kernel.stages()) {
      stage.body().forEach(i -> name(i.result(), word(i)));
      stage.reduces().forEach(r -> name(r.result(), r.reducer().text()));
    }
  }

  private String word(Instr instr) {
    return switch (instr) {
      case Instr.Constant _ -> "constant";
      case Instr.Index _ -> "index";
      case Instr.InRange _ -> "inside";
      case Instr.Load l -> kernel.params().get(l.param()).name();
      case Instr.Apply a -> a.fn().text().replace("_", "");
      case Instr.Uniform _ -> "uniform";
    };
  }

  private void name(int register, String word) {
    String name = word + "_" + register;
    while (!taken.add(name)) {
      name += "_";
    }
    registers.put(register, name);
  }

  /** The same names where a block of elements along an axis begins, for calls that go over it. */
  Numbers.IndexNames atBlock(int blockAxis) {
    return new Numbers.IndexNames() {
      @Override
      public String axis(int axis) {
        return RegisterNames.this.axis(axis) + (axis == blockAxis ? "Block" : "");
      }

      @Override
      public String register(int register) {
        return RegisterNames.this.register(register);
      }
    };
  }

  @Override
  public String axis(int axis) {
    return "i" + axis;
  }

  @Override
  public String register(int register) {
    var name = registers.get(register);
    if (name == null) {
      throw new IllegalStateException(
          "kernel " + kernel.name() + ": r" + register + " is not defined");
    }
    return name;
  }
}
