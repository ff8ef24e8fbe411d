/**
 * `npm run bench:bus -- [--directory DIR] [--nats HOST:PORT]`: how fast a store does what a run asks of it. Medians of
 * operations one after the other; what is written is durable when an operation ends.
 */
import { Command } from 'commander';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore, type StoreChoice } from '../../src/bus/open-store.js';
import { readObject, type Store } from '../../src/bus/store.js';
import { median } from '../benchmark.js';
import { describeMachine } from '../machine.js';

const REPEATS = 200;
const OBJECT_BYTES = 64 << 20;

interface Figure {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
}

async function main(): Promise<void> {
  const command = new Command('npm run bench:bus --')
    .option('--directory <dir>', 'where the store in a directory is made for the time of the benchmark', tmpdir())
    .option('--nats <address>', 'a NATS server to measure, too')
    .parse();
  const { directory, nats } = command.opts<{ directory: string; nats?: string }>();
  const { cpu, cores, loadBefore } = describeMachine();
  process.stdout.write(`${cpu}, ${cores} cores, load ${loadBefore}\n`);
  const own = mkdtempSync(join(directory, 'mlip-bench-bus-'));
  await report('directory', { directory: own }).finally(() => rmSync(own, { recursive: true }));
  if (nats !== undefined) await report('NATS', { nats, namespace: `bench-${process.pid}` });
}

async function report(name: string, choice: StoreChoice): Promise<void> {
  const store = await openStore(choice);
  try {
    for (const { what, value, unit } of await measure(store)) {
      process.stdout.write(`${name.padEnd(10)} ${what.padEnd(28)} ${value.toFixed(2).padStart(9)} ${unit}\n`);
    }
  } finally {
    await store.close();
  }
}

async function measure(store: Store): Promise<Figure[]> {
  const keyValue = await store.keyValue('bench');
  const events = await store.events('bench');
  const queue = await store.queue('bench', { visibilityMs: 60_000 });
  const value = Buffer.alloc(200, 'x');
  let revision = (await keyValue.compareAndSet('key', value, 0))!;
  return [
    await latency('compare and set', async () => {
      revision = (await keyValue.compareAndSet('key', value, revision))!;
    }),
    await latency('get', () => keyValue.get('key')),
    await latency('append an event', () => events.append(value)),
    await latency('submit, take and finish', async () => {
      await queue.submit(value);
      await (await queue.take({ waitMs: 1000 }))!.done();
    }),
    ...(await throughput(store)),
  ];
}

async function latency(what: string, operation: () => Promise<unknown>): Promise<Figure> {
  const times: number[] = [];
  for (let i = 0; i < REPEATS; i++) times.push(await timeMs(operation));
  return { what, value: median(times), unit: 'ms' };
}

async function throughput(store: Store): Promise<Figure[]> {
  const objects = await store.objects('bench');
  const content = Buffer.alloc(OBJECT_BYTES, 'object');
  const putMs: number[] = [];
  const getMs: number[] = [];
  for (let i = 0; i < 3; i++) {
    putMs.push(await timeMs(() => objects.put('object', content)));
    getMs.push(await timeMs(() => readObject(objects, 'object')));
  }
  await objects.remove('object');
  const rate = (ms: readonly number[]): number => OBJECT_BYTES / 1e6 / (median(ms) / 1000);
  return [
    { what: 'put an object of 64 MiB', value: rate(putMs), unit: 'MB/s' },
    { what: 'get it, verified', value: rate(getMs), unit: 'MB/s' },
  ];
}

async function timeMs(operation: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await operation();
  return performance.now() - started;
}

await main();
