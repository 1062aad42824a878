package org.mdlc.compiler.analysis;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.mdlc.compiler.analysis.Meanings.Meaning;
import org.mdlc.compiler.source.Span;
import org.mdlc.compiler.syntax.Ast;

/** Says what stands at a place: types as they were bound, signatures and comments. */
final class Hovers {
  /** Of layers made in a loop at one place. */
  private static final int SHOWN = 4;

  private final Ast.File file;
  private final Facts facts;
  private final Meanings meanings;

  Hovers(Ast.File file, Facts facts, Meanings meanings) {
    this.file = file;
    this.facts = facts;
    this.meanings = meanings;
  }

  Optional<Hover> at(int offset) {
    var nodes = Nodes.at(file, offset);
    var node = nodes.innermost();
    var meaning = meanings.at(nodes);
    if (meaning.isPresent()) {
      return Optional.of(new Hover(text(meaning.get(), nodes), node.span()));
    }
    return switch (node) {
      case Ast.Pipe p when p.operator().touches(offset) ->
          facts.types(p.value().span()).map(t -> new Hover(code(t), p.operator()));
      case Ast.Binary b when b.operator().touches(offset) ->
          facts.types(b.span()).map(t -> new Hover(code(t), b.operator()));
      case Ast.Setting s when s.key().span().touches(offset) -> word(s.key().span());
      case Ast.Name n -> word(n.span());
      case Ast.Expr e when !isLiteral(e) ->
          facts.types(e.span()).map(t -> new Hover(code(t), e.span()));
      default -> Optional.empty();
    };
  }

  private static boolean isLiteral(Ast.Expr e) {
    return switch (e) {
      case Ast.IntLit _, Ast.FloatLit _, Ast.StringLit _, Ast.BoolLit _, Ast.NoneLit _ -> true;
      default -> false;
    };
  }

  private static Optional<Hover> word(Span place) {
    return Keywords.doc(place.text()).map(doc -> new Hover(doc, place));
  }

  private String text(Meaning meaning, Nodes nodes) {
    return switch (meaning) {
      case Meanings.OfUser u when Signature.of(u.declared().tree()).isEmpty() ->
          paragraphs(
              code(declaration(u.declared(), nodes)),
              made(nodes, u.declared()),
              u.declared().doc());
      case Meanings.OfUser u -> callable(Signature.of(u.declared().tree()).orElseThrow(), nodes);
      case Meanings.OfLibrary l -> callable(l.signature(), nodes);
      case Meanings.OfConstant c ->
          paragraphs(code(c.constant().span().text()), c.constant().doc());
      case Meanings.OfParameter p ->
          paragraphs(
              code(p.parameter().text()),
              p.parameter().doc(),
              "Parameter of `" + p.signature().name() + "`.");
      case Meanings.OfFile f -> "`" + f.file().source().name() + "`";
    };
  }

  /** {@code let features: f32[batch, 1152]}. */
  private String declaration(Declared declared, Nodes nodes) {
    var name = declared.kind() + " " + declared.text();
    var here = nodes.innermost().span();
    var types = facts.types(here).or(() -> facts.types(declared.name()));
    var values = facts.values(here).or(() -> facts.values(declared.name()));
    return name
        + types.or(() -> written(declared)).map(t -> ": " + t).orElse("")
        + values.map(v -> " = " + v).orElse("");
  }

  private static Optional<String> written(Declared declared) {
    return switch (declared.tree()) {
      case Ast.Param p when p.type() != null -> Optional.of(p.type().span().text());
      case Ast.Input i -> Optional.of(i.type().span().text());
      case Ast.Let l when l.type() != null -> Optional.of(l.type().span().text());
      default -> Optional.empty();
    };
  }

  /** A name of a layer: what is known of that layer. */
  private String made(Nodes nodes, Declared declared) {
    return declared.tree() instanceof Ast.Let l
        ? layers(l.value().span())
        : nodes.call().map(c -> layers(c.span())).orElse("");
  }

  private String callable(Signature signature, Nodes nodes) {
    return paragraphs(flow(nodes), code(signature.head()), signature.doc());
  }

  /** What enters and leaves the call at whose name the place is. */
  private String flow(Nodes nodes) {
    Ast.Node callee = nodes.innermost();
    var call = nodes.call();
    Ast.Node applied = call.isPresent() ? call.get() : callee;
    var around = nodes.outer(call.isPresent() ? 2 : 1).orElse(null);
    var parts = new ArrayList<String>();
    if (around instanceof Ast.Pipe p && p.target().equals(applied)) {
      var before = facts.types(p.value().span());
      var after = facts.types(p.span());
      if (before.isPresent() && after.isPresent()) {
        parts.add("`" + before.get() + "` → `" + after.get() + "`");
      }
    } else if (call.isPresent()) {
      facts.types(call.get().span()).ifPresent(t -> parts.add("`" + t + "`"));
    }
    var layers = layers(applied.span());
    if (!layers.isEmpty()) {
      parts.add(layers);
    }
    return String.join(", ", parts);
  }

  private String layers(Span made) {
    var layers = facts.layers(made);
    if (layers.isEmpty()) {
      return "";
    }
    var names = layers.stream().map(l -> "`" + l.path() + "`").limit(SHOWN).toList();
    var counts =
        layers.stream()
            .limit(SHOWN)
            .map(l -> l.parameters().toString())
            .distinct()
            .filter(n -> !n.equals("0"))
            .toList();
    return (counts.isEmpty() ? "" : String.join(", then ", counts) + " parameters, ")
        + String.join(", ", names)
        + (layers.size() > names.size() ? ", …" : "");
  }

  private static String code(String text) {
    return "```mdl\n" + text + "\n```";
  }

  private static String paragraphs(String... texts) {
    return String.join("\n\n", List.of(texts).stream().filter(t -> !t.isBlank()).toList());
  }
}
