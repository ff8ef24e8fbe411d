// A rank that others copy tensors from, as a process of its own, for tests that kill or stop it: node source-process.js. It
// tells its port, and gets stuck where the second tensor is due: it says so, and nothing more.
import { listen } from '../../dist/src/collectives/listener.js';
import { offerTensors } from '../../dist/src/collectives/send-tensors.js';
import { createLogger } from '../../dist/src/core/log.js';
import { Refusals } from '../../dist/src/security/refusals.js';

const SIZE = 1_000_000;

const refusals = new Refusals(createLogger({ name: 'source', level: 'error' }));
const listener = await listen({ host: '127.0.0.1', tls: null, refusals });
process.on('disconnect', () => process.exit());

/** Not before the first tensor has left; then for as long as the process lives. */
function getStuck() {
  process.send({ stuck: true });
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

const tensors = [
  { name: 'first', shape: [SIZE], read: () => new Float32Array(SIZE).fill(1) },
  { name: 'second', shape: [SIZE], read: getStuck },
];
offerTensors({ listener, token: 'run', generation: 1, offered: { step: 0, tensors }, onEnd: () => undefined });
process.send({ port: listener.port });
