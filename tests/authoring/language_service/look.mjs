// Prints as JSON what the Cucumber extension of VS Code makes of features and steps, with the settings of this repository.
// usage: node look.mjs PACKAGE FEATURE...     PACKAGE: the folder of @cucumber/language-service; run it in the repository
import { globSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const [service, ...features] = process.argv.slice(2);
const load = createRequire(`${resolve(service)}/`);
const { ExpressionBuilder, buildSuggestions, getGherkinDiagnostics } = load("@cucumber/language-service");
const { WasmParserAdapter } = load("@cucumber/language-service/wasm");

const settings = JSON.parse(readFileSync(".vscode/settings.json", "utf-8"));
const adapter = new WasmParserAdapter(join(service, "dist"));
await adapter.init();
const sources = globSync(settings["cucumber.glue"]).map((path) => ({
  languageName: "python",
  uri: pathToFileURL(path).href,
  content: readFileSync(path, "utf-8"),
}));
const { expressionLinks, registry, errors } = new ExpressionBuilder(adapter).build(sources, settings["cucumber.parameterTypes"]);
const expressions = expressionLinks.map(({ expression }) => expression);
const undefinedSteps = (feature) =>
  getGherkinDiagnostics(readFileSync(feature, "utf-8"), expressions).map(
    ({ message, range }) => `${feature}:${range.start.line + 1}: ${message}`,
  );

console.log(
  JSON.stringify({
    errors: errors.map(({ message }) => message),
    features: globSync(settings["cucumber.features"]).length,
    findings: (features.length ? features : globSync(settings["cucumber.features"])).flatMap(undefinedSteps),
    // 1-based lines of the decorators, to which "Go to Definition" jumps
    definitions: expressionLinks.map(({ expression, locationLink }) => ({
      sentence: expression.source,
      path: fileURLToPath(locationLink.targetUri),
      line: locationLink.targetRange.start.line + 1,
    })),
    completions: buildSuggestions(registry, [], expressions).map(({ label }) => label),
  }),
);
