package org.mdlc.compiler.bind;

import org.mdlc.compiler.ir.Role;
import org.mdlc.compiler.type.TensorType;

/** A variable being collected: identity counts, so that two layers may share one. */
final class Variable {
  private final String path;
  private final Role role;
  private final TensorType type;
  private final Datum regularizer;
  private final Datum constraint;
  private boolean trainable;

  Variable(
      String path,
      Role role,
      TensorType type,
      boolean trainable,
      Datum regularizer,
      Datum constraint) {
    this.path = path;
    this.role = role;
    this.type = type;
    this.trainable = trainable;
    this.regularizer = regularizer;
    this.constraint = constraint;
  }

  String path() {
    return path;
  }

  /** The last part of its path. */
  String name() {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  Role role() {
    return role;
  }

  TensorType type() {
    return type;
  }

  boolean trainable() {
    return trainable;
  }

  void trainable(boolean on) {
    trainable = on;
  }

  Datum regularizer() {
    return regularizer;
  }

  Datum constraint() {
    return constraint;
  }
}
