package org.mdlc.compiler.format;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;
import org.mdlc.compiler.format.Piece.Start;
import org.mdlc.compiler.format.Piece.Wrap;

/**
 * Decides which pieces begin a line: those that did, where they may; all of a block when one line
 * in it breaks; then, as long as a line is too long, more.
 *
 * <p>Every break is at a place where the writer could have made it, and more are made only in lines
 * that are too long. So a text that has been laid out stays as it is.
 */
final class BreakLines {
  /**
   * One line of the layout.
   *
   * @param pieces at least one
   * @param isSpaced whether an empty line stands before it
   */
  record Line(int indent, List<Piece> pieces, boolean isSpaced) {
    Line {
      pieces = List.copyOf(pieces);
    }
  }

  /** The pieces from {@code start} on and before {@code end}. */
  private record Stretch(int start, int end, int indent) {}

  private final Pieces pieces;
  private final List<Piece> all;
  private final boolean[] chosen;
  private final Set<Group> broken = new HashSet<>();

  /** Groups whose lines have been filled. */
  private final Set<Group> filled = new HashSet<>();

  /** Those of them that the writer had broken elsewhere. */
  private final Set<Group> refilled = new HashSet<>();

  private final List<Stretch> lines = new ArrayList<>();
  private final int[] indents;

  private BreakLines(Pieces pieces) {
    this.pieces = pieces;
    this.all = pieces.all();
    this.chosen = new boolean[all.size()];
    this.indents = new int[all.size()];
    for (int i = 0; i < all.size(); i++) {
      chosen[i] = all.get(i).start() == Start.CHOSEN;
    }
  }

  static List<Line> in(Pieces pieces) {
    var breaking = new BreakLines(pieces);
    breaking.openBlocks();
    breaking.layOut();
    return breaking.lines();
  }

  private boolean begins(int piece) {
    return all.get(piece).start() == Start.FORCED || (chosen[piece] && !isOutdone(piece));
  }

  /** Whether a group that takes the place of this break is broken. */
  private boolean isOutdone(int piece) {
    var unless = all.get(piece).place().unless();
    return unless != null && broken.contains(unless);
  }

  private void openBlocks() {
    for (var group : pieces.braces()) {
      var opens =
          group.insides().stream()
              .flatMapToInt(inside -> IntStream.range(inside.first(), inside.end()))
              .anyMatch(this::begins);
      if (opens) {
        breakAll(group);
      }
    }
  }

  /** The result is the first piece of the group. */
  private int breakAll(Group group) {
    group.members().forEach(piece -> chosen[piece] = true);
    broken.add(group);
    return Collections.min(group.members());
  }

  // ---- room

  private void layOut() {
    int start = 0;
    while (start < all.size()) {
      var line = new Stretch(start, endOfLine(start), indent(start));
      var further = fits(line) ? OptionalInt.empty() : breakFurther(line);
      if (further.isPresent()) {
        start = forget(Math.min(start, further.getAsInt()));
      } else {
        lines.add(line);
        for (int i = line.start(); i < line.end(); i++) {
          indents[i] = line.indent();
        }
        start = line.end();
      }
    }
  }

  private int endOfLine(int start) {
    int end = start + 1;
    while (end < all.size() && !begins(end)) {
      end++;
    }
    return end;
  }

  private int indent(int piece) {
    var place = all.get(piece).place();
    if (place.anchor().isFile()) {
      return 0;
    }
    int anchor = place.anchor().first();
    return indents[anchor] + (beginsItsLine(anchor) ? place.indentBelow() : place.indent());
  }

  private boolean beginsItsLine(int piece) {
    return piece == 0 || begins(piece);
  }

  /** What a piece adds to its line. */
  private int width(Stretch line, int piece) {
    return (piece == line.start() ? 0 : all.get(piece).place().blanks()) + all.get(piece).width();
  }

  /** Comments at the end may be longer. */
  private boolean fits(Stretch line) {
    int column = line.indent();
    for (int i = line.start(); i < line.end(); i++) {
      column += width(line, i);
      if (column > Formatter.WIDTH) {
        int first = i;
        return IntStream.range(first, line.end()).allMatch(piece -> all.get(piece).isComment());
      }
    }
    return true;
  }

