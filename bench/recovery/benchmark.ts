/**
 * `npm run bench -- recovery`: two workers train, one gets SIGKILL; how long until the next step is applied, and what is
 * lost. Ours beside torchrun (restarts from a checkpoint) and TorchFT (drops the lost worker), a fresh run each time.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesize } from '../../src/data/synth/corpus.js';
import { findLibrary } from '../../src/engine/library-paths.js';
import { ensureEngine } from '../../src/engine/provision/install.js';
import { packageRoot } from '../../src/core/package-root.js';
import type { Benchmark, BenchmarkOptions, Measurements } from '../benchmark.js';
import { pythonWithPeers } from '../python.js';
import { attack, type Outcome } from './attack.js';
import { ourSide } from './ours.js';
import { WORKERS, type Side } from './side.js';
import { describeOutcome, summarise, type Rounds } from './summary.js';
import { torchftSide } from './torchft.js';
import { torchrunSide } from './torchrun.js';
import { versionsOf } from './versions.js';

/** Its multiples spread the kills evenly over a step, whatever the number of rounds. */
const GOLDEN_RATIO = (Math.sqrt(5) - 1) / 2;
const CORPUS = { pairs: 320, validPairs: 8, seed: 1, size: 96 };

export const recoveryBenchmark: Benchmark = {
  description: 'from the loss of one of two workers to the next step, against torchrun and TorchFT',
  defaults: { threads: 1, rounds: 5, steps: 20 },
  run: runRecoveryBenchmark,
};

async function runRecoveryBenchmark(options: BenchmarkOptions): Promise<Measurements> {
  const python = pythonWithPeers(options.progress, join(packageRoot, 'bench', 'recovery', 'requirements.txt'));
  if (findLibrary() === undefined) options.progress('installing TensorFlow, once');
  await ensureEngine();
  const folder = mkdtempSync(join(tmpdir(), 'mlip-bench-recovery-'));
  try {
    const { manifest } = await synthesize({ ...CORPUS, out: join(folder, 'corpus') });
    const sides = {
      ours: ourSide(manifest, options.threads),
      torchrun: torchrunSide(python, options.threads),
      torchft: torchftSide(python, options.threads),
    };
    const rounds = await attackInTurn(sides, folder, options);
    return { versions: versionsOf(python), ...summarise(rounds, options) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function attackInTurn(
  sides: Record<keyof Rounds, Side>,
  folder: string,
  { rounds, steps, progress }: BenchmarkOptions,
): Promise<Rounds> {
  const outcomes: Rounds = { ours: [], torchrun: [], torchft: [] };
  for (let round = 0; round < rounds; round++) {
    const options = { steps, victim: round % WORKERS, phase: (round * GOLDEN_RATIO) % 1 };
    for (const key of Object.keys(sides) as (keyof Rounds)[]) {
      const place = join(folder, `${key}-${round}`);
      mkdirSync(place);
      const outcome: Outcome = await attack(sides[key], place, options);
      progress(`round ${round + 1}, ${sides[key].name}: ${describeOutcome(outcome)}`);
      outcomes[key].push(outcome);
    }
  }
  return outcomes;
}
