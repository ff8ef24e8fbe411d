/**
 * The training images: decoded a few at a time, kept in memory as far as there is room, and set aside for good where
 * they turn out to be unusable. Rows are positions in the training pairs.
 */
import type { Config } from '../config/schema.js';
import { hasCode, MlipError } from '../core/errors.js';
import type { Logger } from '../core/log.js';
import { createLimiter } from './concurrency.js';
import { decodeSquare } from './image.js';
import { placeOf, type Pair } from './pairs.js';

export interface ImageStoreOptions {
  pairs: readonly Pair[];
  /** For messages: `path:line` names a row. */
  manifestPath: string;
  data: Pick<Config['data'], 'resize' | 'maxPixels' | 'maxBadShare' | 'cacheMb'>;
  /** Images decoded at a time. */
  threads: number;
  log: Logger;
}

export interface ImageStore {
  /**
   * [resize, resize] grey values of a row, or undefined where its image is unusable.
   *
   * @throws MlipError MLIP_E_DATA_IMAGES once more than data.maxBadShare of the rows are unusable
   */
  square(row: number): Promise<Uint8Array | undefined>;
  /** Distinct rows found unusable so far. */
  readonly unusable: number;
  /** Images decoded so far. */
  readonly decoded: number;
  /** Refuses what has not begun, so that a run can end at once. */
  close(): void;
}

export function createImageStore({ pairs, manifestPath, data, threads, log }: ImageStoreOptions): ImageStore {
  const limit = createLimiter(threads);
  const cache = new Map<number, Uint8Array>();
  const faults = new Map<number, MlipError>();
  const room = Math.floor((data.cacheMb * 2 ** 20) / data.resize ** 2);
  let decoded = 0;
  let closed = false;

  async function decode(row: number): Promise<Uint8Array | undefined> {
    if (closed) throw new MlipError('MLIP_E_INTERRUPTED', 'loading was stopped');
    try {
      const { pixels } = await decodeSquare(pairs[row].image, data.resize, data);
      decoded += 1;
      // The order of rows differs from epoch to epoch: evicting would lose as many hits as it wins.
      if (cache.size < room) cache.set(row, pixels);
      return pixels;
    } catch (error) {
      if (!hasCode(error, 'MLIP_E_DATA_IMAGE')) throw error;
      setAside(row, error);
      return undefined;
    }
  }

  function setAside(row: number, error: MlipError): void {
    if (!faults.has(row)) {
      log.warn('skipped an unusable image', { row: nameRow(row), reason: error.message, skipped: faults.size + 1 });
    }
    faults.set(row, error);
    if (faults.size <= data.maxBadShare * pairs.length) return;
    const shown = [...faults].slice(0, 3).map(([bad, { message }]) => `${nameRow(bad)}: ${message}`);
    throw new MlipError('MLIP_E_DATA_IMAGES', `${faults.size} of ${pairs.length} training images are unusable`, {
      where: shown.join('; '),
      remedy: `mlip data check ${manifestPath} lists them all. Repair them, or raise data.maxBadShare (now ${data.maxBadShare}).`,
      cause: error,
    });
  }

  const nameRow = (row: number): string => placeOf(manifestPath, pairs[row]);
  return {
    square: async (row) => (faults.has(row) ? undefined : (cache.get(row) ?? limit(() => decode(row)))),
    get unusable() {
      return faults.size;
    },
    get decoded() {
      return decoded;
    },
    close: () => void (closed = true),
  };
}
