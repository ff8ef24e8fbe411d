// The documents that are written from the code: errors, metrics, configuration keys, the command line.
import type { Command } from 'commander';
import { exitStatuses } from '../../src/cli/exit-status.js';
import { createProgram } from '../../src/cli/program.js';
import { configKeys } from '../../src/config/keys.js';
import { RESERVED_VARIABLES, variableOf } from '../../src/config/environment.js';
import { resolveConfig } from '../../src/config/load.js';
import { ERROR_TABLE } from '../../src/core/errors.js';
import { LABELS } from '../../src/metrics/labels.js';
import { type MetricDescription, allMetrics } from './metrics-list.js';
import { NOTICE, table } from './tables.js';

const code = (text: string): string => `\`${text}\``;

/** docs/errors.md */
export function errorsDocument(): string {
  const rows = Object.entries(ERROR_TABLE).map(([name, { exit, meaning }]) => [code(name), exit, meaning]);
  return `# Errors

${NOTICE}

Whatever goes wrong on purpose has a code, says what was wrong and where, and what to do about it:

    error MLIP_E_CONFIG_UNKNOWN_KEY: there is no configuration key batchsize
      where:  flag --set batchsize=8
      remedy: Did you mean batchSize? \`mlip config show mlip-nano\` lists all keys.

Errors go to stderr, with \`--json\` too: stdout then stays empty. \`--debug\` adds stack traces. When a run fails, the first
cause is the last thing printed: the rank that failed first and why, not the ranks that lost their peer afterwards.

## Exit status

${table(['status', 'meaning'], exitStatuses())}

## Codes

${table(['code', 'exit status', 'meaning'], rows)}
`;
}

/** docs/metrics.md */
export function metricsDocument(): string {
  const { run, coordinator, worker, process } = allMetrics();
  const labels = Object.entries(LABELS).map(([label, meaning]) => [code(label), meaning]);
  return `# Metrics

${NOTICE}

\`--metrics-port\` serves these at \`/metrics\` in Prometheus' format. What a step brought is in \`OUT/metrics.jsonl\` as well, and
where its time went on each rank in \`OUT/ranks.jsonl\`. How to scrape them, the dashboard and the alerts: [monitoring](monitoring.md).

Counters are those of a process: one that is started again counts from 0, which \`rate()\` and \`increase()\` know.

## Of a run

From its coordinator while that leads, with the labels \`run\` and \`role="coordinator"\`.

${metricsTable(run)}

## Of a coordinator with a store

With the label \`role="coordinator"\`, and \`run\` while it leads one.

${metricsTable(coordinator)}

## Of a worker

With the labels \`run\`, \`worker\` and \`role="worker"\`, from when it has joined.

${metricsTable(worker)}

## Of each process

From its start, with the label \`role\`, and with those above while there is a run. The lag of the event loop says whether a
coordinator has more to do than one thread can.

${metricsTable(process)}

## Labels

Each has few values, so that no stranger and no long run can fill Prometheus.

${table(['label', 'values'], labels)}
`;
}

function metricsTable(metrics: MetricDescription[]): string {
  const rows = metrics.map(({ name, type, labelNames, help }) => [
    ...[code(name), type, unitOf(name), labelNames.join(', '), help.replace(/\.$/, '')],
  ]);
  return table(['metric', 'type', 'unit', 'labels', 'what it is'], rows);
}

/** As names of metrics end. */
const UNITS: [RegExp, string][] = [
  [/_timestamp_seconds$|_start_time_seconds$/, 's since 1970'],
  [/_seconds(_total)?$/, 's'],
  [/_bytes(_total)?$/, 'bytes'],
  [/_ratio$/, '0 to 1'],
  [/_steps?$|_steps_total$/, 'steps'],
  [/_pairs_per_second$/, 'pairs/s'],
  [/_pairs_total$/, 'pairs'],
  [/_worker_speed$/, 'micro-batches/s'],
];

const unitOf = (name: string): string => UNITS.find(([ending]) => ending.test(name))?.[1] ?? '';

/** docs/configuration.md */
export function configurationDocument(): string {
  const { config } = resolveConfig({ recipeOrFile: 'mlip-nano' });
  const rows = configKeys.map(({ path, expected, description }) => [
    code(path),
    description,
    expected,
    code(JSON.stringify(valueAt(config, path))),
  ]);
  const variables = Object.entries(RESERVED_VARIABLES).map(([name, meaning]) => [code(name), meaning]);
  return `# Configuration

${NOTICE}

A run's configuration starts from a recipe (\`mlip-nano\`, \`clip-nano\`, \`mgca-vit-b16\`), a whole configuration with a name, or from a
YAML file. A file either gives every key, or names a recipe and gives what differs:

    recipe: mlip-nano
    batchSize: 64
    optimizer:
      learningRate: 2e-4

What is set in several places is decided in this order, the later winning:

1. **default**: a few keys about how a run is operated, for files that leave them out;
2. **recipe**;
3. **file**;
4. **environment**: ${code('optimizer.learningRate')} is ${code(variableOf('optimizer.learningRate'))}; an \`MLIP_*\` name that is no key is a warning;
5. **flag**: \`--set optimizer.learningRate=2e-4\` for any key, and \`--data\`, \`--seed\`, \`--steps\`, \`--no-compile\` for theirs,
   which win over \`--set\`. Values are read as YAML.

\`mlip config show mlip-nano --origin\` prints each value and where it was set; so does \`OUT/config.yaml\` of a run, which loads back
as a file. Paths are relative to the directory in which a command runs.

## Keys

${table(['key', 'what it is', 'takes', 'mlip-nano'], rows)}

## Other environment variables

${table(['variable', 'what it does'], variables)}
`;
}

function valueAt(config: object, path: string): unknown {
  return path.split('.').reduce<unknown>((node, part) => (node as Record<string, unknown>)[part], config);
}

/** docs/cli.md */
export function commandsDocument(): string {
  return `# Command line

${NOTICE}

${helpOf(createProgram(), 'mlip').join('\n')}`;
}

/** The help of a command and of those below it. */
function helpOf(command: Command, name: string): string[] {
  const below = command.commands.flatMap((child) => helpOf(child, `${name} ${child.name()}`));
  return [`## ${name}\n\n\`\`\`text\n${helpText(command)}\n\`\`\`\n`, ...below];
}

/** As \`--help\` prints it in a terminal of 100 columns. */
function helpText(command: Command): string {
  let text = '';
  command.configureOutput({ writeOut: (part) => (text += part), getOutHelpWidth: () => 100 });
  command.outputHelp();
  return text.trim();
}
