package org.mdlc.compiler.analysis;

import java.util.Optional;
import org.mdlc.compiler.source.Span;
import org.mdlc.compiler.syntax.Ast;

/** What the word at a place means: something declared, something of the library, a parameter. */
final class Meanings {
  /** What a word can mean. */
  sealed interface Meaning {}

  /** A name of the user's files. */
  record OfUser(Declared declared) implements Meaning {}

  /** Something that the library or the compiler supplies. */
  record OfLibrary(Signature signature) implements Meaning {}

  /** A constant of the library. */
  record OfConstant(Ast.Constant constant) implements Meaning {}

  /** The name of an argument, or a word that stands for one of its values. */
  record OfParameter(Signature signature, Signature.Parameter parameter) implements Meaning {}

  /** The path in an import. */
  record OfFile(Ast.File file) implements Meaning {}

  private final Ast.File file;
  private final Facts facts;
  private final Names names;

  Meanings(Ast.File file, Facts facts, Names names) {
    this.file = file;
    this.facts = facts;
    this.names = names;
  }

  Optional<Meaning> at(Nodes nodes) {
    return switch (nodes.innermost()) {
      case Ast.NameExpr n -> name(n, nodes);
      case Ast.Name n -> word(n, nodes);
      case Ast.StringLit s when nodes.outer(1).orElse(null) instanceof Ast.Import ->
          facts.file(s.span()).map(OfFile::new);
      case Ast.Glob g -> firstOf(g, nodes);
      default -> Optional.empty();
    };
  }

  // ---- names in expressions

  private Optional<Meaning> name(Ast.NameExpr name, Nodes nodes) {
    var wanted = wanted(nodes);
    if (wanted.equals(Kinds.VALUE)) {
      var value = enumWord(name, nodes);
      if (value.isPresent()) {
        return value;
      }
    }
    return meaning(name.name(), wanted, nodes.offset());
  }

  /** The meaning of a name where a kind is wanted. */
  Optional<Meaning> meaning(String name, String wanted, int offset) {
    var declared = names.find(name, offset);
    if (declared.isPresent()) {
      return declared.map(OfUser::new);
    }
    Optional<Meaning> known = Catalogue.find(name, wanted).map(OfLibrary::new);
    return known.isPresent() ? known : Catalogue.constant(name).map(OfConstant::new);
  }

  /** A word such as the one in {@code padding = same}. */
  private Optional<Meaning> enumWord(Ast.NameExpr name, Nodes nodes) {
    return parameterOf(nodes, name)
        .filter(p -> Kinds.words(p.parameter().tree()).contains(name.name()))
        .map(p -> p);
  }

  /** The kind that is wanted where a name stands. */
  String wanted(Nodes nodes) {
    var path = nodes.path();
    for (int i = path.size() - 1; i > 0; i--) {
      var inner = path.get(i);
      var outer = path.get(i - 1);
      boolean isCallee = outer instanceof Ast.Call c && c.callee().equals(inner);
      boolean isValue = outer instanceof Ast.Arg a && a.value().equals(inner);
      if (isValue && path.get(i - 2) instanceof Ast.Call call) {
        return argument(call, inner, nodes.offset())
            .map(p -> Kinds.of(p.parameter().tree()))
            .orElse(Kinds.VALUE);
      }
      if (!isCallee) {
        return wanted(outer, inner);
      }
    }
    return Kinds.VALUE;
  }

  /** The kind that a node wants of one inside it. */
  private static String wanted(Ast.Node outer, Ast.Node inner) {
    return switch (outer) {
      case Ast.Param p -> Kinds.of(p.type());
      case Ast.LossItem l when l.loss().equals(inner) -> "loss";
      case Ast.MetricItem _ -> "metric";
      case Ast.OptimizerItem _ -> "optimizer";
      case Ast.CallbackItem _ -> Catalogue.CALLBACK;
      case Ast.Minimize m when m.optimizer().equals(inner) -> "optimizer";
      default -> Kinds.VALUE;
    };
  }

