// What can be seen of a run while it goes on, and what it leaves.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RanksLine } from '../../src/coordinator/ranks-file.js';
import { mlip } from '../cli/run-cli.js';
import { metrics, pidsOf, smallRun, untilStep, type RunJson, type SmallRun } from '../cli/small-run.js';
import { computedSteps } from './outcome.js';
import { holdPorts, release } from './ports.js';

const STEPS = 60;
// Three micro-batches: rank 0 has two of them.
const SIZES = ['batchSize=6', 'microBatchSize=2', 'elastic.rebalanceSteps=0'];
const SETTINGS = [...SIZES, 'checkpoint.everySteps=30', 'timeouts.heartbeatMs=200'];

let small: SmallRun;
let run: RunJson & { runId: string };
/** As Prometheus gets it: of the coordinator, then of both workers. */
let pages: string[];
/** What each of them says to those who keep it. */
let readiness: string[];

beforeAll(async () => {
  small = await smallRun();
  const { first: port, servers } = await holdPorts(3);
  await release(servers);
  const settings = SETTINGS.flatMap((setting) => ['--set', setting]);
  const options = ['--steps', String(STEPS), '--workers', '2', '--metrics-port', String(port), ...settings];
  const ending = mlip(small.train('out', ...options));
  run = (await untilStep(small.path('out'), 5)) as typeof run;
  pages = await Promise.all([0, 1, 2].map((offset) => page(port + offset, 'metrics')));
  readiness = await Promise.all([0, 1, 2].map((offset) => page(port + offset, 'readyz')));
  const { status, stderr } = await ending;
  expect(status, stderr).toBe(0);
});
afterAll(() => small.remove());

