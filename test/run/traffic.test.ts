// The bytes of a step, counted by a real run, are those that docs/sizing.md computes.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { resolveConfig } from '../../src/config/load.js';
import type { Config } from '../../src/config/schema.js';
import { mlip } from '../cli/run-cli.js';
import { smallRun, untilStep, type SmallRun } from '../cli/small-run.js';
import { gatheredBytes, modelElements, ringBytes } from '../documents/traffic.js';
import { holdPorts, release } from './ports.js';

const WORLD = 3;
const SETTINGS = ['batchSize=12', 'microBatchSize=4', 'checkpoint.everySteps=0'];

let small: SmallRun;
let config: Config;
/** Of the coordinator, then of each worker, while the run goes on. */
let pages: string[];

beforeAll(async () => {
  small = await smallRun();
  const { first: port, servers } = await holdPorts(WORLD + 1);
  await release(servers);
  const settings = SETTINGS.flatMap((setting) => ['--set', setting]);
  const options = ['--steps', '60', '--workers', String(WORLD), '--metrics-port', String(port), ...settings];
  const ending = mlip(small.train('out', ...options));
  await untilStep(small.path('out'), 12);
  pages = await Promise.all(Array.from({ length: WORLD + 1 }, (_, offset) => page(port + offset)));
  const { status, stderr } = await ending;
  expect(status, stderr).toBe(0);
  ({ config } = resolveConfig({ recipeOrFile: small.path('out/config.yaml') }));
});
afterAll(() => small.remove());

async function page(port: number): Promise<string> {
  return (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
}

/** Sum over all samples with that label. */
function value(text: string, name: string, label: string): number {
  const lines = text.split('\n').filter((candidate) => candidate.startsWith(`${name}{`) && candidate.includes(label));
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}

it('the coordinator sends the rows of all to each worker', () => {
  const [coordinator] = pages;
  const gathers = value(coordinator, 'mlip_step', '');
  const each = value(coordinator, 'mlip_sent_bytes_total', '"gather"') / WORLD;
  // One gather more may be under way; names and lengths come on top.
  expect(each).toBeGreaterThan(gathers * gatheredBytes(config, 12));
  expect(each).toBeLessThan((gathers + 1) * gatheredBytes(config, 12) * 1.25);
});

it('each rank sends its neighbour twice the sums, less its share', () => {
  const vocabulary = readFileSync(join(small.path('out/checkpoints/step-60'), 'vocab.txt'), 'utf8')
    .trim()
    .split('\n');
  const expected = ringBytes(modelElements(config, vocabulary.length), WORLD);
  for (const worker of pages.slice(1)) {
    const perStep = value(worker, 'mlip_sent_bytes_total', '"ring"') / value(worker, 'mlip_step', '');
    expect(perStep / expected).toBeGreaterThan(0.95);
    expect(perStep / expected).toBeLessThan(1.1);
  }
});
