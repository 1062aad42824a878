package org.mdlc.languageserver;

import java.util.List;
import java.util.Locale;
import org.eclipse.lsp4j.CompletionItem;
import org.eclipse.lsp4j.CompletionItemKind;
import org.eclipse.lsp4j.DocumentSymbol;
import org.eclipse.lsp4j.InsertTextFormat;
import org.eclipse.lsp4j.MarkupContent;
import org.eclipse.lsp4j.MarkupKind;
import org.eclipse.lsp4j.ParameterInformation;
import org.eclipse.lsp4j.SignatureHelp;
import org.eclipse.lsp4j.SignatureInformation;
import org.eclipse.lsp4j.SymbolKind;
import org.mdlc.compiler.analysis.Call;
import org.mdlc.compiler.analysis.Completion;
import org.mdlc.compiler.analysis.Hover;
import org.mdlc.compiler.analysis.Signature;
import org.mdlc.compiler.analysis.Symbol;

/** What the analysis says, in the protocol's words. */
final class Answers {
  private Answers() {}

  static org.eclipse.lsp4j.Hover hover(Hover hover) {
    return new org.eclipse.lsp4j.Hover(markdown(hover.markdown()), Positions.range(hover.place()));
  }

  private static MarkupContent markdown(String text) {
    return new MarkupContent(MarkupKind.MARKDOWN, text);
  }

  // ---- completion

  /**
   * An item.
   *
   * @param snippets whether the editor knows them
   */
  static CompletionItem item(Completion completion, boolean snippets) {
    var item = new CompletionItem(completion.label());
    item.setKind(kind(completion.kind()));
    if (!completion.detail().isEmpty()) {
      item.setDetail(completion.detail());
    }
    if (!completion.doc().isBlank()) {
      item.setDocumentation(markdown(completion.doc()));
    }
    item.setInsertText(snippets ? completion.snippet() : completion.insert());
    item.setInsertTextFormat(snippets ? InsertTextFormat.Snippet : InsertTextFormat.PlainText);
    item.setSortText(completion.rank() + completion.label().toLowerCase(Locale.ROOT));
    return item;
  }

  private static CompletionItemKind kind(Completion.Kind kind) {
    return switch (kind) {
      case NAME -> CompletionItemKind.Variable;
      case ARGUMENT -> CompletionItemKind.Property;
      case WORD -> CompletionItemKind.EnumMember;
      case KEYWORD -> CompletionItemKind.Keyword;
      case TYPE -> CompletionItemKind.TypeParameter;
      case LAYER, BLOCK -> CompletionItemKind.Class;
      case FUNCTION -> CompletionItemKind.Function;
      case MODEL -> CompletionItemKind.Module;
      case OTHER -> CompletionItemKind.Constructor;
    };
  }

  // ---- calls

  static SignatureHelp call(Call call) {
    var signature = call.signature();
    var information = new SignatureInformation(signature.head());
    if (!signature.doc().isBlank()) {
      information.setDocumentation(markdown(signature.doc()));
    }
    information.setParameters(signature.config().stream().map(Answers::parameter).toList());
    var help = new SignatureHelp(List.of(information), 0, null);
    if (call.active() >= 0) {
      help.setActiveParameter(call.active());
    }
    return help;
  }

  private static ParameterInformation parameter(Signature.Parameter parameter) {
    var information = new ParameterInformation(parameter.text());
    if (!parameter.doc().isBlank()) {
      information.setDocumentation(markdown(parameter.doc()));
    }
    return information;
  }

  // ---- symbols

  static DocumentSymbol symbol(Symbol symbol) {
    var converted =
        new DocumentSymbol(
            symbol.name(),
            kind(symbol.kind()),
            Positions.range(symbol.whole()),
            Positions.range(symbol.place()));
    if (!symbol.detail().isEmpty()) {
      converted.setDetail(symbol.detail());
    }
    converted.setChildren(symbol.parts().stream().map(Answers::symbol).toList());
    return converted;
  }

  private static SymbolKind kind(String word) {
    return switch (word) {
      case "model" -> SymbolKind.Module;
      case "train" -> SymbolKind.Event;
      case "fn" -> SymbolKind.Function;
      case "let", "var" -> SymbolKind.Variable;
      case "input", "output" -> SymbolKind.Interface;
      case "param", "state" -> SymbolKind.Field;
      case "weights" -> SymbolKind.File;
      default -> SymbolKind.Class;
    };
  }
}
