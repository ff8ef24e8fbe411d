/** Where the record of a run is kept: in its output directory. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MlipError, messageOf } from '../core/errors.js';
import { replaceDurably, writeDurably } from '../core/durable-file.js';
import { type RunRecord, formatRecord, parseRecord } from './run-record.js';

export interface RecordKeeper {
  /** Resolves once the record is durable. Rejects where it cannot be written, or where somebody else commands by now. */
  save(record: RunRecord): Promise<void>;
  /** Whether this coordinator commands; false for ever once it has been. */
  holds(): boolean;
}

const FILE = 'coordinator.json';

/** Null where there is none. @throws MLIP_E_RUN_RECORD */
export async function readRecord(out: string): Promise<RunRecord | null> {
  const path = join(out, FILE);
  try {
    return parseRecord(await readFile(path, 'utf8'), path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error instanceof MlipError ? error : unreadable(path, error);
  }
}

function unreadable(where: string, error: unknown): MlipError {
  const message = `the record of the run cannot be read: ${messageOf(error)}`;
  return new MlipError('MLIP_E_RUN_RECORD', message, { where, remedy: 'Make it readable to this user.', cause: error });
}

export function keepInDirectory(out: string): RecordKeeper {
  const path = join(out, FILE);
  return {
    holds: () => true,
    async save(record) {
      await replaceDurably(path, (draft) => writeDurably(draft, [Buffer.from(formatRecord(record))]));
    },
  };
}
