package org.mdlc.compiler.bind;

import java.util.ArrayList;
import org.mdlc.compiler.bind.Datum.Poison;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.diag.DidYouMean;
import org.mdlc.compiler.syntax.Ast;

/** What stands behind a dot: the name, an argument, a variable or a part of a layer. */
final class Members {
  private final Evaluator evaluator;

  Members(Evaluator evaluator) {
    this.evaluator = evaluator;
  }

  Datum member(Ast.Member tree, Datum target) {
    if (target.isPoison()) {
      return Poison.POISON;
    }
    if (target instanceof Datum.Layer l) {
      var instance = l.instance();
      if (tree.member().text().equals("name")) {
        return new Datum.Text(instance.name());
      }
      var argument = instance.arguments().values().get(tree.member().text());
      if (argument != null) {
        return argument;
      }
      for (var variable : instance.variables()) {
        if (variable.path().equals(instance.inside(tree.member().text()))) {
          return evaluator.emitter().read(variable);
        }
      }
      for (var child : instance.children()) {
        if (child.name().equals(tree.member().text())) {
          return new Datum.Layer(child);
        }
      }
    }
    var misuse =
        new Misuse(Codes.UNKNOWN_MEMBER, target.kind() + " has no `" + tree.member() + "`");
    if (target instanceof Datum.Layer l) {
      var names = new ArrayList<String>();
      l.instance()
          .variables()
          .forEach(v -> names.add(v.path().substring(v.path().lastIndexOf('/') + 1)));
      l.instance().children().forEach(c -> names.add(c.name()));
      DidYouMean.nearest(tree.member().text(), names)
          .ifPresent(n -> misuse.help("did you mean `" + n + "`?"));
      if (!l.instance().called()) {
        misuse.note("a layer has its weights from its first call on");
      }
    }
    throw misuse;
  }
}
