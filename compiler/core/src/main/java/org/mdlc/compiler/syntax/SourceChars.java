package org.mdlc.compiler.syntax;

import org.antlr.v4.runtime.CharStream;
import org.antlr.v4.runtime.IntStream;
import org.antlr.v4.runtime.misc.Interval;
import org.mdlc.compiler.source.SourceFile;

/**
 * A stretch of a source file for the lexer; positions are offsets in the whole file, in UTF-16
 * units as everywhere else.
 */
final class SourceChars implements CharStream {
  private final SourceFile source;
  private final int start;
  private final int end;
  private int position;

  SourceChars(SourceFile source, int start, int end) {
    this.source = source;
    this.start = start;
    this.end = end;
    this.position = start;
  }

  @Override
  public void consume() {
    if (position == end) {
      throw new IllegalStateException("cannot consume the end of the file");
    }
    position++;
  }

  @Override
  public int LA(int offset) {
    var at = offset < 0 ? position + offset : position + offset - 1;
    return offset == 0 ? 0 : at < start || at >= end ? IntStream.EOF : source.text().charAt(at);
  }

  @Override
  public int mark() {
    return -1;
  }

  @Override
  public void release(int marker) {
    // the whole text stays in memory: nothing to release
  }

  @Override
  public int index() {
    return position;
  }

  @Override
  public void seek(int index) {
    position = Math.min(index, end);
  }

  @Override
  public int size() {
    return end;
  }

  @Override
  public String getSourceName() {
    return source.name();
  }

  @Override
  public String getText(Interval interval) {
    var last = Math.min(interval.b + 1, end);
    return interval.a >= last ? "" : source.text().substring(interval.a, last);
  }
}
