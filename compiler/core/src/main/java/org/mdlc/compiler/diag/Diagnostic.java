package org.mdlc.compiler.diag;

import java.util.ArrayList;
import java.util.List;
import org.mdlc.compiler.source.Span;

/**
 * One thing to tell the user: a plain sentence, the smallest place that shows it, the places that
 * caused it, and what can be done.
 *
 * <pre>
 * sink.report(
 *     Diagnostic.of(Codes.SHAPE_MISMATCH, call.span(), "inner dimensions of matmul differ")
 *         .label("128 on the left, 256 on the right")
 *         .also(h.span(), "h is [batch, 128], from units = 128")
 *         .help("declare w as [128, 10]"));
 * </pre>
 *
 * @param message one sentence without a full stop, lower case unless it starts with a name
 * @param primary the symptom
 * @param others causes and context, possibly in other files
 */
public record Diagnostic(
    Codes code,
    String message,
    Label primary,
    List<Label> others,
    List<String> notes,
    List<Help> helps) {
  public Diagnostic {
    others = List.copyOf(others);
    notes = List.copyOf(notes);
    helps = List.copyOf(helps);
  }

  public static Diagnostic of(Codes code, Span span, String message) {
    return new Diagnostic(code, message, new Label(span, ""), List.of(), List.of(), List.of());
  }

  /** With a text at the primary place. */
  public Diagnostic label(String text) {
    return new Diagnostic(code, message, new Label(primary.span(), text), others, notes, helps);
  }

  /** With one more marked place. */
  public Diagnostic also(Span span, String text) {
    return new Diagnostic(
        code, message, primary, plus(others, new Label(span, text)), notes, helps);
  }

  /** With a fact that needs no place. */
  public Diagnostic note(String text) {
    return new Diagnostic(code, message, primary, others, plus(notes, text), helps);
  }

  /** With advice in words. */
  public Diagnostic help(String text) {
    return help(new Help(text, null, null));
  }

  /** With advice that can be pasted: {@code replacement} put in {@code place}. */
  public Diagnostic help(String text, Span place, String replacement) {
    return help(new Help(text, place, replacement));
  }

  /** With advice. */
  public Diagnostic help(Help help) {
    return new Diagnostic(code, message, primary, others, notes, plus(helps, help));
  }

  public Severity severity() {
    return code.severity();
  }

  public Span span() {
    return primary.span();
  }

  /** {@code error[E0201] at mnist.mdl:3:9: unknown name}, for logs and tests. */
  @Override
  public String toString() {
    return severity().word() + "[" + code.code() + "] at " + span() + ": " + message;
  }

  private static <T> List<T> plus(List<T> list, T more) {
    var longer = new ArrayList<>(list);
    longer.add(more);
    return longer;
  }
}
