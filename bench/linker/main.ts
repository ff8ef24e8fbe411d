/**
 * `npm run bench:linker -- NLMCXR_reports.tgz [--development] [--json]`: precision and recall of the linker with the
 * graph that ships, against the MeSH terms of the Indiana University reports.
 *
 * The graph and the triggers were worked on with the reports of even number; figures to quote are of the odd ones, which
 * are scored unless --development is given.
 */
import { Command } from 'commander';
import { performance } from 'node:perf_hooks';
import { formatError, messageOf, MlipError } from '../../src/core/errors.js';
import { relevantRanges } from '../../src/data/report.js';
import { builtinGraphPath } from '../../src/knowledge/builtin.js';
import { createLinker, type Linker, type Mention } from '../../src/knowledge/linker.js';
import { readGraph } from '../../src/knowledge/read-graph.js';
import { categoriesOf, readCategories, referenceOf, type Category } from './reference.js';
import { readReports, type IndexedReport } from './reports.js';
import { microScore, scoreCategory, type CategoryScore, type Judged, type Score } from './score.js';

interface Flags {
  development?: boolean;
  json?: boolean;
}

interface LinkerReport {
  half: 'development' | 'held out';
  reports: number;
  reportsPerSecond: number;
  /** Doubtful mentions count as present, as they do in the reference. */
  micro: Score;
  /** Without the doubtful mentions. */
  microCertain: Score;
  /** What the score would be if negation were not looked at. */
  microIgnoringNegation: Score;
  categories: CategoryScore[];
}

const SHOWN_IDS = 8;

async function run(archive: string, { development = false, json }: Flags): Promise<void> {
  const reports = (await readReports(archive)).filter(({ id }) => (id % 2 === 0) === development);
  const linker = createLinker(await readGraph(builtinGraphPath()));
  const report = measure(reports, linker, development);
  process.stdout.write(`${json ? JSON.stringify(report) : describe(report)}\n`);
}

function measure(reports: readonly IndexedReport[], linker: Linker, development: boolean): LinkerReport {
  const categories = readCategories();
  const started = performance.now();
  const linked = reports.map(({ text }) => linker.link(text, { ranges: relevantRanges(text) }));
  const seconds = (performance.now() - started) / 1000;
  const score = (counts: (mention: Mention) => boolean): CategoryScore[] => {
    const judged = reports.map((report, i) => judge(report, linked[i].filter(counts), categories));
    return categories.map(({ name }) => scoreCategory(name, judged));
  };
  const present = score(({ negated }) => !negated);
  return {
    half: development ? 'development' : 'held out',
    reports: reports.length,
    reportsPerSecond: Math.round(reports.length / seconds),
    micro: microScore(present),
    microCertain: microScore(score(({ negated, uncertain }) => !negated && !uncertain)),
    microIgnoringNegation: microScore(score(() => true)),
    categories: present.toSorted((a, b) => b.both + b.onlyTheirs - (a.both + a.onlyTheirs)),
  };
}

function judge(report: IndexedReport, mentions: readonly Mention[], categories: readonly Category[]): Judged {
  const concepts = mentions.map(({ concept }) => concept);
  return { id: report.id, ours: categoriesOf(concepts, categories), theirs: referenceOf(report.terms, categories) };
}

function describe(report: LinkerReport): string {
  return [
    `${report.reports} reports (${report.half}), ${report.reportsPerSecond} a second, reading the sections included`,
    '',
    line('category', 'in MeSH', 'found', 'precision', 'recall', 'F1'),
    ...report.categories.map((score) => scoreLine(score.name, score)),
    '',
    scoreLine('all (micro)', report.micro),
    scoreLine('... without doubtful mentions', report.microCertain),
    scoreLine('... if negation were ignored', report.microIgnoringNegation),
    '',
    'Most missed, with numbers of reports:',
    ...most(report.categories, ({ missed }) => missed),
    'Most often found where MeSH has no term:',
    ...most(report.categories, ({ extra }) => extra),
  ].join('\n');
}

function scoreLine(name: string, { both, onlyOurs, onlyTheirs, precision, recall, f1 }: Score): string {
  const percent = (share: number): string => (100 * share).toFixed(1);
  return line(
    ...[name, String(both + onlyTheirs), String(both + onlyOurs), percent(precision), percent(recall), percent(f1)],
  );
}

function line(name: string, ...cells: string[]): string {
  return name.padEnd(30) + cells.map((cell) => cell.padStart(10)).join('');
}

function most(categories: readonly CategoryScore[], of: (score: CategoryScore) => number[]): string[] {
  const worst = categories.toSorted((a, b) => of(b).length - of(a).length).slice(0, 12);
  return worst.map((score) => {
    const ids = of(score);
    return `  ${score.name.padEnd(28)}${String(ids.length).padStart(4)}  ${ids.slice(0, SHOWN_IDS).join(' ')}`;
  });
}

try {
  await new Command('npm run bench:linker --')
    .argument('<archive>', 'NLMCXR_reports.tgz')
    .option('--development', 'score the half that the graph was worked on with')
    .option('--json', 'print one JSON object')
    .exitOverride((exit) => process.exit(exit.exitCode === 0 ? 0 : 2))
    .action(run)
    .parseAsync();
} catch (error) {
  process.stderr.write(`${error instanceof MlipError ? formatError(error) : messageOf(error)}\n`);
  process.exitCode = error instanceof MlipError ? error.exitCode : 1;
}