  /**
   * Breaks a line where the tree is least deep.
   *
   * @return the first piece of which something else is decided now
   */
  private OptionalInt breakFurther(Stretch line) {
    var places =
        IntStream.range(line.start() + 1, line.end())
            .filter(i -> all.get(i).place().wrap() == Wrap.MAY && !isOutdone(i))
            .toArray();
    if (Arrays.stream(places).anyMatch(this::isRefilled)) {
      places = Arrays.stream(places).filter(this::isRefilled).toArray();
    }
    int lowest = Arrays.stream(places).map(this::level).min().orElse(0);
    var lowestPlaces = Arrays.stream(places).filter(i -> level(i) == lowest).toArray();
    if (lowestPlaces.length == 0) {
      return OptionalInt.empty();
    }
    var group = all.get(lowestPlaces[0]).place().group();
    return OptionalInt.of(
        group != null && !group.isFilled() ? breakAll(group) : fill(line, lowestPlaces));
  }

  private boolean isRefilled(int piece) {
    var group = all.get(piece).place().group();
    return group != null && refilled.contains(group);
  }

  private int level(int piece) {
    return all.get(piece).place().level();
  }

  /**
   * Breaks at the last place that leaves a line with enough room, or else the first, and so on
   * within its group. The result is the first piece of which something else is decided now.
   */
  private int fill(Stretch line, int[] places) {
    int first = lastThatFits(line, places, 0);
    var group = all.get(places[first]).place().group();
    if (group != null && filled.add(group) && group.members().stream().anyMatch(i -> chosen[i])) {
      // the writer filled these lines once, for other lengths
      group.members().forEach(i -> chosen[i] = false);
      refilled.add(group);
      return Collections.min(group.members());
    }
    var rest = line;
    for (int i = first; ; i = lastThatFits(rest, places, i + 1)) {
      int piece = places[i];
      chosen[piece] = true;
      rest = new Stretch(piece, line.end(), indentWithin(line, piece));
      if (i + 1 == places.length || all.get(places[i + 1]).place().group() != group || fits(rest)) {
        return places[first];
      }
    }
  }

  /** The index in {@code places}, from {@code from} on. */
  private int lastThatFits(Stretch line, int[] places, int from) {
    int last = from;
    int column = line.indent();
    int piece = line.start();
    for (int i = from; i < places.length; i++) {
      for (; piece < places[i]; piece++) {
        column += width(line, piece);
      }
      if (column > Formatter.WIDTH) {
        break;
      }
      last = i;
    }
    return last;
  }

  /** The indentation of a piece that a line is broken at. */
  private int indentWithin(Stretch line, int piece) {
    var place = all.get(piece).place();
    int anchor = place.anchor().first();
    return anchor < line.start()
        ? indent(piece)
        : line.indent() + (anchor == line.start() ? place.indentBelow() : place.indent());
  }

  /** Takes back the lines from the one with this piece on; the result is where that line begins. */
  private int forget(int piece) {
    while (!lines.isEmpty() && lines.getLast().end() > piece) {
      lines.removeLast();
    }
    return lines.isEmpty() ? 0 : lines.getLast().end();
  }

  // ---- empty lines

  private List<Line> lines() {
    var apart = apart();
    return lines.stream()
        .map(
            line ->
                new Line(
                    line.indent(),
                    all.subList(line.start(), line.end()),
                    line.start() > 0 && (apart.contains(line.start()) || isSpaced(line.start()))))
        .toList();
  }

  private boolean isSpaced(int piece) {
    return all.get(piece).newlines() > 1 && !all.get(piece - 1).opens() && !all.get(piece).closes();
  }

  /** Where definitions of several lines begin or end, and no empty line has been left. */
  private Set<Integer> apart() {
    var apart = new HashSet<Integer>();
    for (int i = 1; i < pieces.items().size(); i++) {
      int first = pieces.items().get(i).first();
      int gap = first;
      while (all.get(gap - 1).isComment()) {
        gap--;
      }
      int end = i + 1 < pieces.items().size() ? pieces.items().get(i + 1).first() : all.size();
      if ((hasBreak(pieces.items().get(i - 1).first(), gap) || hasBreak(first, end))
          && IntStream.rangeClosed(gap, first).noneMatch(this::isSpaced)) {
        IntStream.rangeClosed(gap, first).filter(this::begins).findFirst().ifPresent(apart::add);
      }
    }
    return apart;
  }

  private boolean hasBreak(int first, int end) {
    return IntStream.range(first + 1, end).anyMatch(i -> begins(i) && !all.get(i).isComment());
  }
}
