// Between the protocol's words and VS Code's.
'use strict';

const vscode = require('vscode');

const position = (p) => new vscode.Position(p.line, p.character);
const range = (r) => new vscode.Range(position(r.start), position(r.end));
const location = (l) => new vscode.Location(vscode.Uri.parse(l.uri), range(l.range));
const markdown = (m) => new vscode.MarkdownString(m.value);
const edit = (e) => new vscode.TextEdit(range(e.range), e.newText);

function diagnostic(d) {
  const converted = new vscode.Diagnostic(range(d.range), d.message, d.severity - 1); // theirs count from 1
  converted.source = d.source;
  converted.code = d.codeDescription
    ? { value: d.code, target: vscode.Uri.parse(d.codeDescription.href) }
    : d.code;
  converted.tags = d.tags;
  converted.relatedInformation = (d.relatedInformation || []).map(
    (r) => new vscode.DiagnosticRelatedInformation(location(r.location), r.message));
  return converted;
}

function completion(item) {
  const converted = new vscode.CompletionItem(item.label, item.kind - 1);
  converted.detail = item.detail;
  converted.documentation = item.documentation && markdown(item.documentation);
  converted.sortText = item.sortText;
  converted.insertText = item.insertTextFormat === 2 ? new vscode.SnippetString(item.insertText) : item.insertText;
  if (/[ =(]$/.test(item.insertText)) {
    converted.command = { command: 'editor.action.triggerSuggest', title: 'what comes next' };
  }
  return converted;
}

function symbol(s) {
  const converted = new vscode.DocumentSymbol(
    s.name, s.detail || '', s.kind - 1, range(s.range), range(s.selectionRange));
  converted.children = (s.children || []).map(symbol);
  return converted;
}

function action(a) {
  const converted = new vscode.CodeAction(a.title, vscode.CodeActionKind.QuickFix);
  converted.isPreferred = a.isPreferred;
  converted.diagnostics = a.diagnostics.map(diagnostic);
  converted.edit = new vscode.WorkspaceEdit();
  for (const [uri, edits] of Object.entries(a.edit.changes)) {
    converted.edit.set(vscode.Uri.parse(uri), edits.map(edit));
  }
  return converted;
}

function signatures(help) {
  const converted = new vscode.SignatureHelp();
  converted.signatures = help.signatures.map((s) => {
    const signature = new vscode.SignatureInformation(s.label, s.documentation && markdown(s.documentation));
    signature.parameters = s.parameters.map(
      (p) => new vscode.ParameterInformation(p.label, p.documentation && markdown(p.documentation)));
    return signature;
  });
  converted.activeSignature = 0;
  converted.activeParameter = help.activeParameter ?? help.signatures[0].parameters.length; // beyond: none
  return converted;
}

const hover = (h) => new vscode.Hover(markdown(h.contents), range(h.range));

module.exports = { action, completion, diagnostic, edit, hover, location, range, signatures, symbol };
