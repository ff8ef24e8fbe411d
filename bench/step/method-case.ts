/** A training step of the whole method, all losses and the optimiser's step, beside the same in PyTorch. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageRoot } from '../../src/core/package-root.js';
import { median, type BenchmarkOptions, type Measurements } from '../benchmark.js';
import { runChild } from '../child.js';
import { requireMethodAgreement } from './agreement.js';
import { methodReportSchema, type MethodReport } from './side.js';
import { describeShares, PARTS, type PartTimes } from './shares.js';
import { measureInTurn, summarise, type Sides, type Turns } from './turns.js';

/** At most this many times PyTorch's time and memory. */
const GOAL = 1.3;

const peerScript = join(packageRoot, 'bench', 'step', 'method_peer.py');
const ourScript = fileURLToPath(new URL('./method.js', import.meta.url));

export async function runMethodCase(folder: string, python: string, options: BenchmarkOptions): Promise<Measurements> {
  options.progress('method: comparing the losses with their definition');
  await runChild(python, [peerScript, 'check'], options.threads);
  options.progress('method: writing weights and a batch');
  await runChild(python, [peerScript, 'prepare', folder], options.threads);
  await runChild(process.execPath, [ourScript, 'prepare', folder], options.threads);
  const sides = await measureInTurn(turnsOf(folder, python, PARTS.length), options);
  const agreement = requireMethodAgreement(sides.ours[0], sides.theirs[0]);
  const shares = describeShares(await partTimes(folder, python, sides, options));
  return summarise('method', GOAL, sides, [agreement, ...WHAT, updateTimes(sides), ...shares]);
}

const WHAT = [
  'method: forward pass, all losses, backward pass, clipping, AdamW; one micro-batch; nothing dropped out.',
  'method: PyTorch takes the fusion encoder layer by layer over all pairs, as transformers has it, and its losses have no loop over rows (losses_batched.py, compared with losses.py).',
];

/** The first `count` parts of the method. */
function turnsOf(folder: string, python: string, count: number): Turns<MethodReport> {
  const parts = ['--parts', PARTS.slice(0, count).join()];
  return {
    name: count === PARTS.length ? 'method' : `method up to ${PARTS[count - 1]}`,
    schema: methodReportSchema,
    ours: { command: process.execPath, args: [ourScript, 'measure', folder, ...parts] },
    theirs: { command: python, args: [peerScript, 'measure', folder, ...parts] },
  };
}

/** Forward and backward pass with the first part, the first two, and so on; the last are those of the whole. */
async function partTimes(
  folder: string,
  python: string,
  whole: Sides<MethodReport>,
  options: BenchmarkOptions,
): Promise<Record<keyof Sides<MethodReport>, PartTimes>> {
  const all: Sides<MethodReport>[] = [];
  for (let count = 1; count < PARTS.length; count++) {
    all.push(await measureInTurn(turnsOf(folder, python, count), { ...options, rounds: 1 }));
  }
  all.push(whole);
  const times = (side: 'ours' | 'theirs'): PartTimes => all.map((sides) => passTime(sides[side]));
  return { ours: times('ours'), theirs: times('theirs') };
}

function passTime(reports: readonly MethodReport[]): number {
  return median(reports.flatMap(({ passMilliseconds }) => passMilliseconds));
}

function updateTimes(sides: Sides<MethodReport>): string {
  const update = (reports: MethodReport[]): string =>
    median(
      reports.flatMap(({ milliseconds, passMilliseconds }) => milliseconds.map((ms, i) => ms - passMilliseconds[i])),
    ).toFixed(0);
  return `method: of a step, clipping and AdamW take ${update(sides.ours)} ms (ours) and ${update(sides.theirs)} ms (theirs).`;
}
