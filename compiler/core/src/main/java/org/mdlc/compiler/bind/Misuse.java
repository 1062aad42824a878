package org.mdlc.compiler.bind;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.diag.Help;
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
  private final transient List<Advice> helps = new ArrayList<>();
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

  /**
   * What the user can do.
   *
   * @param edit what to paste, given the place where the mistake is shown; nothing when that place
   *     does not allow it
   */
  record Advice(String text, Function<Span, Optional<Edit>> edit) {
    /** For a mistake that is shown at a place of the user's. */
    Help at(Span shown) {
      var found = Problems.isLibrary(shown.file()) ? Optional.<Edit>empty() : edit.apply(shown);
      return new Help(
          text, found.map(Edit::place).orElse(null), found.map(Edit::text).orElse(null));
    }
  }

  Misuse help(String text) {
    return help(text, _ -> Optional.empty());
  }

  /** With an edit that can be pasted. */
  Misuse help(String text, Edit edit) {
    return help(text, _ -> Optional.of(edit));
  }

  /** With an edit that depends on where the mistake is shown, such as one of the call there. */
  Misuse help(String text, Function<Span, Optional<Edit>> edit) {
    return help(new Advice(text, edit));
  }

  Misuse help(Advice advice) {
    helps.add(advice);
    return this;
  }

  /** With what to write in the place of what is shown. */
  Misuse replace(String text, String replacement) {
    return help(text, shown -> Optional.of(new Edit(shown, replacement)));
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

  List<Advice> helps() {
    return helps;
  }
}
