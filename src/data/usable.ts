/** Decides whether a list of images is good enough to work with. */
import { MlipError } from '../core/errors.js';
import type { ImageList } from './image-list.js';
import type { ImageRow, RowFault } from './image-row.js';

const SHOWN = 5;

/** `file:line field problem`, as a compiler would say it. */
export function describeFault(path: string, fault: RowFault): string {
  return `${path}:${fault.line}${fault.field === undefined ? '' : ` ${fault.field}`} ${fault.problem}`;
}

/** Rows with at least one fault. */
export function faultyLines(faults: readonly RowFault[]): number {
  return new Set(faults.map((fault) => fault.line)).size;
}

/** Sentences for errors: where there are no rows, and where too many are faulty. */
export interface UsableRemedies {
  empty: string;
  faulty(path: string, maxBadShare: number): string;
}

const OF_PAIRS: UsableRemedies = {
  empty: 'Give a manifest with an image and a report on each row.',
  faulty: (path, maxBadShare) =>
    `mlip data check ${path} lists every faulty row. Repair them, or raise data.maxBadShare (now ${maxBadShare}) to train without them.`,
};

/**
 * @param maxBadShare share of faulty rows that is put up with, 0 to 1
 * @throws MlipError MLIP_E_DATA_MANIFEST_EMPTY or MLIP_E_DATA_ROWS
 */
export function requireUsable(
  manifest: ImageList<ImageRow>,
  maxBadShare: number,
  remedies: UsableRemedies = OF_PAIRS,
): void {
  const bad = faultyLines(manifest.faults);
  const all = manifest.rows.length + bad;
  if (all === 0) {
    throw new MlipError('MLIP_E_DATA_MANIFEST_EMPTY', 'the manifest has no rows', {
      where: manifest.path,
      remedy: remedies.empty,
    });
  }
  if (manifest.rows.length > 0 && bad <= maxBadShare * all) return;
  const shown = manifest.faults.slice(0, SHOWN).map((fault) => describeFault(manifest.path, fault));
  const more = manifest.faults.length > SHOWN ? `; and ${manifest.faults.length - SHOWN} more` : '';
  throw new MlipError('MLIP_E_DATA_ROWS', `${bad} of ${all} rows of the manifest are faulty`, {
    where: shown.join('; ') + more,
    remedy: remedies.faulty(manifest.path, maxBadShare),
  });
}

/** @throws MlipError MLIP_E_DATA_TOO_FEW_PAIRS where no whole batch can be made */
export function requireBatch(pairs: number, batchSize: number, path: string): void {
  if (pairs >= batchSize) return;
  throw new MlipError(
    'MLIP_E_DATA_TOO_FEW_PAIRS',
    `there are ${pairs} training pairs, fewer than a batch of ${batchSize}`,
    {
      where: path,
      remedy: `Add pairs, or lower the batch: --set batchSize=N with N at most ${pairs}, a multiple of microBatchSize.`,
    },
  );
}
