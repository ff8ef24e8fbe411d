/** Faults of a graph's files: collected rather than thrown one by one, so that a file can be repaired in one go. */
import { MlipError } from '../core/errors.js';

export interface GraphFault {
  file: string;
  /** From 1; absent where the file as a whole is meant. */
  line?: number;
  field?: string;
  /** What is wrong, to be read after the place. */
  problem: string;
}

/** Kept at most: a file of another format has a fault on each of a million lines. */
const KEPT = 100;
const SHOWN = 5;

export interface FaultList {
  /** The first of them. */
  readonly kept: GraphFault[];
  /** How many there were. */
  readonly count: number;
  add(fault: GraphFault): void;
}

export function createFaultList(): FaultList {
  const kept: GraphFault[] = [];
  let count = 0;
  return {
    kept,
    get count() {
      return count;
    },
    add(fault) {
      count++;
      if (kept.length < KEPT) kept.push(fault);
    },
  };
}

/** `file:line field problem`, as a compiler would say it. */
export function describeGraphFault({ file, line, field, problem }: GraphFault): string {
  return `${file}${line === undefined ? '' : `:${line}`}${field === undefined ? '' : ` ${field}`} ${problem}`;
}

/** @throws MlipError MLIP_E_KNOWLEDGE_GRAPH where there is a fault */
export function requireFaultless(directory: string, faults: FaultList): void {
  if (faults.count === 0) return;
  const shown = faults.kept.slice(0, SHOWN).map(describeGraphFault);
  const more = faults.count > SHOWN ? `; and ${faults.count - SHOWN} more` : '';
  throw new MlipError('MLIP_E_KNOWLEDGE_GRAPH', `the knowledge graph has ${faultCount(faults.count)}`, {
    where: shown.join('; ') + more,
    remedy: `Repair the lines; mlip knowledge check --graph ${directory} lists every fault.`,
  });
}

function faultCount(count: number): string {
  return count === 1 ? 'a fault' : `${count} faults`;
}
