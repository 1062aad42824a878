// As much of VS Code as the extension uses, for a test in plain node.
'use strict';

class Position { constructor(line, character) { this.line = line; this.character = character; } }
class Range { constructor(start, end) { this.start = start; this.end = end; } }
class Uri {
  constructor(text) { this.text = text; }
  static parse(text) { return new Uri(text); }
  toString() { return this.text; }
}
const record = (...names) => class { constructor(...values) { names.forEach((name, i) => { this[name] = values[i]; }); } };

const registered = {};
const problems = new Map();
const events = {};
const shown = [];
const disposable = { dispose() {} };
const listen = (name) => (listener) => { events[name] = listener; return disposable; };
const register = (name) => (language, provider) => { registered[name] = provider; return disposable; };

const settings = new Map();

module.exports = {
  fake: { registered, problems, events, shown, settings },
  Position, Range, Uri,
  Location: record('uri', 'range'),
  TextEdit: record('range', 'newText'),
  MarkdownString: record('value'),
  Hover: record('contents', 'range'),
  Diagnostic: record('range', 'message', 'severity'),
  DiagnosticRelatedInformation: record('location', 'message'),
  CompletionItem: record('label', 'kind'),
  SnippetString: record('value'),
  DocumentSymbol: record('name', 'detail', 'kind', 'range', 'selectionRange'),
  SignatureHelp: record(),
  SignatureInformation: record('label', 'documentation'),
  ParameterInformation: record('label', 'documentation'),
  CodeAction: record('title', 'kind'),
  CodeActionKind: { QuickFix: 'quickfix' },
  WorkspaceEdit: class { constructor() { this.edits = new Map(); } set(uri, edits) { this.edits.set(uri.toString(), edits); } },
  languages: {
    createDiagnosticCollection: () => ({
      set(uri, found) { problems.set(uri.toString(), found); events.problems?.(); },
      clear() { problems.clear(); },
      dispose() {},
    }),
    registerHoverProvider: register('hover'),
    registerCompletionItemProvider: register('completion'),
    registerSignatureHelpProvider: register('signature'),
    registerDefinitionProvider: register('definition'),
    registerDocumentSymbolProvider: register('symbols'),
    registerDocumentFormattingEditProvider: register('formatting'),
    registerCodeActionsProvider: register('actions'),
  },
  window: {
    createOutputChannel: () => ({ append() {}, appendLine(line) { shown.push(line); }, dispose() {} }),
    showErrorMessage(message) { shown.push(message); },
  },
  workspace: {
    textDocuments: [],
    getConfiguration: () => ({ get: (name) => settings.get(name) || '' }),
    createFileSystemWatcher: () => ({ onDidChange: listen('fileChange'), onDidCreate: listen('fileCreate'), onDidDelete: listen('fileDelete'), dispose() {} }),
    onDidOpenTextDocument: listen('open'),
    onDidChangeTextDocument: listen('change'),
    onDidSaveTextDocument: listen('save'),
    onDidCloseTextDocument: listen('close'),
    onDidChangeConfiguration: listen('configuration'),
  },
  commands: { registerCommand: (name, work) => { registered[name] = work; return disposable; } },
};
