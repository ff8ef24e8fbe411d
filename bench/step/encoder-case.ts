/** One encoder, forward and backward, beside the module of timm or transformers. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageRoot } from '../../src/core/package-root.js';
import type { BenchmarkOptions, Measurements } from '../benchmark.js';
import { runChild } from '../child.js';
import { requireEncoderAgreement } from './agreement.js';
import { sideReportSchema, type EncoderName } from './side.js';
import { measureInTurn, summarise } from './turns.js';

/** At most this many times PyTorch's time and memory. */
const GOAL = 1.25;

const peerScript = join(packageRoot, 'bench', 'step', 'peer.py');
const ourScript = fileURLToPath(new URL('./ours.js', import.meta.url));

export async function runEncoderCase(
  name: EncoderName,
  folder: string,
  python: string,
  options: BenchmarkOptions,
): Promise<Measurements> {
  options.progress(`${name}: writing weights and a batch`);
  await runChild(python, [peerScript, 'prepare', name, folder], options.threads);
  const ours = { command: process.execPath, args: [ourScript, name, folder] };
  const theirs = { command: python, args: [peerScript, 'measure', name, folder] };
  const sides = await measureInTurn({ name, schema: sideReportSchema, ours, theirs }, options);
  const agreement = await requireEncoderAgreement(name, folder, sides.ours[0], sides.theirs[0]);
  return summarise(name, GOAL, sides, [agreement]);
}
