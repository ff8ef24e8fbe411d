/** Options that several commands share, and how their text is read. */
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { KeyFlag } from '../config/flags.js';
import { resolveConfig, type ResolvedConfig } from '../config/load.js';
import { isLaunched } from './launch/channel.js';
import { say } from './terminal.js';

/** Options of the commands that resolve a configuration. */
export interface ConfigOptions {
  data?: string;
  steps?: number;
  seed?: number;
  compile: boolean;
  minWorkers?: number;
  maxWorkers?: number;
  rejoinTimeout?: number;
  set: string[];
}

export function addConfigOptions(command: Command): Command {
  return command
    .option('--data <manifest>', 'manifest of image-report pairs (data.manifest)')
    .option('--steps <n>', 'steps to train, 0 for all epochs (steps)', parseCount)
    .option('--seed <n>', 'seed of everything random (seed)', parseCount)
    .option('--no-compile', 'run each operation eagerly, for debugging (engine.compile)')
    .addOption(setOption());
}

/** Options of the commands that run a coordinator: how many workers there may be, and for how long too few. */
export function addElasticOptions(command: Command): Command {
  return command
    .option('--min-workers <n>', 'workers without which the run waits (elastic.minWorkers)', parsePositive)
    .option('--max-workers <n>', 'workers that take part at most, 0 for any number (elastic.maxWorkers)', parseCount)
    .option('--rejoin-timeout <s>', 'seconds that it waits for them (elastic.rejoinMs)', parsePositive);
}

/** `--set a.b=c`, as often as needed. */
export function setOption(): Option {
  return new Option('--set <key=value>', 'set any configuration key; repeatable')
    .argParser((value: string, previous: string[]) => [...previous, value])
    .default([], 'none');
}

/** The configuration that a command line asks for; warnings go to stderr. */
export function configOf(recipeOrFile: string, options: ConfigOptions): ResolvedConfig {
  const resolved = resolveConfig({ recipeOrFile, env: process.env, set: options.set, flags: keyFlags(options) });
  if (!isLaunched()) for (const warning of resolved.warnings) say(`warning: ${warning}`);
  return resolved;
}

/** The flags that stand for a key, those that were given. */
function keyFlags(options: ConfigOptions): KeyFlag[] {
  const { data, steps, seed, compile, minWorkers, maxWorkers, rejoinTimeout } = options;
  const flags = [
    { flag: '--data', path: 'data.manifest', value: data },
    { flag: '--steps', path: 'steps', value: steps },
    { flag: '--seed', path: 'seed', value: seed },
    { flag: '--no-compile', path: 'engine.compile', value: compile ? undefined : false },
    { flag: '--min-workers', path: 'elastic.minWorkers', value: minWorkers },
    { flag: '--max-workers', path: 'elastic.maxWorkers', value: maxWorkers },
    { flag: '--rejoin-timeout', path: 'elastic.rejoinMs', value: rejoinTimeout && rejoinTimeout * 1000 },
  ];
  return flags.filter(({ value }) => value !== undefined);
}

/** The same options as arguments again, for a child process. */
export function configArguments(options: ConfigOptions): string[] {
  const { data, steps, seed, compile, minWorkers, maxWorkers, rejoinTimeout, set } = options;
  const valued = { data, steps, seed, minWorkers, maxWorkers, rejoinTimeout };
  return [
    ...Object.entries(valued).flatMap(([name, value]) => (value === undefined ? [] : [flagOf(name), String(value)])),
    ...(compile ? [] : ['--no-compile']),
    ...set.flatMap((pair) => ['--set', pair]),
  ];
}

/** `minWorkers` is `--min-workers`. */
function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** A whole number from 0. */
export function parseCount(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

/** A whole number from 1. */
export function parsePositive(text: string): number {
  const value = parseCount(text);
  if (value === 0) throw new InvalidArgumentError('It must be at least 1.');
  return value;
}

export function parsePort(text: string): number {
  const value = parseCount(text);
  if (value > 65535) throw new InvalidArgumentError('It must be a port from 0 to 65535.');
  return value;
}

/** Help begins with examples: what most readers look for. */
export function addExamples(command: Command, ...lines: string[]): Command {
  return command.addHelpText('before', `Examples:\n${lines.map((line) => `  ${line}`).join('\n')}\n`);
}
