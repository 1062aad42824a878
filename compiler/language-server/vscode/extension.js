// The client of mdlc's language server. It needs nothing but VS Code and a JDK.
'use strict';

const childProcess = require('child_process');
const path = require('path');
const vscode = require('vscode');
const convert = require('./convert');
const { Connection } = require('./connection');
const { findJava, NEEDED } = require('./java');

const LANGUAGE = 'mdl';
const RESTARTS = 3; // of a server that ends by itself, in a minute

let server; // the process, the connection and what VS Code is told to forget when they end
let output;
let diagnostics;
let ends = [];

// ---- the server

/** The program and its arguments; undefined, after a message, when there is no JDK for it. */
function command() {
  const settings = vscode.workspace.getConfiguration('mdlc');
  const mdlc = settings.get('path');
  if (mdlc) return [mdlc, ['language-server']];
  const java = findJava(settings.get('javaHome'));
  if (!java) {
    vscode.window.showErrorMessage(
      `mdlc needs a JDK ${NEEDED} or newer. Install one, or set mdlc.javaHome to its folder.`);
    return undefined;
  }
  const classes = path.join(__dirname, 'server', '*');
  return [java, ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-cp', classes, 'org.mdlc.languageserver.Main']];
}

async function start() {
  const program = command();
  if (!program) return;
  const shell = process.platform === 'win32' && /\.(cmd|bat)$/i.test(program[0]);
  const child = childProcess.spawn(program[0], program[1], { shell });
  const started = { child, connection: new Connection(child, notified) };
  server = started;
  child.stderr.on('data', (text) => output.append(text.toString()));
  child.on('error', (error) => vscode.window.showErrorMessage(`mdlc: ${program[0]} does not start: ${error.message}`));
  child.on('exit', () => ended(started));
  await started.connection.request('initialize', {
    processId: process.pid,
    rootUri: null,
    capabilities: { textDocument: { completion: { completionItem: { snippetSupport: true } } } },
  });
  started.connection.notify('initialized', {});
  vscode.workspace.textDocuments.forEach(opened);
}

/** Ends the server in order; one that does not answer is killed. */
async function stop() {
  const stopped = server;
  server = undefined;
  if (!stopped) return;
  const killer = setTimeout(() => stopped.child.kill(), 2000);
  stopped.child.on('exit', () => clearTimeout(killer));
  try {
    await stopped.connection.request('shutdown', null);
    stopped.connection.notify('exit', null);
  } catch {
    stopped.child.kill();
  }
  diagnostics.clear();
}

async function restart() {
  await stop();
  ends = [];
  await start();
}

function ended(which) {
  if (server !== which) return; // it was meant to end
  server = undefined;
  diagnostics.clear();
  ends = ends.filter((time) => Date.now() - time < 60_000);
  ends.push(Date.now());
  if (ends.length <= RESTARTS) start().catch(logged);
  else vscode.window.showErrorMessage('The language server of mdlc keeps ending; its output says more.');
}

function notified(method, params) {
  if (method === 'textDocument/publishDiagnostics') {
    diagnostics.set(vscode.Uri.parse(params.uri), params.diagnostics.map(convert.diagnostic));
  } else if (method === 'window/logMessage') {
    output.appendLine(params.message);
  }
}

function logged(error) {
  output.appendLine(String(error));
}

// ---- texts

const isOurs = (document) => document.languageId === LANGUAGE;
const named = (document) => ({ textDocument: { uri: document.uri.toString() } });

function opened(document) {
  if (!isOurs(document)) return;
  server?.connection.notify('textDocument/didOpen', {
    textDocument: {
      uri: document.uri.toString(),
      languageId: LANGUAGE,
      version: document.version,
      text: document.getText(),
    },
  });
}

function changed({ document }) {
  if (!isOurs(document)) return;
  server?.connection.notify('textDocument/didChange', {
    textDocument: { uri: document.uri.toString(), version: document.version },
    contentChanges: [{ text: document.getText() }],
  });
}

function saved(document) {
  if (isOurs(document)) server?.connection.notify('textDocument/didSave', named(document));
}

function closed(document) {
  if (isOurs(document)) server?.connection.notify('textDocument/didClose', named(document));
}

function fileChanged() {
  server?.connection.notify('workspace/didChangeWatchedFiles', { changes: [] });
}

// ---- questions

/** Asks, and converts the answer; nothing when there is no server, or it does not know. */
async function ask(method, params, token, converted) {
  try {
    const answer = await server?.connection.request('textDocument/' + method, params, token);
    return answer === null || answer === undefined ? undefined : converted(answer);
  } catch (error) {
    logged(error);
    return undefined;
  }
}

const at = (document, position) => ({
  ...named(document),
  position: { line: position.line, character: position.character },
});

const each = (converted) => (answers) => answers.map(converted);

function providers() {
  const languages = vscode.languages;
  return [
    languages.registerHoverProvider(LANGUAGE, {
      provideHover: (document, position, token) => ask('hover', at(document, position), token, convert.hover),
    }),
    languages.registerCompletionItemProvider(LANGUAGE, {
      provideCompletionItems: (document, position, token) =>
        ask('completion', at(document, position), token, each(convert.completion)),
    }, '>', '(', ',', '=', ':'),
    languages.registerSignatureHelpProvider(LANGUAGE, {
      provideSignatureHelp: (document, position, token) =>
        ask('signatureHelp', at(document, position), token, convert.signatures),
    }, '(', ','),
    languages.registerDefinitionProvider(LANGUAGE, {
      provideDefinition: (document, position, token) =>
        ask('definition', at(document, position), token, each(convert.location)),
    }),
    languages.registerDocumentSymbolProvider(LANGUAGE, {
      provideDocumentSymbols: (document, token) => ask('documentSymbol', named(document), token, each(convert.symbol)),
    }),
    languages.registerDocumentFormattingEditProvider(LANGUAGE, {
      provideDocumentFormattingEdits: (document, options, token) =>
        ask('formatting', { ...named(document), options: { tabSize: 2, insertSpaces: true } }, token, each(convert.edit)),
    }),
    languages.registerCodeActionsProvider(LANGUAGE, {
      provideCodeActions: (document, range, context, token) =>
        ask('codeAction', { ...named(document), range, context: { diagnostics: [] } }, token, each(convert.action)),
    }, { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] }),
  ];
}

// ---- life

async function activate(context) {
  output = vscode.window.createOutputChannel('mdlc');
  diagnostics = vscode.languages.createDiagnosticCollection('mdlc');
  const workspace = vscode.workspace;
  const watcher = workspace.createFileSystemWatcher('**/*.{mdl,csv}');
  context.subscriptions.push(
    output,
    diagnostics,
    watcher,
    ...['onDidChange', 'onDidCreate', 'onDidDelete'].map((event) => watcher[event](fileChanged)),
    workspace.onDidOpenTextDocument(opened),
    workspace.onDidChangeTextDocument(changed),
    workspace.onDidSaveTextDocument(saved),
    workspace.onDidCloseTextDocument(closed),
    workspace.onDidChangeConfiguration((e) => e.affectsConfiguration('mdlc') && restart().catch(logged)),
    vscode.commands.registerCommand('mdlc.restart', restart),
    ...providers());
  await start().catch(logged);
}

module.exports = { activate, deactivate: stop };
