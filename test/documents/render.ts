// The documents that are written from the code: errors, metrics, configuration keys, the command line.
import type { Command } from 'commander';
import type { Registry } from 'prom-client';
import { exitStatuses } from '../../src/cli/exit-status.js';
import { createProgram } from '../../src/cli/program.js';
import { configKeys } from '../../src/config/keys.js';
import { RESERVED_VARIABLES, variableOf } from '../../src/config/environment.js';
import { resolveConfig } from '../../src/config/load.js';
import { ERROR_TABLE } from '../../src/core/errors.js';
import { createCoordinatorMetrics } from '../../src/metrics/coordinator-metrics.js';
import { exposeRefusals } from '../../src/metrics/refused.js';
import { createWorkerMetrics } from '../../src/metrics/worker-metrics.js';
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
export async function metricsDocument(): Promise<string> {
  const [coordinator, worker] = [createCoordinatorMetrics('').registry, createWorkerMetrics(0, '').registry];
  for (const registry of [coordinator, worker]) exposeRefusals(registry, { of: () => 0 });
  return `# Metrics

${NOTICE}

\`--metrics-port\` serves these at \`/metrics\` in Prometheus' format, beside those of the process itself (memory, CPU, event loop).
What a step brought is in \`OUT/metrics.jsonl\` as well.

## Of the coordinator

Each has the labels \`run\` and \`role="coordinator"\`.

${metricsTable(coordinator)}

## Of a worker

Each has the labels \`worker\` and \`role="worker"\`.

${metricsTable(worker)}

Worth an alert: a rising \`mlip_checkpoint_failures_total\` (the run goes on, and falls back further should it be lost), and
\`mlip_refused_total\` with the reason \`token\`, \`session\` or \`certificate\` ([who gets in](security.md)).
`;
}

function metricsTable(registry: Registry): string {
  const own = registry.getMetricsAsArray().filter(({ name }) => name.startsWith('mlip_')) as unknown as Described[];
  const rows = own.map(({ name, type, labelNames, help }) => [code(name), type, labelNames.join(', '), help]);
  return table(['metric', 'type', 'labels', 'what it is'], rows);
}

/** What prom-client's types leave out. */
interface Described {
  name: string;
  type: string;
  labelNames: string[];
  help: string;
}

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
