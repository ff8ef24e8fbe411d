/**
 * Our side: a coordinator and two workers. The survivor goes on alone, and a worker that is started later joins. Steps are
 * those of metrics.jsonl, at the moment at which this process sees them.
 */
import { join } from 'node:path';
import { monotonicMs } from '../clock.js';
import { followLines } from '../training/follow.js';
import { isRunning } from '../training/processes.js';
import { startRun } from '../training/run.js';
import { WORKERS, type Side, type Training } from './side.js';
import { readSizes } from './sizes.js';
import { stepEventOfMetrics, type StepEvent } from './step-event.js';

/** @param manifest of a corpus that lasts for the run. */
export function ourSide(manifest: string, threads: number): Side {
  return { name: 'mlip', start: (folder) => start(manifest, threads, folder) };
}

async function start(manifest: string, threads: number, folder: string): Promise<Training> {
  const config = configOf(readSizes());
  const { out, coordinator, processes, startWorker } = await startRun({
    ...{ folder, manifest, config, workers: WORKERS, threads },
  });
  const workers = Array.from({ length: WORKERS }, (_, worker) => startWorker(`worker-${worker}`));
  const events: StepEvent[] = [];
  const unfollow = followLines(join(out, 'metrics.jsonl'), (line) => {
    events.push(stepEventOfMetrics(line, monotonicMs()));
  });
  return {
    events,
    workers: () => workers.map(({ pid }) => pid!),
    replace: () => {
      workers[workers.findIndex((worker) => !isRunning(worker))] = startWorker('replacement');
    },
    ended: () => {
      if (!isRunning(coordinator)) return `the coordinator ended\n${processes.lastWords('coordinator')}`;
      return workers.some(isRunning) ? undefined : `both workers ended\n${processes.lastWords('worker-0')}`;
    },
    stop: async () => {
      await processes.stop();
      unfollow();
    },
  };
}

/** The recipe clip-nano at the sizes that the other sides have, too. */
function configOf(sizes: ReturnType<typeof readSizes>): object {
  const { imageSize, patchSize, width, heads, mlpWidth, pieces, headWidth, embeddingWidth } = sizes;
  const layers = { width, heads, mlpWidth };
  return {
    recipe: 'clip-nano',
    batchSize: sizes.batch,
    microBatchSize: sizes.microBatch,
    data: { vocabularySize: sizes.vocabularySize, maxPieces: pieces },
    model: {
      vision: { imageSize, patchSize, layers: sizes.visionLayers, ...layers },
      text: { layers: sizes.textLayers, maxPositions: pieces, ...layers },
      ...{ headWidth, embeddingWidth },
    },
    optimizer: { learningRate: sizes.learningRate },
  };
}
