/**
 * How fast a state is copied from peer to peer (src/collectives/fetch-tensors.ts), beside the same bytes over a plain socket,
 * between two processes.
 *
 *   node dist/bench/copy/main.js 86000000
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { fetchTensors } from '../../src/collectives/fetch-tensors.js';
import { describeMachine } from '../machine.js';
import { median } from '../benchmark.js';

/** About as large as the weights of a layer. */
const TENSOR_ELEMENTS = 590_000;
const REPEATS = 5;

const host = '127.0.0.1';
const parameters = Number(process.argv[2] ?? 86_000_000);
// With both moments.
const count = Math.ceil((3 * parameters) / TENSOR_ELEMENTS);
const layout = Array.from({ length: count }, (_, index) => ({ name: `layer.${index}`, shape: [TENSOR_ELEMENTS] }));
const bytes = count * TENSOR_ELEMENTS * Float32Array.BYTES_PER_ELEMENT;

const source = fork(new URL('./source.js', import.meta.url), [String(count), String(TENSOR_ELEMENTS)]);
const [ports] = (await once(source, 'message')) as [{ copy: number; plain: number }];

async function gigabytesPerSecond(transfer: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await transfer();
  return bytes / 1e6 / (performance.now() - started);
}

function copy(): Promise<unknown> {
  const call = {
    peer: { rank: 0, host, port: ports.copy },
    token: 'bench',
    tls: null,
    generation: 1,
    rank: 1,
    step: 0,
  };
  return fetchTensors({ ...call, layout, timeoutMs: 600_000, signal: new AbortController().signal });
}

async function receivePlain(): Promise<void> {
  const buffer = Buffer.alloc(2 ** 20);
  await once(connect({ host, port: ports.plain, onread: { buffer, callback: () => true } }), 'close');
}

const { cpu, cores, loadBefore } = describeMachine();
process.stdout.write(`${cpu}, ${cores} cores, load ${loadBefore}; ${(bytes / 1e9).toFixed(2)} GB\n`);
const [copied, plain]: [number[], number[]] = [[], []];
for (let repeat = 0; repeat < REPEATS; repeat++) {
  copied.push(await gigabytesPerSecond(copy));
  plain.push(await gigabytesPerSecond(receivePlain));
}
process.stdout.write(`copy ${median(copied).toFixed(2)} GB/s, plain socket ${median(plain).toFixed(2)} GB/s\n`);
source.disconnect();
