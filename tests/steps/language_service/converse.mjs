// Prints as JSON what a language server answers to an editor that speaks with it as PyCharm's plugin LSP4IJ does.
// usage: node converse.mjs PACKAGE QUESTIONS     PACKAGE: the language server, which brings the wire's library
// QUESTIONS, JSON: root; command, that starts the server; settings; features, each with path and positions (0-based)
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const LIMIT_MS = 60_000;
const ERROR = 1; // MessageType of window/logMessage

const [home, questions] = process.argv.slice(2);
const { root, command, settings, features } = JSON.parse(questions);
const load = createRequire(`${resolve(home)}/`);
const { createMessageConnection, StreamMessageReader, StreamMessageWriter } = load("vscode-jsonrpc/node");

const server = spawn(command[0], command.slice(1), { stdio: ["pipe", "pipe", "inherit"] });
const ended = once(server, "exit");
const connection = createMessageConnection(new StreamMessageReader(server.stdout), new StreamMessageWriter(server.stdin));

const errors = [];
connection.onNotification("window/logMessage", ({ type, message }) => {
  if (type === ERROR) errors.push(message);
});

async function within(awaited, name) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited ${LIMIT_MS} ms for ${name}; errors: ${errors}`)), LIMIT_MS);
  });
  try {
    return await Promise.race([awaited, late]);
  } finally {
    clearTimeout(timer);
  }
}

connection.onRequest("client/registerCapability", () => null);
const asked = []; // sections of the settings
connection.onRequest("workspace/configuration", ({ items }) => {
  asked.push(...items.map(({ section }) => section));
  return items.map(({ section }) => settings[section] ?? null);
});
// The server asks to draw anew each time that it has read all sentences: when initialized, and when told the settings.
const readings = 2;
let read = 0;
const ready = new Promise((done) => {
  connection.onRequest("workspace/semanticTokens/refresh", () => {
    read += 1;
    if (read === readings) done();
    return null;
  });
});
const arrivals = new Map();
const diagnosed = (uri) => new Promise((done) => arrivals.set(uri, done));
connection.onNotification("textDocument/publishDiagnostics", ({ uri, diagnostics }) => arrivals.get(uri)(diagnostics));

async function look({ path, positions }) {
  const uri = pathToFileURL(path).href;
  const diagnostics = diagnosed(uri);
  const text = readFileSync(path, "utf-8");
  await connection.sendNotification("textDocument/didOpen", {
    textDocument: { uri, languageId: "cucumber", version: 1, text },
  });
  const found = { diagnostics: await within(diagnostics, `diagnostics of ${path}`), places: [] };
  for (const position of positions) {
    const at = { textDocument: { uri }, position };
    const [completions, links] = await Promise.all([
      within(connection.sendRequest("textDocument/completion", at), "completion"),
      within(connection.sendRequest("textDocument/definition", at), "definition"),
    ]);
    found.places.push({
      completions: completions.map(({ label }) => label),
      definitions: links.map(({ targetUri, targetRange }) => ({
        path: fileURLToPath(targetUri),
        line: targetRange.start.line + 1,
      })),
    });
  }
  return found;
}

try {
  connection.listen();
  const tooEarly = ended.then(([code]) => Promise.reject(new Error(`the server ended with code ${code}`)));
  const initialized = connection.sendRequest("initialize", {
    processId: process.pid,
    rootPath: root,
    rootUri: pathToFileURL(root).href,
    capabilities: {
      workspace: { configuration: true, didChangeConfiguration: { dynamicRegistration: true } },
      textDocument: { completion: { completionItem: { snippetSupport: true } }, definition: { linkSupport: true } },
    },
  });
  const { serverInfo } = await within(Promise.race([initialized, tooEarly]), "initialize");
  tooEarly.catch(() => {}); // further down it is to end
  await connection.sendNotification("initialized", {});
  await connection.sendNotification("workspace/didChangeConfiguration", { settings });
  await within(ready, "the sentences");
  const seen = [];
  for (const feature of features) seen.push(await look(feature));
  await within(connection.sendRequest("shutdown"), "shutdown");
  await connection.sendNotification("exit");
  const [code] = await within(ended, "the end");
  console.log(JSON.stringify({ server: serverInfo, asked, errors, seen, code }));
} finally {
  server.kill();
}
