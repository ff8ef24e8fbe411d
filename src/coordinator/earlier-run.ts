/** An output directory that already holds a run, when a new one is to start from the beginning. */
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { MlipError } from '../core/errors.js';

const RUN_FILES =
  /^(config\.yaml|run\.json|(metrics|ledger|events|ranks)\.jsonl|logs(\.\d+)?\.jsonl|coordinator\.json|checkpoints|evaluations|report\.html|events\.out\.tfevents\..*)$/;
/** What there is from the first step on. */
const RESULTS: ReadonlySet<string> = new Set(['metrics.jsonl', 'checkpoints']);

/**
 * The files of an earlier run of the same configuration are moved to OUT/earlier/N: nothing is mixed, nothing is lost.
 * So are those of a run that ended before its first step, whatever its configuration: it may have been corrected since.
 * Throws MLIP_E_OUT_OTHER_RUN if there are results of another configuration.
 */
export function setAside(out: string, configHash: string): void {
  const files = readdirSync(out).filter((name) => RUN_FILES.test(name));
  if (files.length === 0) return;
  const known = configHashOf(out);
  const trained = known === null || files.some((name) => RESULTS.has(name));
  if (trained && known !== configHash) throw otherRun(out);
  const target = freeFolder(join(out, 'earlier'));
  mkdirSync(target, { recursive: true });
  for (const name of files) renameSync(join(out, name), join(target, name));
}

function configHashOf(out: string): string | null {
  try {
    const info = JSON.parse(readFileSync(join(out, 'run.json'), 'utf8')) as { configHash?: string };
    return info.configHash ?? null;
  } catch {
    return null;
  }
}

function freeFolder(parent: string): string {
  let number = 1;
  while (existsSync(join(parent, String(number)))) number++;
  return join(parent, String(number));
}

function otherRun(out: string): MlipError {
  return new MlipError('MLIP_E_OUT_OTHER_RUN', 'the output directory holds a run of another configuration', {
    where: out,
    remedy: 'Choose another --out, or continue that run with --resume and its configuration (config.yaml).',
  });
}
