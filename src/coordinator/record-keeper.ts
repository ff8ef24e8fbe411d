/** Where the record of a run is kept: in its output directory. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceDurably, writeDurably } from '../core/durable-file.js';
import { type RunRecord, formatRecord, parseRecord } from './run-record.js';

export interface RecordKeeper {
  /** Resolves once the record is durable. Rejects where it cannot be written, or where somebody else commands by now. */
  save(record: RunRecord): Promise<void>;
  /** Whether this coordinator commands; false for ever once it has been. */
  holds(): boolean;
}

const FILE = 'coordinator.json';

export async function readRecord(out: string): Promise<RunRecord | null> {
  const text = await readFile(join(out, FILE), 'utf8').catch(() => '');
  return parseRecord(text);
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