  // ---- arguments

  /** The parameter that an expression is given to, when it is an argument. */
  private Optional<OfParameter> parameterOf(Nodes nodes, Ast.Expr value) {
    return nodes.outer(2).orElse(null) instanceof Ast.Call c
        ? argument(c, value, nodes.offset())
        : Optional.empty();
  }

  private Optional<OfParameter> argument(Ast.Call call, Ast.Node value, int offset) {
    var signature = signature(call, offset);
    for (int i = 0; i < call.arguments().size() && signature.isPresent(); i++) {
      var argument = call.arguments().get(i);
      if (argument.value().equals(value) || value.equals(argument.name())) {
        var name = argument.name();
        return name == null
            ? positional(signature.get(), call, i)
            : signature.get().parameter(name.text()).map(p -> new OfParameter(signature.get(), p));
      }
    }
    return Optional.empty();
  }

  private Optional<OfParameter> positional(Signature signature, Ast.Call call, int index) {
    var parameters = signature.config();
    int at = index + (signature.isFunction() && isPiped(call) ? 1 : 0);
    return at < parameters.size()
        ? Optional.of(new OfParameter(signature, parameters.get(at)))
        : Optional.empty();
  }

  /** Whether something is piped into a call. */
  private boolean isPiped(Ast.Call call) {
    return Nodes.at(file, call.span().start()).path().stream()
        .anyMatch(n -> n instanceof Ast.Pipe p && p.target().equals(call));
  }

  /** What a call calls. */
  Optional<Signature> signature(Ast.Call call, int offset) {
    if (!(call.callee() instanceof Ast.NameExpr n)) {
      return Optional.empty();
    }
    var callee = Nodes.at(file, n.span().start());
    return meaning(n.name(), wanted(callee), offset).flatMap(Meanings::signature);
  }

  /** How something is called, when it can be. */
  static Optional<Signature> signature(Meaning meaning) {
    return switch (meaning) {
      case OfUser u -> Signature.of(u.declared().tree());
      case OfLibrary l -> Optional.of(l.signature());
      case OfParameter p -> Optional.of(p.signature());
      case OfConstant _, OfFile _ -> Optional.empty();
    };
  }

  // ---- names in declarations

  private Optional<Meaning> word(Ast.Name name, Nodes nodes) {
    var declared = names.at(name.span());
    if (declared.isPresent()) {
      return declared.map(OfUser::new);
    }
    return switch (nodes.outer(1).orElse(null)) {
      case Ast.Arg _ ->
          nodes.outer(2).orElse(null) instanceof Ast.Call c
              ? argument(c, name, nodes.offset()).map(p -> p)
              : Optional.empty();
      case Ast.Train _, Ast.WeightsImport _ -> models(name.text()).map(OfUser::new);
      case Ast.Assign _,
          Ast.Update _,
          Ast.Field _,
          Ast.LossItem _,
          Ast.MetricItem _,
          Ast.Setting _,
          Ast.Minimize _ ->
          names.find(name.text(), nodes.offset()).map(OfUser::new);
      case null, default -> Optional.empty();
    };
  }

  private Optional<Declared> models(String name) {
    return names.models().stream().filter(d -> d.text().equals(name)).findFirst();
  }

  /** The layer with whose name a path of layers begins. */
  private Optional<Meaning> firstOf(Ast.Glob glob, Nodes nodes) {
    var first = glob.pattern().split("[.*]", 2)[0];
    return names.find(first, nodes.offset()).map(OfUser::new);
  }

  /** Where something is defined; nothing for what is made in Java. */
  static Optional<Span> place(Meaning meaning) {
    return switch (meaning) {
      case OfUser u -> Optional.of(u.declared().name());
      case OfLibrary l -> l.signature().place();
      case OfConstant c -> Optional.of(c.constant().name().span());
      case OfParameter p -> p.parameter().place().or(p.signature()::place);
      case OfFile f -> Optional.of(f.file().source().span(0, 0));
    };
  }
}
