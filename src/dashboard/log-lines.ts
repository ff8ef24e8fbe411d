/** The newest lines of logs.jsonl that somebody looks for. */
import { readLastLines } from './growing-file.js';
import { parseLine, pathOf, type Line } from './run-files.js';

export interface LogQuestion {
  /** And what is worse. */
  level: string;
  /** Who speaks; empty for everybody. */
  name: string;
  /** That the line has in it, in whatever case. */
  text: string;
}

export interface LogAnswer {
  lines: Line[];
  /** Everybody who speaks in what was searched. */
  names: string[];
  /** What was searched is not the whole log. */
  partly: boolean;
}

const LEVELS = ['debug', 'info', 'warn', 'error'];
const MOST_LINES = 400;
/** Of the file, from its end. */
const SEARCHED_BYTES = 8 << 20;

export async function findLogLines(directory: string, question: LogQuestion): Promise<LogAnswer> {
  const path = pathOf(directory, 'logs');
  const { lines, skipped } = await readLastLines(path, SEARCHED_BYTES);
  const parsed = lines.map(parseLine).filter((line) => line !== null);
  const names = [...new Set(parsed.map(nameOf))].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  return { lines: parsed.filter((line) => matches(line, question)).slice(-MOST_LINES), names, partly: skipped };
}

function nameOf(line: Line): string {
  return typeof line['name'] === 'string' ? line['name'] : '';
}

function matches(line: Line, { level, name, text }: LogQuestion): boolean {
  const grade = LEVELS.indexOf(String(line['level']));
  if (grade >= 0 && grade < LEVELS.indexOf(level)) return false;
  if (name !== '' && nameOf(line) !== name) return false;
  return text === '' || JSON.stringify(line).toLowerCase().includes(text.toLowerCase());
}
