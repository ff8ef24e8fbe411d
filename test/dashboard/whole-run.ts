// A run that has left everything: a worker was lost and another one came, an error was logged, a checkpoint was evaluated.
import sharp from 'sharp';
import { join } from 'node:path';
import { metricsLines, writtenRun, type Written } from './run-directory.js';

const START_MS = Date.UTC(2026, 0, 5, 12, 0, 0);

export const CONFIG = `name: mlip-nano # recipe mlip-nano
batchSize: 32 # flag --set batchSize=32
steps: 400 # flag --steps
optimizer:
  learningRate: 0.001 # recipe mlip-nano
`;

export async function wholeRun(): Promise<Written> {
  const run = writtenRun('first');
  run.write('config.yaml', CONFIG);
  run.append(
    'metrics.jsonl',
    ...metricsLines(1, 200).map((line) => ({ ...line, loss_global: line['loss'], loss_itm: 0.6 })),
  );
  run.append('events.jsonl', ...events());
  run.append('ranks.jsonl', { time: at(190), step: 200, generation: 3, ranks: [rank(0, 0, 1), rank(1, 2, 1.4)] });
  run.append('logs.jsonl', ...logs());
  await evaluation(run, 200);
  return run;
}

function at(seconds: number): string {
  return new Date(START_MS + seconds * 1000).toISOString();
}

function events(): object[] {
  const joined = (seconds: number, worker: number): object => ({
    ...{
      run: 'r',
      time: at(seconds),
      kind: 'joined',
      worker,
      host: `node-${worker}`,
      pid: 100 + worker,
      device: 'cpu',
    },
  });
  const generation = (seconds: number, number: number, world: number, reason: string): object => ({
    ...{
      run: 'r',
      time: at(seconds),
      kind: 'generation',
      generation: number,
      world,
      step: number,
      seconds: 0.8,
      reason,
    },
  });
  return [
    joined(0, 0),
    joined(1, 1),
    generation(2, 1, 2, 'the run begins'),
    { run: 'r', time: at(3), kind: 'started', runId: 'r', startStep: 0, steps: 400, world: 2 },
    joined(60, 2),
    generation(70, 2, 3, 'worker 2 joined'),
    { run: 'r', time: at(100), kind: 'left', worker: 1, reason: 'its connection broke' },
    generation(101, 3, 2, 'worker 1 is gone'),
    { run: 'r', time: at(120), kind: 'saved', step: 150, path: '/out/checkpoints/step-150' },
    { run: 'r', time: at(130), kind: 'somethingNew', answer: 42 },
  ];
}

function rank(number: number, worker: number, slowness: number): object {
  const phaseSeconds = {
    data: 0.1,
    encode: 0.5 * slowness,
    gather: 0.1,
    loss: 0.1,
    backward: slowness,
    reduce: 0.2,
    update: 0.05,
  };
  return { rank: number, worker, host: `node-${worker}`, microBatches: 4, phaseSeconds };
}

function logs(): object[] {
  const line = (seconds: number, level: string, name: string, message: string, more: object = {}): object => ({
    ...{ time: at(seconds), level, name, message, ...more },
  });
  return [
    line(0, 'info', 'coordinator', 'waiting for 2 workers'),
    line(4, 'debug', 'worker 0', 'state hash agrees'),
    line(100, 'error', 'worker 1', 'the neighbour closed its connection', {
      code: 'MLIP_E_PEER_LOST',
      rank: 1,
      step: 99,
    }),
    line(100, 'warn', 'coordinator', 'worker 1 is gone <b>now</b>'),
  ];
}

/** In the format that `mlip eval retrieval` leaves. */
export async function evaluation(run: Written, step: number): Promise<void> {
  const folder = `evaluations/step-${step}`;
  const recall = { r1: 0.25, r5: 0.5, r10: 0.75 };
  const shown = Object.fromEntries(
    [0, 1].map((index) => [
      index,
      {
        picture: `pair-${index}.jpg`,
        image: `images/${index}.png`,
        report: `report of pair ${index}`,
        labels: ['edema'],
      },
    ]),
  );
  const found = [
    { pair: 1, similarity: 0.9 },
    { pair: 0, similarity: 0.8 },
  ];
  const examples = [
    { direction: 'imageToReport', pair: 0, rank: 2, found },
    { direction: 'reportToImage', pair: 1, rank: 1, found },
  ];
  const file = { version: 1, step, time: at(200), checkpoint: '/out', split: 'valid', pairs: 2 };
  run.write(
    `${folder}/retrieval.json`,
    JSON.stringify({ ...file, imageToReport: recall, reportToImage: recall, examples, shown }),
  );
  for (const index of [0, 1]) {
    const picture = sharp({ create: { width: 16, height: 16, channels: 3, background: '#888' } }).jpeg();
    await picture.toFile(join(run.out, folder, `pair-${index}.jpg`));
  }
}
