/**
 * `npm run bench -- step`: forward and backward pass of a ViT and of a BERT, compiled, beside PyTorch eager (timm's and
 * transformers' modules) with the same weights, batch and thread count. Each process measures one side of one case.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageRoot } from '../../src/core/package-root.js';
import { findLibrary } from '../../src/engine/library-paths.js';
import { ensureEngine } from '../../src/engine/provision/install.js';
import { lessIsBetter, median, type Benchmark, type BenchmarkOptions, type Measurements } from '../benchmark.js';
import { runChild } from '../child.js';
import { pythonWithPeers } from '../python.js';
import { requireAgreement } from './agreement.js';
import { readCases, sideReportSchema, type CaseName, type SideReport } from './side.js';

/** At most this many times PyTorch's time and memory. */
const GOAL = 1.25;
const WARM_UP_STEPS = 2;

const peerScript = join(packageRoot, 'bench', 'step', 'peer.py');
const ourScript = fileURLToPath(new URL('./ours.js', import.meta.url));

export const stepBenchmark: Benchmark = {
  description: 'forward and backward pass of ViT and BERT, against PyTorch eager',
  run: runStepBenchmark,
};

async function runStepBenchmark(options: BenchmarkOptions): Promise<Measurements> {
  const python = pythonWithPeers(options.progress);
  if (findLibrary() === undefined) options.progress('installing TensorFlow, once');
  await ensureEngine();
  const all: Measurements[] = [];
  for (const name of Object.keys(readCases()) as CaseName[]) all.push(await runCase(name, python, options));
  return {
    versions: Object.assign({}, ...all.map(({ versions }) => versions)) as Record<string, string>,
    results: all.flatMap(({ results }) => results),
    notes: [...howMeasured(options), ...all.flatMap(({ notes }) => notes)],
  };
}

function howMeasured({ threads, rounds, steps }: BenchmarkOptions): string[] {
  return [
    `${threads} intra-op threads; ${rounds} processes a side, in turn; ${WARM_UP_STEPS} steps of warm-up, then ${steps} measured; medians.`,
    'Memory is the highest resident memory of a whole process (VmHWM): interpreter, libraries, weights, batch, gradients.',
  ];
}

async function runCase(name: CaseName, python: string, options: BenchmarkOptions): Promise<Measurements> {
  const folder = mkdtempSync(join(tmpdir(), `mlip-bench-${name}-`));
  try {
    options.progress(`${name}: writing weights and a batch`);
    await runChild(python, [peerScript, 'prepare', name, folder], options.threads);
    const sides = await measureInTurn(name, folder, python, options);
    return summarise(name, sides, await requireAgreement(name, folder, sides.ours[0], sides.theirs[0]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Sides {
  ours: SideReport[];
  theirs: SideReport[];
}

async function measureInTurn(
  name: CaseName,
  folder: string,
  python: string,
  { threads, rounds, steps, progress }: BenchmarkOptions,
): Promise<Sides> {
  const sizes = ['--threads', String(threads), '--warmup', String(WARM_UP_STEPS), '--steps', String(steps)];
  const measure = async (side: string, command: string, args: string[]): Promise<SideReport> => {
    const report = sideReportSchema.parse(await runChild(command, [...args, name, folder, ...sizes], threads));
    progress(`${name} ${side}: ${median(report.milliseconds).toFixed(0)} ms, ${report.peakMb.toFixed(0)} MiB`);
    return report;
  };
  const sides: Sides = { ours: [], theirs: [] };
  for (let round = 0; round < rounds; round++) {
    sides.ours.push(await measure('ours', process.execPath, [ourScript]));
    sides.theirs.push(await measure('theirs', python, [peerScript, 'measure']));
  }
  return sides;
}

function summarise(name: CaseName, { ours, theirs }: Sides, agreement: string): Measurements {
  const time = (reports: SideReport[]): number => median(reports.flatMap(({ milliseconds }) => milliseconds));
  const peak = (reports: SideReport[]): number => median(reports.map(({ peakMb }) => peakMb));
  const figures = (of: (reports: SideReport[]) => number) => ({ ours: of(ours), theirs: of(theirs), goal: GOAL });
  return {
    versions: { ...ours[0].versions, ...theirs[0].versions },
    results: [
      lessIsBetter({ case: `${name} time of a step`, unit: 'ms', ...figures(time) }),
      lessIsBetter({ case: `${name} peak memory`, unit: 'MiB', ...figures(peak) }),
    ],
    notes: [agreement, `${name}: ${memoryOf('ours', ours)}; ${memoryOf('theirs', theirs)}.`],
  };
}

/** The first process of ours may compile what later ones find in the cache, so each peak is shown. */
function memoryOf(side: string, reports: readonly SideReport[]): string {
  const peaks = reports.map(({ peakMb }) => peakMb.toFixed(0)).join(', ');
  const loaded = median(reports.map(({ loadedMb }) => loadedMb));
  return `${side} peaked at ${peaks} MiB, of which ${loaded.toFixed(0)} before the first step`;
}
