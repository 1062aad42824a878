package org.mdlc.compiler.format;

import java.util.ArrayList;
import java.util.List;

/**
 * Pieces of which it is decided together whether they begin a line: the links of a chain, the
 * entries of a list, or what stands in the braces of a block. Pieces within the insides of a
 * group's braces cannot begin a line unless those of the group do.
 */
final class Group {
  /** What happens for want of room. */
  enum Kind {
    /** All pieces begin a line. */
    ALL,
    /** Lines are filled. */
    FILL
  }

  /** The pieces from {@code first} on and before {@code end}. */
  record Inside(int first, int end) {}

  private final Kind kind;
  private final List<Integer> members = new ArrayList<>();
  private final List<Inside> insides = new ArrayList<>();

  private Group(Kind kind) {
    this.kind = kind;
  }

  static Group all() {
    return new Group(Kind.ALL);
  }

  static Group fill() {
    return new Group(Kind.FILL);
  }

  boolean isFilled() {
    return kind == Kind.FILL;
  }

  void add(int piece) {
    members.add(piece);
  }

  void addInside(int first, int end) {
    insides.add(new Inside(first, end));
  }

  List<Integer> members() {
    return members;
  }

  List<Inside> insides() {
    return insides;
  }
}