async function page(port: number, path: string): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/${path}`);
  expect(response.status).toBe(200);
  return response.text();
}

/** Sum over all samples of a metric with those labels. */
function value(text: string, name: string, ...labels: string[]): number {
  const samples = text.split('\n').filter((line) => line.startsWith(`${name}{`));
  const found = samples.filter((line) => labels.every((label) => line.includes(label)));
  expect(found, `${name} ${labels.join()} in\n${text}`).not.toEqual([]);
  return found.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}

describe('Prometheus', () => {
  it('gets steps, loss, pairs, durations, bytes, heartbeats and workers from the coordinator', () => {
    const [coordinator] = pages;
    const step = value(coordinator, 'mlip_step');
    expect(step).toBeGreaterThanOrEqual(5);
    expect(value(coordinator, 'mlip_pairs_total')).toBe(step * 6);
    expect(value(coordinator, 'mlip_step_seconds_count')).toBe(step);
    expect(value(coordinator, 'mlip_loss', 'part="loss"')).toBeGreaterThan(0);
    expect(value(coordinator, 'mlip_loss', 'part="loss_global"')).toBeGreaterThan(0);
    for (const [column, name] of [
      ['lr', 'mlip_learning_rate'],
      ['grad_norm', 'mlip_gradient_norm'],
      ['pairs_per_second', 'mlip_pairs_per_second'],
    ]) {
      const { [column]: newest } = JSON.parse(metrics(small.path('out'))[step - 1]) as Record<string, number>;
      expect(value(coordinator, name), name).toBe(newest);
    }
    expect(value(coordinator, 'mlip_temperature', 'loss="global"')).toBe(0.07);
    expect(value(coordinator, 'mlip_planned_steps')).toBe(STEPS);
    expect(value(coordinator, 'mlip_run_state', 'state="training"')).toBe(1);
    for (const direction of ['sent', 'received'])
      for (const rank of [0, 1]) {
        const labels = ['way="gather"', `peer="${rank}"`];
        expect(value(coordinator, `mlip_${direction}_bytes_total`, ...labels)).toBeGreaterThan(0);
      }
    for (const worker of [0, 1])
      expect(value(coordinator, 'mlip_heartbeats_total', `worker="${worker}"`)).toBeGreaterThan(0);
    expect(value(coordinator, 'mlip_world_size')).toBe(2);
  });

  it('gets the same from each worker, with the time of each phase', () => {
    const workers = pages.slice(1).map((text) => {
      const step = value(text, 'mlip_step');
      expect(step).toBeGreaterThanOrEqual(4);
      const [, worker] = /worker="(\d)"/.exec(text)!;
      expect(value(text, 'mlip_pairs_total')).toBe(step * (worker === '0' ? 4 : 2));
      expect(value(text, 'mlip_loss', 'part="loss"')).toBeGreaterThan(0);
      expect(value(text, 'mlip_world_size')).toBe(2);
      expect(value(text, 'mlip_heartbeats_total')).toBeGreaterThan(0);
      const neighbour = worker === '0' ? '1' : '0';
      for (const name of ['mlip_sent_bytes_total', 'mlip_received_bytes_total']) {
        expect(value(text, name, 'way="gather"', 'peer="coordinator"')).toBeGreaterThan(0);
        expect(value(text, name, 'way="ring"', `peer="${neighbour}"`)).toBeGreaterThan(0);
      }
      expect(value(text, 'mlip_unusable_rows')).toBe(0);
      for (const phase of ['data', 'encode', 'gather', 'loss', 'backward', 'reduce', 'update'])
        expect(value(text, 'mlip_phase_seconds_count', `"${phase}"`)).toBe(step);
      return worker;
    });
    expect(workers.sort()).toEqual(['0', '1']);
  });
});

function jsonLines<T>(path: string): T[] {
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as T);
}

describe('whoever keeps the processes', () => {
  it('hears of each that it is ready, and what it does', () => {
    expect(readiness[0]).toBe(`leading run ${run.runId}\n`);
    const workers = readiness.slice(1).sort();
    expect(workers).toEqual([0, 1].map((worker) => `worker ${worker} of run ${run.runId}\n`));
  });
});

describe('the output directory', () => {
  const keys = ['step', 'epoch', 'loss', 'loss_global', 'lr', 'grad_norm', 'world', 'generation'];

  it('has a line a step in metrics.jsonl, with the promised keys', () => {
    const lines = metrics(small.path('out')).map((line) => JSON.parse(line) as Record<string, number>);
    expect(lines.map(({ step }) => step)).toEqual(Array.from({ length: STEPS }, (_, index) => index + 1));
    for (const line of lines) {
      expect(Object.keys(line)).toEqual([...keys, 'pairs_per_second', 'data_wait', 'comm_wait']);
      expect(Object.values(line).every(Number.isFinite)).toBe(true);
      for (const share of [line['data_wait'], line['comm_wait']]) expect(share).toBeLessThanOrEqual(1);
    }
    // 24 training rows make 4 steps of 6.
    expect(lines.map(({ epoch }) => epoch)).toEqual(lines.map((_, index) => Math.floor(index / 4)));
  });

  it('has in ranks.jsonl where the time went on each rank, of the last step too', () => {
    const lines = jsonLines<RanksLine>(small.path('out', 'ranks.jsonl'));
    expect(lines.map(({ step }) => step)).toEqual([1, ...lines.slice(1).map(({ step }) => step)]);
    expect(lines.at(-1)).toMatchObject({ step: STEPS, generation: 1 });
    for (const { ranks, time } of lines) {
      expect(new Date(time).toISOString()).toBe(time);
      expect(ranks.map(({ rank, microBatches }) => [rank, microBatches])).toEqual([
        [0, 2],
        [1, 1],
      ]);
      expect(ranks.map(({ worker }) => worker).sort()).toEqual([0, 1]);
      for (const { host, phaseSeconds } of ranks) {
        expect(host).toBe('127.0.0.1');
        expect(Object.keys(phaseSeconds)).toEqual(['data', 'encode', 'gather', 'loss', 'backward', 'reduce', 'update']);
        expect(phaseSeconds['encode']).toBeGreaterThan(0);
      }
    }
  });

  it('says in run.json who ran, each a process of its own', () => {
    expect(Object.keys(run)).toEqual(['runId', 'rows', 'coordinator', 'workers', 'configHash']);
    expect(run.workers.map(({ worker, device }) => ({ worker, device }))).toEqual([
      { worker: 0, device: 'cpu' },
      { worker: 1, device: 'cpu' },
    ]);
    expect(new Set(pidsOf(run)).size).toBe(3);
  });

  it('has the same for TensorBoard, and the checkpoints', () => {
    const files = readdirSync(small.path('out'));
    const events = files.filter((name) => name.startsWith('events.out.tfevents.'));
    expect(events).toHaveLength(1);
    const text = readFileSync(small.path('out', events[0]), 'latin1');
    for (const key of keys.slice(1)) expect(text.split(key).length, key).toBeGreaterThanOrEqual(STEPS);
    expect(readdirSync(small.path('out', 'checkpoints')).sort()).toEqual(['step-30', 'step-60']);
    expect(files.sort()).toEqual(
      [
        'checkpoints',
        'config.yaml',
        'coordinator.json',
        'evaluations',
        ...events,
        'events.jsonl',
        'ledger.jsonl',
        'logs.jsonl',
        'metrics.jsonl',
        'ranks.jsonl',
        'run.json',
        'token',
      ].sort(),
    );
  });

  it('has a config.yaml that trains the same again', async () => {
    const again = ['train', join(small.path('out'), 'config.yaml'), '--out', small.path('again'), '--workers', '2'];
    const { status, stderr } = await mlip(again);
    expect(status, stderr).toBe(0);
    expect(computedSteps(small.path('again'))).toEqual(computedSteps(small.path('out')));
  });
});
