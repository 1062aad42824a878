package org.mdlc.compiler.emit.java;

import java.util.List;
import org.mdlc.compiler.plan.Instr;
import org.mdlc.compiler.plan.Kernel.Reduce;
import org.mdlc.compiler.plan.Kernel.Stage;
import org.mdlc.compiler.plan.Kernel.Store;

/** What a blocked kernel does to the vectors of one block. */
sealed interface BlockAction {
  Stage stage();

  record Define(Stage stage, Instr instr) implements BlockAction {}

  record Keep(Stage stage, Store store) implements BlockAction {}

  /** Gives an accumulator that is itself a block its neutral element. */
  record Start(Stage stage, Reduce reduce) implements BlockAction {}

  record Accumulate(Stage stage, Reduce reduce) implements BlockAction {}

  /** The registers that the action reads as vectors. */
  default List<Integer> reads(Registers registers) {
    var operands =
        switch (this) {
          case Define d -> d.instr().reads();
          case Keep k -> List.of(k.store().value());
          case Start _ -> List.<Integer>of();
          case Accumulate a -> List.of(a.reduce().value());
        };
    return operands.stream().filter(r -> registers.isVector(stage(), r)).distinct().toList();
  }
}
