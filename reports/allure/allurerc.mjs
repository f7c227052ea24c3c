// What the Allure 3 report looks like. Facts of the run and the known-defects ledger come from the JSON file that
// reports/build.py writes and names in ACCEPTANCE_REPORT_FACTS.
import { readFileSync } from "node:fs";

const facts = JSON.parse(readFileSync(process.env.ACCEPTANCE_REPORT_FACTS, "utf-8"));

// A matcher of environments is given labels only, hence the label `mode` beside the parameter.
const environments = Object.fromEntries(
  facts.modes.map((mode) => [
    mode,
    { name: `${mode} mode`, matcher: ({ labels }) => labels.some(({ name, value }) => name === "mode" && value === mode) },
  ]),
);

// In the order in which they are shown. The first that matches takes a result, so those before the known defects leave
// these out. Messages tell the calls and are all different: no use in grouping by them.
const BEGINS_WITH_DEFECT = String.raw`QO-\d{3}(?:: | no longer occurs| fails differently)`;
const unknown = new RegExp(`^(?!${BEGINS_WITH_DEFECT})`);
const categories = [
  { name: "No longer occurs: take it off the ledger", matchers: { message: /^QO-\d{3} no longer occurs/ }, expand: true },
  { name: "Fails differently than the ledger says", matchers: { message: /^QO-\d{3} fails differently/ }, expand: true },
  { name: "Broke now", matchers: { statuses: ["failed"], message: unknown }, groupByMessage: false, expand: true },
  { name: "Could not be judged", matchers: { statuses: ["broken"], message: unknown }, groupByMessage: false, expand: true },
  { name: "Known defects", matchers: { message: /^QO-\d{3}: / }, groupByMessage: false },
];

// What compares runs is empty until there is a run to compare with.
const comparing = new Set(["statusTransitions", "stabilityDistribution"]);
const charts = [
  { type: "currentStatus", title: "This run" },
  { type: "statusDynamics", title: "The last runs", limit: facts.historyLimit },
  { type: "statusTransitions", title: "What changed from run to run", limit: facts.historyLimit },
  { type: "testResultSeverities", title: "By severity", includeUnset: false },
  { type: "stabilityDistribution", title: "Stability by capability", groupBy: "epic", skipStatuses: ["skipped"], threshold: 95 },
  { type: "problemsDistribution", title: "Problems by mode", by: "environment" },
  { type: "durationDynamics", title: "Duration from run to run", limit: facts.historyLimit },
  { type: "durations", title: "How long scenarios take", groupBy: "none" },
].filter(({ type }) => facts.runsBefore > 0 || !comparing.has(type));

export default {
  name: facts.name,
  output: facts.output,
  historyPath: facts.historyPath,
  historyLimit: facts.historyLimit,
  appendHistory: true,
  // Kept in the results for other tools; here the tree, the links and the parameters say the same.
  hideLabels: ["thread", "framework", "language", "parentSuite", "suite", "subSuite", "target"],
  variables: facts.variables,
  environments,
  categories,
  resolutions: {
    knownIssuesPath: facts.knownIssuesPath,
    links: { defect: { urlTemplate: facts.defectLink } },
    rules: facts.defects.map(({ id, title }) => ({
      resolution: "issue",
      issue: { id, type: "defect" },
      messageRegexp: `^${id}: `,
      comment: title,
    })),
  },
  plugins: {
    awesome: {
      options: {
        reportName: facts.name,
        groupBy: ["epic", "feature", "story"],
        // Allure's own order is by when a worker happened to begin: another one in each run.
        defaultSortBy: "name,asc",
        reportLanguage: "en",
        theme: "auto",
        charts,
      },
    },
    dashboard: { options: { reportName: `${facts.name}: dashboard`, reportLanguage: "en", layout: charts } },
    csv: { options: { fileName: "results.csv" } },
  },
};
