/**
 * What `reduction: reproducible` costs beside `double` (docs/adr/0013): time and memory of adding up and reducing gradients.
 *
 *   node dist/bench/reduction/main.js --elements 25000000 --world 2 --micro-batches 1,4
 */
import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { COMPUTING_ENVIRONMENT } from '../../src/engine/process-environment.js';
import { describeMachine } from '../machine.js';
import type { Figures, Task, Times } from './rank.js';

const SCRIPT = join(import.meta.dirname, 'rank.js');

/** Runs a task on ranks that are processes; what each of them measured. */
async function measure(task: Task): Promise<Figures[]> {
  const env = { ...COMPUTING_ENVIRONMENT, ...process.env };
  const ranks = Array.from({ length: task.world }, (_, rank) =>
    fork(SCRIPT, [String(rank), JSON.stringify(task)], { env }),
  );
  const ports = await Promise.all(ranks.map((rank) => hear<number>(rank, 'port')));
  const figures = Promise.all(ranks.map((rank) => hear<Figures>(rank, 'figures')));
  const peers = ports.map((port, rank) => ({ rank, host: '127.0.0.1', port }));
  for (const rank of ranks) rank.send(peers);
  return figures;
}

/** The next message that has `key`. */
function hear<T>(rank: ChildProcess, key: string): Promise<T> {
  return new Promise((resolve, reject) => {
    rank.once('exit', (code) => reject(new Error(`a rank ended with ${code} before it said ${key}`)));
    rank.on('message', (message: Record<string, T>) => {
      if (key in message) resolve(message[key]);
    });
  });
}

const format = ({ wallMs, cpuMs }: Times): string => `${wallMs.toFixed(0)} ms (CPU ${cpuMs.toFixed(0)} ms)`;

const { values } = parseArgs({
  options: {
    elements: { type: 'string', default: '25000000' },
    world: { type: 'string', default: '2' },
    'micro-batches': { type: 'string', default: '1,4' },
    steps: { type: 'string', default: '7' },
  },
});
const { cpu, cores, loadBefore } = describeMachine();
process.stdout.write(
  `${cpu}, ${cores} cores, load ${loadBefore}; ${values.elements} parameters, ${values.world} ranks\n`,
);
for (const microBatches of values['micro-batches'].split(',').map(Number)) {
  for (const reduction of ['double', 'reproducible'] as const) {
    const task = { reduction, microBatches, world: Number(values.world), elements: Number(values.elements) };
    const [{ add, reduce, extraMb }] = await measure({ ...task, steps: Number(values.steps) });
    const figures = `add ${format(add)}, reduce ${format(reduce)}, ${extraMb.toFixed(0)} MiB more`;
    process.stdout.write(`${microBatches} micro-batches a rank, ${reduction}: ${figures}\n`);
  }
}
