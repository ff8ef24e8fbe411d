/** Which lines of a log somebody wants to see, and the first that tells of a failure. */
import { parseJson } from '../../core/json.js';
import { isAtLeast, LOG_LEVELS, type LogLevel } from '../../core/log.js';

/** A line of logs.jsonl. */
export interface LogLine {
  time: string;
  level: LogLevel;
  name: string;
  message: string;
  run?: string;
  worker?: number;
  rank?: number;
  step?: number;
  generation?: number;
  code?: string;
  [field: string]: unknown;
}

export interface LogFilter {
  /** No lines below it; null for all. */
  level: LogLevel | null;
  worker: number | null;
  rank: number | null;
  /** Since 1970. */
  sinceMs: number;
}

/** Null for text that is no such line, such as one that a crash cut short. */
export function parseLine(text: string): LogLine | null {
  const parsed = parseJson(text) as Partial<LogLine> | null | undefined;
  const texts = [parsed?.time, parsed?.name, parsed?.message];
  const known = texts.every((value) => typeof value === 'string') && LOG_LEVELS.includes(parsed!.level!);
  return known ? (parsed as LogLine) : null;
}

export function isWanted(line: LogLine, { level, worker, rank, sinceMs }: LogFilter): boolean {
  if (level !== null && !isAtLeast(line.level, level)) return false;
  if (worker !== null && line.worker !== worker) return false;
  if (rank !== null && line.rank !== rank) return false;
  return sinceMs === 0 || Date.parse(line.time) >= sinceMs;
}

/** Notices the first error of a run; a run that goes on after it has failed is another one. */
export class FirstFailure {
  line: LogLine | null = null;
  private run: string | undefined;

  /** @returns whether that is it */
  see(line: LogLine): boolean {
    if (line.run !== undefined && line.run !== this.run) {
      this.run = line.run;
      this.line = null;
    }
    if (line.level !== 'error' || this.line !== null) return false;
    this.line = line;
    return true;
  }
}
