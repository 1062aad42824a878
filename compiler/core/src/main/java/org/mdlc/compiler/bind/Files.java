package org.mdlc.compiler.bind;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.bind.Library.Category;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.diag.Diagnostic;
import org.mdlc.compiler.diag.DiagnosticSink;
import org.mdlc.compiler.diag.DidYouMean;
import org.mdlc.compiler.ir.CompilerBug;
import org.mdlc.compiler.source.SourceFile;
import org.mdlc.compiler.source.Span;
import org.mdlc.compiler.syntax.Ast;
import org.mdlc.compiler.syntax.Parser;

/** Turns files into libraries: the standard one, the user's, and what that imports. */
final class Files {
  /** A file's constants, still to be evaluated, in order. */
  record Pending(Ast.Constant tree, Scope scope, Library library) {}

  /** Weights that a model of this file or of its imports starts from. */
  private record Start(Ast.WeightsImport tree, Library library) {}

  private final List<Start> starts = new ArrayList<>();
  private final Problems problems;
  private final DiagnosticSink sink;
  private final Binder.Request request;
  private final List<Pending> constants = new ArrayList<>();
  private final Map<String, Library> imported = new LinkedHashMap<>();
  private final Set<String> open = new HashSet<>();
  private final Library standard = new Library(Library.builtins());
  private final List<Library> users = new ArrayList<>();

  Files(Problems problems, DiagnosticSink sink, Binder.Request request) {
    this.problems = problems;
    this.sink = sink;
    this.request = request;
    var scope = Scope.of(standard);
    for (var part : StandardLibrary.parts()) {
      standard.put(
          Category.of(part.keyword()), Library.Entry.later(part, () -> value(part.tree(), scope)));
      if (part.keyword().equals("let")) {
        constants.add(new Pending((Ast.Constant) part.tree(), scope, standard));
      }
    }
  }

  /** The libraries of the user's files. */
  List<Library> users() {
    return users;
  }

  /** The weights that models start from wherever they are used. */
  Map<Ast.Model, Datum.WeightsFile> starts() {
    var byModel = new LinkedHashMap<Ast.Model, Datum.WeightsFile>();
    for (var start : starts) {
      var name = start.tree().name();
      var entry = start.library().find(Category.VALUE, name.text());
      if (entry == null || !(entry.value() instanceof Datum.ModelDefinition model)) {
        problems.unknownModel(name, start.library());
      } else if (byModel.put(model.tree(), new Datum.WeightsFile(start.tree())) != null) {
        problems.report(
            Diagnostic.of(
                    Codes.DUPLICATE_NAME,
                    name.span(),
                    "`" + name + "` starts from two files of weights")
                .help("keep one of them"));
      }
    }
    return byModel;
  }

  List<Pending> constants() {
    return constants;
  }

  Library load(Ast.File file) {
    return load(file, resolve("", file.source().name()));
  }

  private Library load(Ast.File file, String path) {
    var library = new Library(standard);
    users.add(library);
    define(file, library);
    open.add(path);
    for (var item : file.items()) {
      if (item instanceof Ast.Import i) {
        include(i, file.source(), library);
      }
    }
    open.remove(path);
    constants(file, library); // after those of the imports, which they may use
    return library;
  }

  private void constants(Ast.File file, Library library) {
    var scope = Scope.of(library);
    for (var item : file.items()) {
      if (item instanceof Ast.Constant c) {
        constants.add(new Pending(c, scope, library));
      }
    }
  }

  private void define(Ast.File file, Library library) {
    var scope = Scope.of(library);
    for (var item : file.items()) {
      checkTypes(item);
      switch (item) {
        case Ast.Import _, Ast.Train _ -> {}
        case Ast.WeightsImport w -> {
          checkHash(w);
          if (w.forModel()) {
            starts.add(new Start(w, library));
          } else {
            put(library, Category.VALUE, w.name(), value(w, scope));
          }
        }
        case Ast.Constant c -> put(library, Category.VALUE, c.name(), value(c, scope));
        case Ast.Model m -> put(library, Category.VALUE, m.name(), value(m, scope));
        case Ast.Function f -> put(library, Category.VALUE, f.name(), value(f, scope));
        case Ast.Definition d -> put(library, Category.of(d.kind()), d.name(), value(d, scope));
      }
    }
  }

  /** What the name of a definition stands for. */
  private static Datum value(Ast.Item item, Scope scope) {
    return switch (item) {
      case Ast.WeightsImport w -> new Datum.WeightsFile(w);
      case Ast.Model m -> new Datum.ModelDefinition(m, scope);
      case Ast.Function f -> new Datum.Function(f, scope);
      case Ast.Definition d -> new Datum.Definition(d, scope);
      case Ast.Constant _ -> Datum.Poison.POISON; // until it is evaluated
      case Ast.Import _, Ast.Train _ -> throw new CompilerBug("bind", item + " has no name");
    };
  }

