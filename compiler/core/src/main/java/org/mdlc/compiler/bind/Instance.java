package org.mdlc.compiler.bind;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.mdlc.compiler.ir.Role;
import org.mdlc.compiler.source.Span;

/**
 * A layer with its own weights. Its body runs once per call and phase; what it makes the first time
 * (weights, inner layers, generators) is found again by the place in the source and how often that
 * place was passed in the call.
 */
final class Instance {
  /** Where something was made: the node of the tree and the count of passes. */
  record Site(Span span, int pass) {}

  private final @Nullable Instance maker;
  private final String name;
  private final String kind;
  private final int order;
  private final Span span;
  private Datum source;
  private Arguments arguments;
  private boolean called;
  private boolean onlyPattern;
  private @Nullable Instance pattern;
  private final Map<Site, Instance> children = new LinkedHashMap<>();
  private final Map<Site, Variable> variables = new LinkedHashMap<>();
  private final Map<Site, Datum> remembered = new HashMap<>();
  private final Map<String, Integer> nameCounts = new HashMap<>();
  private final Map<Span, Integer> passes = new HashMap<>();
  private int generators;
  private boolean trainable;
  private boolean declaredTrainable;
  private String path;
  private @Nullable Span firstCall;
  private @Nullable String variableName;

  Instance(
      @Nullable Instance maker,
      String name,
      String kind,
      int order,
      Span span,
      Datum source,
      Arguments arguments) {
    this.maker = maker;
    this.name = name;
    this.path = maker == null ? "" : maker.inside(name);
    this.declaredTrainable = maker == null || maker.declaredTrainable;
    this.trainable = declaredTrainable;
    this.kind = kind;
    this.order = order;
    this.span = span;
    this.source = source;
    this.arguments = arguments;
  }

  String name() {
    return name;
  }

  /** What a {@code let} of the layer that made it calls it; null without one. */
  @Nullable String variableName() {
    return variableName;
  }

  void variableName(String given) {
    if (variableName == null) {
      variableName = given;
    }
  }

  /** Layers from the outside in, with {@code /}; empty for the model itself. */
  String path() {
    return path;
  }

  String kind() {
    return kind;
  }

  /** Number in order of construction. */
  int order() {
    return order;
  }

  Span span() {
    return span;
  }

  /** The definition. */
  Datum source() {
    return source;
  }

  Arguments arguments() {
    return arguments;
  }

  void reconfigure(Datum newSource, Arguments newArguments) {
    source = newSource;
    arguments = newArguments;
  }

  boolean called() {
    return called;
  }

  void call(Span at) {
    called = true;
    firstCall = at;
  }

  /** Says that this layer was copied from another one, which then counts as used. */
  void patternedOn(Instance original) {
    pattern = original;
    if (!original.called) {
      original.called = true;
      original.onlyPattern = true;
    }
  }

  /** The layer this one was copied from, when that one itself is never run. */
  @Nullable Instance pattern() {
    return pattern != null && pattern.onlyPattern ? pattern : null;
  }

  /** Where it was applied first, which settled the shapes of its weights. */
  @Nullable Span firstCall() {
    return firstCall;
  }

  /** The layer whose body made this one; null for the model. */
  @Nullable Instance maker() {
    return maker;
  }

  /** To be called when the body starts anew. */
  void restart() {
    passes.clear();
  }

  Site site(Span at) {
    return new Site(at, passes.merge(at, 1, Integer::sum));
  }

  @Nullable Instance child(Site site) {
    return children.get(site);
  }

  void child(Site site, Instance child) {
    children.put(site, child);
  }

  Iterable<Instance> children() {
    return children.values();
  }

  @Nullable Variable variable(Site site) {
    return variables.get(site);
  }

  void variable(Site site, Variable variable) {
    variables.put(site, variable);
  }

  @Nullable Datum remembered(Site site) {
    return remembered.get(site);
  }

  void remember(Site site, Datum value) {
    remembered.put(site, value);
  }

  Iterable<Variable> variables() {
    return variables.values();
  }

  /** True when a call of it writes variables: states, or keys of random generators. */
  boolean keepsState() {
    return !remembered.isEmpty()
        || variables.values().stream().anyMatch(v -> v.role() != Role.PARAM)
        || children.values().stream().anyMatch(Instance::keepsState);
  }

  boolean hasVariable(String variablePath) {
    return variables.values().stream().anyMatch(v -> v.path().equals(variablePath));
  }

  String inside(String inner) {
    return path.isEmpty() ? inner : path + "/" + inner;
  }

  /** {@code dense}, {@code dense_1}, ...: the next free name for a layer of a class. */
  String nextName(String base) {
    int count = nameCounts.merge(base, 1, Integer::sum) - 1;
    return count == 0 ? base : base + "_" + count;
  }

  /** False for a frozen layer: it runs as in inference. */
  boolean trainable() {
    return trainable;
  }

  void trainable(boolean on) {
    trainable = on;
  }

  /** As the arguments said, before any freezing. */
  boolean declaredTrainable() {
    return declaredTrainable;
  }

  void declareTrainable(boolean on) {
    declaredTrainable = on;
    trainable = on;
  }

  /**
   * Settles the path at the first call, which may be in another layer than the one that made it.
   */
  void settle(String where) {
    path = where;
  }

  /** True when the name was free; it is taken now. */
  boolean takeName(String chosen) {
    return nameCounts.merge(chosen, 1, Integer::sum) == 1;
  }

  int generators() {
    return generators;
  }

  int nextGenerator() {
    return generators++;
  }

  /** Drawn by initializers come before those drawn by generators. */
  static final int GENERATORS = 1_000;
}
