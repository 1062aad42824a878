package org.mdlc.compiler.bind;

import java.util.ArrayList;
import java.util.List;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.diag.Label;
import org.mdlc.compiler.source.Span;

/**
 * Something in the source is wrong, found where no span is at hand; the nearest expression that has
 * one turns it into a diagnostic.
 */
final class Misuse extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Codes code;
  private final int argument;
  private final transient List<String> notes = new ArrayList<>();
  private final transient List<String> helps = new ArrayList<>();
  private final transient List<Label> labels = new ArrayList<>();

  Misuse(Codes code, String message) {
    this(code, message, -1);
  }

  /**
   * @param argument position of the argument at fault, -1 when it is the whole call
   */
  Misuse(Codes code, String message, int argument) {
    super(message, null, false, false);
    this.code = code;
    this.argument = argument;
  }

  Misuse note(String note) {
    notes.add(note);
    return this;
  }

  Misuse help(String help) {
    helps.add(help);
    return this;
  }

  /** With another place that explains it. */
  Misuse at(Span span, String text) {
    labels.add(new Label(span, text));
    return this;
  }

  List<Label> labels() {
    return labels;
  }

  Codes code() {
    return code;
  }

  String text() {
    return String.valueOf(getMessage());
  }

  int argument() {
    return argument;
  }

  List<String> notes() {
    return notes;
  }

  List<String> helps() {
    return helps;
  }
}
