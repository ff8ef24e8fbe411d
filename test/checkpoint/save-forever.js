// Saves checkpoints until it is killed: node save-forever.js OUT FIRST_STEP STRIDE. With STRIDE 0 the same one each time.
import { saveCheckpoint } from '../../dist/src/checkpoint/checkpoint.js';

const [out, first, stride] = process.argv.slice(2);
const tensors = (value) => new Map([['weight', { shape: [50_000], data: new Float32Array(50_000).fill(value) }]]);

for (let step = Number(first); ; step += Number(stride)) {
  const state = { step, runId: 'run', seed: 1, world: 1, configHash: 'hash' };
  const files = { 'vocab.txt': String(step) };
  await saveCheckpoint(
    out,
    { state, model: tensors(step), optimizer: tensors(-step), files },
    { policy: { keep: 3, keepEverySteps: 0, keepBest: '' } },
  );
  process.send(step);
}
