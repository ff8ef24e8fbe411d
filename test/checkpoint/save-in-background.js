// Like save-forever.js, by the thread that writes checkpoints beside training.
import { BackgroundWriter } from '../../dist/src/checkpoint/background-writer.js';

const [out, first, stride] = process.argv.slice(2);
const tensors = (value) => new Map([['weight', { shape: [50_000], data: new Float32Array(50_000).fill(value) }]]);
const writer = new BackgroundWriter({ out, policy: { keep: 3, keepEverySteps: 0, keepBest: '' }, destination: '' });

for (let step = Number(first); ; step += Number(stride)) {
  const state = { step, runId: 'run', seed: 1, world: 1, configHash: 'hash' };
  const files = { 'vocab.txt': String(step) };
  await writer.write({ state, model: tensors(step), optimizer: tensors(-step), files });
  process.send(step);
}
