package org.mdlc.compiler.diag;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.mdlc.compiler.source.SourceFile;
import org.mdlc.compiler.source.Span;

/**
 * Prints diagnostics for people, in the manner of rustc.
 *
 * <pre>
 * error[E0301]: inner dimensions of matmul differ
 *   --&gt; mnist.mdl:14:7
 *    |
 * 12 |   h = dense(x, 128)
 *    |   - h is [batch, 128], from units = 128
 * 14 |   y = matmul(h, w)
 *    |       ^^^^^^^^^^^^ 128 on the left, 256 on the right
 *    = note: w is [256, 10], declared at mnist.mdl:9
 *    = help: declare w as [128, 10]
 * </pre>
 */
public final class Renderer {
  /** After so many the rest is only counted. */
  private static final int MAX_SHOWN = 30;

  private final Paint paint;

  private Renderer(Paint paint) {
    this.paint = paint;
  }

  public static Renderer plain() {
    return new Renderer(new Paint(false));
  }

  /** With ANSI colours. */
  public static Renderer coloured() {
    return new Renderer(new Paint(true));
  }

  /**
   * All diagnostics with an empty line after each, and a last line that counts them; empty when
   * there are none.
   */
  public String render(DiagnosticSink sink) {
    var all = sink.sorted();
    var out = new StringBuilder();
    all.stream().limit(MAX_SHOWN).forEach(d -> out.append(render(d)).append('\n'));
    if (!all.isEmpty()) {
      out.append(summary(sink, all.size() - MAX_SHOWN)).append('\n');
    }
    return out.toString();
  }

  private String summary(DiagnosticSink sink, int notShown) {
    var parts = new ArrayList<String>();
    if (sink.errorCount() > 0) {
      parts.add(counted(sink.errorCount(), "error"));
    }
    if (sink.warningCount() > 0) {
      parts.add(counted(sink.warningCount(), "warning"));
    }
    var severity = sink.hasErrors() ? Severity.ERROR : Severity.WARNING;
    var more = notShown > 0 ? " (" + notShown + " not shown)" : "";
    return paint.severity(severity, String.join(", ", parts)) + more;
  }

  private static String counted(int count, String noun) {
    return String.format(Locale.ROOT, "%d %s%s", count, noun, count == 1 ? "" : "s");
  }

  /** One diagnostic, ending in a line break. */
  public String render(Diagnostic diagnostic) {
    return new Page(diagnostic).print();
  }

  /**
   * What of a diagnostic comes after its message and place, for callers who print those in their
   * own way: the marked lines, notes and advice. Ends in a line break.
   */
  public String picture(Diagnostic diagnostic) {
    return new Page(diagnostic).picture();
  }

  /** A label on one line. */
  private record Mark(int line, int from, int to, String text, boolean primary) {}

  /** One diagnostic being printed. */
  private final class Page {
    private final Diagnostic diagnostic;
    private final StringBuilder out = new StringBuilder();
    private final int gutter;

    Page(Diagnostic diagnostic) {
      this.diagnostic = diagnostic;
      this.gutter = String.valueOf(lastLine()).length();
    }

    private int lastLine() {
      var last = endLine(diagnostic.span());
      for (var label : diagnostic.others()) {
        last = Math.max(last, endLine(label.span()));
      }
      for (var help : diagnostic.helps()) {
        last = help.place() == null ? last : Math.max(last, endLine(help.place()));
      }
      return last;
    }

    String print() {
      var severity = diagnostic.severity();
      out.append(paint.severity(severity, severity.word() + "[" + diagnostic.code().code() + "]"))
          .append(paint.strong(": " + diagnostic.message()))
          .append('\n');
      place("--> ", diagnostic.span().toString());
      return picture();
    }

    String picture() {
      for (var file : files()) {
        file(file);
      }
      diagnostic.notes().forEach(note -> remark("note", note));
      diagnostic.helps().forEach(this::help);
      return out.toString();
    }

    /** The file of the symptom first. */
    private Set<SourceFile> files() {
      var files = new LinkedHashSet<SourceFile>();
      files.add(diagnostic.span().file());
      diagnostic.others().forEach(label -> files.add(label.span().file()));
      return files;
    }

    // ---- source lines

    private void file(SourceFile file) {
      var marks = marks(file);
      if (file != diagnostic.span().file()) {
        place("::: ", file.name() + ":" + marks.getFirst().line());
      }
      bar("");
      for (int line : lines(marks)) {
        line(file, line, marks.stream().filter(m -> m.line() == line).toList());
      }
    }

    private void place(String arrow, String place) {
      out.append(" ".repeat(gutter)).append(paint.frame(arrow)).append(place).append('\n');
    }

    private List<Mark> marks(SourceFile file) {
      var marks = new ArrayList<Mark>();
      addMarks(marks, file, diagnostic.primary(), true);
      diagnostic.others().forEach(label -> addMarks(marks, file, label, false));
      return marks;
    }

    private static Set<Integer> lines(List<Mark> marks) {
      var lines = new TreeSet<Integer>();
      marks.forEach(mark -> lines.add(mark.line()));
      return lines;
    }

