/** Where the lines of a run's log come from: the files of its output directory, or its coordinator. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FirstFailure, isWanted, type LogFilter, type LogLine, parseLine } from '../../coordinator/logs/log-filter.js';
import { logFiles } from '../../coordinator/logs/log-files.js';
import { readLines } from '../../coordinator/logs/read-lines.js';
import { readRecord } from '../../coordinator/record-keeper.js';
import { MlipError } from '../../core/errors.js';
import { readLogs } from '../../rpc/launcher.js';
import type { Access } from '../../security/access.js';
import type { RunFinder } from '../status/find-run.js';
import { say } from '../terminal.js';

export interface LogQuery {
  filter: LogFilter;
  follow: boolean;
  signal: AbortSignal;
}

export interface FoundLines {
  lines: LogLine[];
  /** Of all lines so far, whether or not it is asked for. */
  firstFailure: LogLine | null;
}

/** @throws MLIP_E_RUN_DIRECTORY */
export async function* linesInDirectory(out: string, { filter, follow, signal }: LogQuery): AsyncGenerator<FoundLines> {
  requireRun(out);
  const first = new FirstFailure();
  const isOver = follow ? async () => (await readRecord(out))?.ended === true : null;
  for await (const texts of readLines(out, { isOver, signal })) {
    const lines = texts.map(parseLine).filter((line) => line !== null);
    for (const line of lines) first.see(line);
    yield { lines: lines.filter((line) => isWanted(line, filter)), firstFailure: first.line };
  }
}

function requireRun(out: string): void {
  const isRun = ['config.yaml', 'run.json'].some((name) => existsSync(join(out, name)));
  if (!isRun && logFiles(out).length === 0) {
    throw new MlipError('MLIP_E_RUN_DIRECTORY', 'this is no output directory of a run', {
      where: out,
      remedy: 'Name the directory that was --out of the run, or its coordinator with --coordinator.',
    });
  }
  if (logFiles(out).length === 0) say('the run has no logs.jsonl yet');
}

/** For a coordinator that is lost, or hands its run over, to be found again. */
const AGAIN_MS = 30_000;
const PAUSE_MS = 500;
const PASSING: ReadonlySet<string> = new Set([
  'MLIP_E_COORDINATOR_LOST',
  'MLIP_E_RPC_UNREACHABLE',
  'MLIP_E_RUN_UNKNOWN',
]);

/** @throws MLIP_E_RPC_UNREACHABLE, MLIP_E_COORDINATOR_LOST, and what the finder throws */
export async function* linesOfCoordinator(
  finder: RunFinder,
  access: Access,
  query: LogQuery,
): AsyncGenerator<FoundLines> {
  let [seen, deadlineMs] = [0, 0];
  for (;;) {
    let heard = false;
    try {
      const stream = new CoordinatorLines(await finder.address(), access, query, seen);
      for await (const found of stream.read()) {
        seen = Math.max(seen, stream.seen);
        heard = true;
        yield found;
      }
      if (!query.follow || stream.ended || query.signal.aborted) return;
      heard = true;
    } catch (error) {
      if (!query.follow || !isPassing(error) || (!heard && Date.now() > deadlineMs)) throw error;
    }
    if (heard) deadlineMs = Date.now() + AGAIN_MS;
    await sleep(PAUSE_MS);
  }
}

function isPassing(error: unknown): boolean {
  return error instanceof MlipError && PASSING.has(error.code);
}

/** The lines of one coordinator: those that an earlier one has sent are not told again. */
class CoordinatorLines {
  seen = 0;
  /** The run has. */
  ended = false;
  private readonly address: string;
  private readonly access: Access;
  private readonly query: LogQuery;
  private readonly known: number;

  constructor(address: string, access: Access, query: LogQuery, known: number) {
    this.address = address;
    this.access = access;
    this.query = query;
    this.known = known;
  }

  async *read(): AsyncGenerator<FoundLines> {
    const { filter, follow, signal } = this.query;
    const { level, worker, rank, sinceMs } = filter;
    const request = { follow, level: level ?? '', sinceMs, ...given({ worker, rank }) };
    for await (const reply of readLogs(this.address, { access: this.access, request, signal })) {
      this.ended ||= reply.ended;
      const fresh = reply.lines.slice(Math.max(this.known - this.seen, 0));
      this.seen += reply.lines.length;
      const lines = fresh.map(parseLine).filter((line) => line !== null);
      yield { lines, firstFailure: parseLine(reply.firstFailure) };
    }
  }
}

function given(chosen: Record<'worker' | 'rank', number | null>): Partial<Record<'worker' | 'rank', number>> {
  return Object.fromEntries(Object.entries(chosen).filter(([, value]) => value !== null));
}
