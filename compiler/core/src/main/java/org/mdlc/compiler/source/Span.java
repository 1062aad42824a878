package org.mdlc.compiler.source;

import java.util.Locale;

/**
 * A stretch of one source file.
 *
 * @param start offset of the first char, counted in UTF-16 units from 0
 * @param end offset after the last char; equal to {@code start} for a place between two chars
 */
public record Span(SourceFile file, int start, int end) {
  public Span {
    if (start < 0 || end < start || end > file.text().length()) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "span %d..%d of %s", start, end, file.name()));
    }
  }

  /** From the start of this span to the end of the other, which lies in the same file. */
  public Span to(Span other) {
    return new Span(file, Math.min(start, other.start), Math.max(end, other.end));
  }

  /** The empty place before the first char. */
  public Span before() {
    return new Span(file, start, start);
  }

  /** The empty place after the last char. */
  public Span after() {
    return new Span(file, end, end);
  }

  /** Whether an offset lies in it or at one of its ends. */
  public boolean touches(int offset) {
    return start <= offset && offset <= end;
  }

  public String text() {
    return file.text().substring(start, end);
  }

  /** Line of the first char, from 1. */
  public int line() {
    return file.line(start);
  }

  /** Column of the first char in Unicode characters, from 1. */
  public int column() {
    return file.column(start);
  }

  /** Line of the last char, from 1. */
  public int endLine() {
    return file.line(Math.max(start, end - 1));
  }

  /** {@code mnist.mdl:14:7}. */
  @Override
  public String toString() {
    return file.name() + ":" + line() + ":" + column();
  }
}