  // ---- types of parameters, also of definitions that nothing uses

  private void checkTypes(Ast.Item item) {
    switch (item) {
      case Ast.Model m -> m.config().forEach(p -> checkType(p.type()));
      case Ast.Function f -> {
        f.params().forEach(p -> checkType(p.type()));
        checkType(f.result());
      }
      case Ast.Definition d -> {
        d.config().forEach(p -> checkType(p.type()));
        d.operands().forEach(p -> checkType(p.type()));
        checkType(d.result());
      }
      case Ast.Import _, Ast.WeightsImport _, Ast.Constant _, Ast.Train _ -> {}
    }
  }

  private void checkType(Ast.@Nullable TypeExpr type) {
    switch (type) {
      case null -> {}
      case Ast.OptionalType o -> checkType(o.type());
      case Ast.UnionType u -> u.alternatives().forEach(this::checkType);
      case Ast.ListType l -> checkType(l.element());
      case Ast.TupleType t -> t.elements().forEach(this::checkType);
      case Ast.EnumType _ -> {}
      case Ast.TensorType t ->
          known(t.dtype().text(), t.dtype().span(), Types.ELEMENTS, "element type");
      case Ast.NamedType n -> known(n.name(), n.span(), Types.NAMES, "type");
    }
  }

  private void known(String name, Span span, List<String> names, String what) {
    if (names.contains(name)) {
      return;
    }
    var diagnostic =
        Diagnostic.of(Codes.UNKNOWN_TYPE, span, "there is no " + what + " `" + name + "`");
    var habit = Types.HABITS.get(name);
    var near =
        habit != null && names.contains(habit)
            ? Optional.of(habit)
            : DidYouMean.nearest(name, names);
    problems.report(
        near.isPresent()
            ? diagnostic.help("did you mean `" + near.get() + "`?", span, near.get())
            : diagnostic.note("types are " + String.join(", ", names)));
  }

  private void put(Library library, Category category, Ast.Name name, Datum value) {
    var before = library.put(category, new Library.Entry(name.text(), value, name.span()));
    if (before != null) {
      problems.report(
          Diagnostic.of(Codes.DUPLICATE_NAME, name.span(), "`" + name + "` is defined twice")
              .label("again here")
              .also(before.span(), "first here")
              .help("rename one of them"));
    }
  }

  private void checkHash(Ast.WeightsImport tree) {
    var hash = tree.sha256();
    if (hash != null && !hash.value().matches("[0-9a-fA-F]{64}")) {
      problems.report(
          Diagnostic.of(
                  Codes.BAD_HASH,
                  hash.span(),
                  "a SHA-256 is 64 hexadecimal digits, and this has "
                      + hash.value().length()
                      + " characters")
              .help("`sha256sum` prints it"));
    }
  }

  private void include(Ast.Import tree, SourceFile from, Library into) {
    var path = resolve(from.name(), tree.path().value());
    if (open.contains(path)) {
      problems.report(
          Diagnostic.of(
                  Codes.IMPORT_CYCLE,
                  tree.path().span(),
                  "\"" + tree.path().value() + "\" imports this file again")
              .help("move what both need into a third file"));
      return;
    }
    var known = imported.get(path);
    if (known == null) {
      var source = request.imports().apply(path);
      if (source.isEmpty()) {
        problems.report(
            Diagnostic.of(
                    Codes.IMPORT_NOT_FOUND,
                    tree.path().span(),
                    "there is no file \"" + tree.path().value() + "\"")
                .note("it was looked for at " + path)
                .help("the path is relative to this file"));
        return;
      }
      var file = Parser.parse(source.get(), sink);
      request.observer().imported(tree, file);
      known = load(file, path);
      imported.put(path, known);
    }
    into.include(known);
  }

  /**
   * Where a file lies that another one names: the path counts from the folder of the file that
   * names it. One file has one such name, in the same words in which the naming file is known.
   */
  static String resolve(String naming, String path) {
    var whole =
        path.startsWith("/") ? path : naming.substring(0, naming.lastIndexOf('/') + 1) + path;
    boolean absolute = whole.startsWith("/");
    var parts = new ArrayList<String>();
    for (var part : whole.split("/")) {
      if (!part.equals("..")) {
        if (!part.isEmpty() && !part.equals(".")) {
          parts.add(part);
        }
      } else if (!parts.isEmpty() && !parts.getLast().equals("..")) {
        parts.removeLast();
      } else if (!absolute) {
        parts.add(part);
      }
    }
    return (absolute ? "/" : "") + String.join("/", parts);
  }
}
