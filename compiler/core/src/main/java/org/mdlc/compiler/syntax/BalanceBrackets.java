package org.mdlc.compiler.syntax;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.antlr.v4.runtime.Token;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.diag.Diagnostic;
import org.mdlc.compiler.source.SourceFile;
import org.mdlc.grammar.MdlLexer;

/**
 * Makes every bracket have its partner, so that one forgotten brace upsets one definition and not
 * the rest of the file. When brackets do not match, the layout tells which one is missing: a
 * closing brace belongs to the line with the same indentation, and a definition begins in the first
 * column.
 */
final class BalanceBrackets {
  private final SyntaxErrors errors;
  private final SourceFile source;
  private final Deque<Token> open = new ArrayDeque<>();
  private final List<Token> balanced = new ArrayList<>();

  private BalanceBrackets(SyntaxErrors errors) {
    this.errors = errors;
    this.source = errors.source();
  }

  /**
   * The tokens with missing brackets put in and stray ones left out; the last one is the end of the
   * file.
   */
  static List<Token> balance(SyntaxErrors errors, List<Token> tokens) {
    return isBalanced(tokens) ? tokens : new BalanceBrackets(errors).repair(tokens);
  }

  private static boolean isBalanced(List<Token> tokens) {
    var expected = new ArrayDeque<Integer>();
    for (var token : tokens) {
      if (Tokens.opens(token)) {
        expected.push(Tokens.closer(token));
      } else if (Tokens.closes(token)
          && (expected.isEmpty() || expected.pop() != token.getType())) {
        return false;
      }
    }
    return expected.isEmpty();
  }

  private List<Token> repair(List<Token> tokens) {
    for (int i = 0; i < tokens.size(); i++) {
      var token = tokens.get(i);
      if (token.getType() == Token.EOF) {
        closeAll(token);
        balanced.add(token);
      } else if (startsDefinition(tokens, i)) {
        closeAll(token);
        balanced.add(token);
      } else if (Tokens.isWord(token)) {
        closeParentheses(token);
        balanced.add(token);
      } else if (Tokens.opens(token)) {
        open.push(token);
        balanced.add(token);
      } else if (Tokens.closes(token)) {
        close(token);
      } else {
        balanced.add(token);
      }
    }
    return balanced;
  }

  private boolean startsDefinition(List<Token> tokens, int i) {
    var token = tokens.get(i);
    return Tokens.beginsDefinition(token)
        && source.column(token.getStartIndex()) == 1
        && (Tokens.isWord(tokens.get(i + 1)) || tokens.get(i + 1).getType() == MdlLexer.STRING);
  }

  private void closeAll(Token before) {
    while (!open.isEmpty()) {
      closeMissing(before);
    }
  }

  /**
   * Two values in a row do not go together in a list: at a new line a closing bracket must have
   * been forgotten.
   */
  private void closeParentheses(Token before) {
    while (!open.isEmpty() && open.getFirst().getType() != MdlLexer.LBRACE && beginsAnew(before)) {
      closeMissing(before);
    }
  }

  private boolean beginsAnew(Token word) {
    return Tokens.isFirstOnLine(source, word) && Tokens.endsOperand(balanced.getLast());
  }

  private void close(Token closer) {
    if (!hasPartner(closer)) {
      errors.report(
          Diagnostic.of(
                  Codes.STRAY_BRACKET,
                  Tokens.span(source, closer),
                  "this `" + closer.getText() + "` closes nothing")
              .help("remove it"));
      return;
    }
    while (!isPartner(open.getFirst(), closer)) {
      closeMissing(closer);
    }
    balanced.add(closer);
    open.pop();
  }

  /** Whether an open bracket waits for this closer; `)` and `]` do not reach beyond a brace. */
  private boolean hasPartner(Token closer) {
    for (var opener : open) {
      if (Tokens.closer(opener) == closer.getType()) {
        return true;
      }
      if (opener.getType() == MdlLexer.LBRACE) {
        return false;
      }
    }
    return false;
  }

  /** The top one when it fits, unless the layout says that a brace further out is meant. */
  private boolean isPartner(Token opener, Token closer) {
    if (Tokens.closer(opener) != closer.getType()) {
      return false;
    }
    var isBrace = closer.getType() == MdlLexer.RBRACE;
    return !isBrace
        || !Tokens.isFirstOnLine(source, closer)
        || indent(opener) == indent(closer)
        || !someOuterFits(closer);
  }

  private boolean someOuterFits(Token closer) {
    return open.stream()
        .skip(1)
        .anyMatch(o -> o.getType() == MdlLexer.LBRACE && indent(o) == indent(closer));
  }

  private void closeMissing(Token before) {
    var opener = open.pop();
    var last = balanced.getLast();
    var closerText =
        source.text().charAt(opener.getStartIndex()) == '('
            ? ")"
            : opener.getText().equals("[") ? "]" : "}";
    errors.report(
        Diagnostic.of(
                Codes.UNCLOSED_BRACKET,
                Tokens.span(source, opener),
                "this `" + opener.getText() + "` is not closed")
            .also(
                source.span(Tokens.end(last), Tokens.end(last)),
                "`" + closerText + "` is missing here or before"));
    errors.silence(Tokens.end(last));
    balanced.add(Tokens.inserted(before, Tokens.closer(opener), closerText, Tokens.end(last)));
  }

  private int indent(Token token) {
    var line = source.lineText(source.line(token.getStartIndex()));
    return line.length() - line.stripLeading().length();
  }
}
