package org.mdlc.compiler.bind;

import java.util.Optional;
import org.mdlc.compiler.bind.Datum.Truth;
import org.mdlc.compiler.bind.Datum.Whole;
import org.mdlc.compiler.bind.Library.Category;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.syntax.Ast;

/** Reads the plain settings of a train block. */
final class Numbers {
  private final Evaluator evaluator;

  Numbers(Evaluator evaluator) {
    this.evaluator = evaluator;
  }

  long whole(TrainItems.Part part, String name, long otherwise, long low, long high, Scope scope) {
    var setting = part.settings().get(name);
    if (setting == null) {
      return otherwise;
    }
    var value = value(setting, scope);
    if (value instanceof Whole w
        && w.dim().isConstant()
        && w.dim().value() >= low
        && w.dim().value() <= high) {
      return w.dim().value();
    }
    wrong(
        setting,
        value,
        low == high
            ? low + ", as the input declares"
            : "a whole number from " + low + " to " + high,
        Optional.empty());
    return otherwise;
  }

  double share(Ast.Setting setting, Scope scope) {
    var value = value(setting, scope);
    var number = value.number();
    if (number.isPresent() && number.get() >= 0 && number.get() < 1) {
      return number.get();
    }
    wrong(setting, value, "a share from 0 up to but without 1", number.flatMap(Shares::ofPercent));
    return 0;
  }

  boolean truth(Ast.Setting setting, Scope scope) {
    var value = value(setting, scope);
    if (value instanceof Truth t) {
      return t.value();
    }
    wrong(setting, value, "true or false", Optional.empty());
    return true;
  }

  private Datum value(Ast.Setting setting, Scope scope) {
    return evaluator.within(
        Evaluator.Mode.PLAIN, () -> evaluator.eval(setting.value(), scope, Category.VALUE));
  }

  private void wrong(Ast.Setting setting, Datum value, String wanted, Optional<String> share) {
    if (!value.isPoison()) {
      var misuse =
          new Misuse(
              Codes.VALUE_OUT_OF_RANGE,
              "`" + setting.key() + "` must be " + wanted + ", not " + value.text());
      share.ifPresent(s -> misuse.replace(Shares.ADVICE, s));
      evaluator.problems().report(misuse, setting.value().span());
    }
  }
}
