// Runs the extension of a folder against its real server, with a VS Code that is not one: node run.js FOLDER [MDLC | --no-java]
'use strict';

const assert = require('assert');
const Module = require('module');
const path = require('path');
const vscode = require('./fake-vscode');

const load = Module._load;
Module._load = (name, ...rest) => (name === 'vscode' ? vscode : load(name, ...rest));

const [folder, mdlc] = process.argv.slice(2);
const extension = require(path.resolve(folder, require(path.resolve(folder, 'package.json')).main));
const { registered, problems, events, shown, settings } = vscode.fake;
const uri = vscode.Uri.parse('file:///models/test.mdl');

const MODEL = `model M {
  input x: f32[8, 8, 1]
  let features = x |> Conv2D(4, 3, padding = same) |> Flatten()
  output y = features |> Dense(3)
}
`;

const document = (version, text) => ({ uri, version, languageId: 'mdl', getText: () => text });

/** The place some letters after the begin of a piece of the text. */
function place(text, piece, further) {
  const before = text.slice(0, text.indexOf(piece) + further).split('\n');
  return new vscode.Position(before.length - 1, before.at(-1).length);
}

/** Does something, and waits for what the server then says of the text. */
function problemsAfter(work) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('no diagnostics: ' + shown)), 60_000);
    events.problems = () => { clearTimeout(timer); resolve(problems.get(uri.toString())); };
    work();
  });
}

async function session() {
  if (mdlc) settings.set('path', mdlc);
  const context = { subscriptions: [] };
  await extension.activate(context);
  assert.deepStrictEqual(shown, []);

  const misspelt = MODEL.replace('Flatten()', 'Flaten()');
  let found = await problemsAfter(() => events.open(document(1, misspelt)));
  assert.strictEqual(found.length, 1);
  assert.strictEqual(found[0].severity, 0);
  assert.strictEqual(found[0].code.value, 'E0201');
  const actions = await registered.actions.provideCodeActions(document(1, misspelt), found[0].range);
  assert.strictEqual(actions[0].edit.edits.get(uri.toString())[0].newText, 'Flatten');
  found = await problemsAfter(() => events.change({ document: document(2, MODEL) }));
  assert.deepStrictEqual(found, []);

  const text = document(2, MODEL);
  const hover = await registered.hover.provideHover(text, place(MODEL, 'features |>', 1));
  assert.match(hover.contents.value, /let features: f32\[batch, 256\]/);
  const completions = await registered.completion.provideCompletionItems(text, place(MODEL, 'Flatten', 3));
  assert.strictEqual(completions.find((c) => c.label === 'Dense').insertText.value, 'Dense(${1:units})');
  const signature = await registered.signature.provideSignatureHelp(text, place(MODEL, '3, padding', 1));
  assert.strictEqual(signature.activeParameter, 1);
  const [definition] = await registered.definition.provideDefinition(text, place(MODEL, 'Dense', 1));
  assert.match(definition.uri.toString(), /std\/core\.mdl$/);
  const symbols = await registered.symbols.provideDocumentSymbols(text);
  assert.deepStrictEqual(symbols[0].children.map((s) => s.name), ['x', 'features', 'y']);
  assert.deepStrictEqual(await registered.formatting.provideDocumentFormattingEdits(text, {}), []);
  const untidy = MODEL.replace('let features', 'let   features');
  await problemsAfter(() => events.change({ document: document(3, untidy) }));
  const [edit] = await registered.formatting.provideDocumentFormattingEdits(document(3, untidy), {});
  assert.strictEqual(edit.newText, MODEL);

  vscode.workspace.textDocuments.push(document(4, misspelt));
  found = await problemsAfter(() => registered['mdlc.restart']());
  assert.strictEqual(found.length, 1); // a new server knows what is open
  await extension.deactivate();
  assert.deepStrictEqual(shown, []);
}

/** Without a JDK the user is told what to do, and nothing else happens. */
async function withoutJava() {
  const { findJava } = require(path.resolve(folder, 'java.js'));
  assert.strictEqual(findJava('/no/such/folder', { PATH: '/no/such/folder' }) === '/no/such/folder/bin/java', false);
  settings.set('path', '/no/such/mdlc');
  await extension.activate({ subscriptions: [] });
  assert.match(shown.join('\n'), /mdlc: \/no\/such\/mdlc does not start/);
  assert.strictEqual(await registered.hover.provideHover(document(1, MODEL), place(MODEL, 'x', 0)), undefined);
}

(mdlc === '--no-java' ? withoutJava() : session()).then(
  () => { console.log('ok'); process.exit(0); },
  (error) => { console.error(error, shown); process.exit(1); });