    private void line(SourceFile file, int line, List<Mark> marks) {
      var text = file.lineText(line);
      numbered(line, Columns.shown(text).stripTrailing());
      var leftToRight = marks.stream().sorted(Comparator.comparingInt(Mark::from)).toList();
      var last = leftToRight.getLast();
      underline(leftToRight, last.text());
      var waiting = new ArrayList<>(leftToRight.subList(0, leftToRight.size() - 1));
      waiting.removeIf(mark -> mark.text().isEmpty());
      while (!waiting.isEmpty()) {
        hanging(waiting);
      }
    }

    /** One row with all marks of a line, and the text of the last one. */
    private void underline(List<Mark> marks, String lastText) {
      var width = marks.stream().mapToInt(Mark::to).max().orElse(0);
      var row = new StringBuilder(" ".repeat(width));
      marks.stream().filter(m -> !m.primary()).forEach(m -> fill(row, m, '-'));
      marks.stream().filter(Mark::primary).forEach(m -> fill(row, m, '^'));
      bar(
          " "
              + paint.marks(diagnostic.severity(), row.toString())
              + painted(marks.getLast(), lastText.isEmpty() ? "" : " " + lastText));
    }

    private static void fill(StringBuilder row, Mark mark, char c) {
      for (int i = mark.from(); i < mark.to(); i++) {
        row.setCharAt(i, c);
      }
    }

    /**
     * The text of the rightmost mark that waits, below its first column, with a stroke for each of
     * the others.
     */
    private void hanging(List<Mark> waiting) {
      var mark = waiting.removeLast();
      bar(" " + strokes(waiting, mark.from()) + painted(mark, mark.text()));
    }

    private String strokes(List<Mark> waiting, int width) {
      var row = new StringBuilder(" ".repeat(width));
      waiting.stream().filter(m -> m.from() < width).forEach(m -> row.setCharAt(m.from(), '|'));
      return paint.frame(row.toString());
    }

    private String painted(Mark mark, String text) {
      return mark.primary() ? paint.severity(diagnostic.severity(), text) : paint.frame(text);
    }

    // ---- notes and help

    private void remark(String kind, String text) {
      var indent = " ".repeat(gutter + 1);
      var lines = text.lines().toList();
      out.append(indent).append(paint.frame("= ")).append(paint.strong(kind)).append(": ");
      out.append(String.join("\n" + indent + " ".repeat(kind.length() + 4), lines)).append('\n');
    }

    private void help(Help help) {
      remark("help", help.text());
      if (help.place() != null
          && help.replacement() != null
          && isOneLine(help.place())
          && !help.replacement().contains("\n")) {
        mendedLine(help.place(), help.replacement());
      }
    }

    /** The line as it would be, with the new part marked. */
    private void mendedLine(Span place, String replacement) {
      var file = place.file();
      var line = file.line(place.start());
      var text = file.lineText(line);
      var from = place.start() - file.lineStart(line);
      var to = Math.min(place.end() - file.lineStart(line), text.length());
      var mended =
          text.substring(0, Math.min(from, text.length())) + replacement + text.substring(to);
      if (mended.isBlank()) {
        return; // the line goes, as the advice says
      }
      bar("");
      numbered(line, Columns.shown(mended).stripTrailing());
      var start = Columns.width(mended, from);
      var width = Columns.width(mended, from + replacement.length()) - start;
      if (width > 0) {
        bar(" " + " ".repeat(start) + paint.added((from == to ? "+" : "~").repeat(width)));
      }
    }

    // ---- rows

    private void numbered(int line, String text) {
      var number = String.format(Locale.ROOT, "%" + gutter + "d |", line);
      out.append(paint.frame(number)).append(text.isEmpty() ? "" : " " + text).append('\n');
    }

    private void bar(String text) {
      out.append(" ".repeat(gutter + 1))
          .append(paint.frame("|"))
          .append(text.isBlank() ? "" : text)
          .append('\n');
    }
  }

  /** A span over several lines is marked on its first line, and on its last, which has the text. */
  private static void addMarks(List<Mark> marks, SourceFile file, Label label, boolean primary) {
    var span = label.span();
    if (span.file() != file) {
      return;
    }
    if (isOneLine(span)) {
      marks.add(
          mark(file, file.line(span.start()), span.start(), span.end(), label.text(), primary));
      return;
    }
    var first = file.line(span.start());
    var last = endLine(span);
    var lastText = file.lineText(last);
    var indent = lastText.length() - lastText.stripLeading().length();
    var firstEnd = file.lineStart(first) + file.lineText(first).stripTrailing().length();
    marks.add(mark(file, first, span.start(), Math.max(firstEnd, span.start()), "", primary));
    marks.add(mark(file, last, file.lineStart(last) + indent, span.end(), label.text(), primary));
  }

  /** At least one cell wide. */
  private static Mark mark(
      SourceFile file, int line, int start, int end, String text, boolean primary) {
    var lineText = file.lineText(line);
    var from = Columns.width(lineText, start - file.lineStart(line));
    var to = Columns.width(lineText, Math.max(0, end - file.lineStart(line)));
    return new Mark(line, from, Math.max(to, from + 1), text, primary);
  }

  private static boolean isOneLine(Span span) {
    return span.file().line(span.start()) == endLine(span);
  }

  /** The line of the last char that is not a line break. */
  private static int endLine(Span span) {
    return span.endLine();
  }
}
