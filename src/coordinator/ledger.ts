/**
 * OUT/ledger.jsonl: who computed what, a line for each micro-batch of each applied step. `mlip audit` reads it.
 *
 *   {"step":1,"generation":1,"micro_batch":0,"rank":0,"rows":[17,4,...]}
 *
 * Steps count from 1, as in metrics.jsonl; rows are positions among the training rows. A skipped step has lines too.
 */
import { z } from 'zod';
import { parseJson } from '../core/json.js';
import type { StepAccount } from './events.js';

export interface LedgerPlace {
  step: number;
  generation: number;
}

export interface LedgerLine extends LedgerPlace {
  micro_batch: number;
  rank: number;
  rows: number[];
}

const count = z.number().int().nonnegative();
const lineSchema = z.object({ step: count, generation: count, micro_batch: count, rank: count, rows: z.array(count) });

/** Null for what is no line of a ledger. */
export function parseLedgerLine(text: string): LedgerLine | null {
  const parsed = lineSchema.safeParse(parseJson(text));
  return parsed.success ? parsed.data : null;
}

/** The lines of a step, each with its end of line. */
export function ledgerLines({ step, generation }: LedgerPlace, { rows, ranks }: StepAccount): string {
  const size = rows.length / ranks.length;
  return ranks
    .map((rank, index) => {
      const own = rows.slice(index * size, (index + 1) * size);
      return `${JSON.stringify({ step, generation, micro_batch: index, rank, rows: own })}\n`;
    })
    .join('');
}
