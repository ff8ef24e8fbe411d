/** What the coordinator of a live run says, and what its processes say that they are doing. */
import type { Access } from '../../security/access.js';
import { fetchStatus, inspectProcesses, readLogs } from '../../rpc/launcher.js';
import type { ProcessReportSeen, RunStatus } from '../../rpc/service.js';
import { messageOf, MlipError } from '../../core/errors.js';
import { parseJson } from '../../core/json.js';

const ANSWER_MS = 5_000;
/** For workers to say what they are doing: who computes or loads answers late. */
const INSPECT_MS = 8_000;

export interface WorkerAnswer {
  worker: number;
  host: string;
  /** Null where it has not answered. */
  report: Record<string, unknown> | null;
}

export interface LiveRun {
  status: RunStatus | null;
  coordinator: Record<string, unknown> | null;
  workers: WorkerAnswer[];
  /** Lines of its log, where they were asked for. */
  logs: string[] | null;
  missing: Record<string, string>;
}

const MOST_LINES = 1_000;

/** @param withLogs where the output directory is not at hand */
export async function askLiveRun(address: string, access: Access, withLogs: boolean): Promise<LiveRun> {
  const missing: LiveRun['missing'] = {};
  const had = async <T>(name: string, asked: Promise<T>): Promise<T | null> =>
    asked.catch((error: unknown) => {
      missing[name] = explain(error);
      return null;
    });
  const status = await had('status.json', fetchStatus(address, { access, timeoutMs: ANSWER_MS }));
  // Whoever does not answer that does not answer anything.
  if (status === null) return { status, coordinator: null, workers: [], logs: null, missing };
  const reports = (await had('processes', inspected(address, access))) ?? [];
  const logs = withLogs ? await had('logs.jsonl', lastLines(address, access)) : null;
  const isCoordinator = ({ worker }: ProcessReportSeen): boolean => (worker as number | null) === null;
  const coordinator = reportOf(reports.find(isCoordinator)?.report ?? '');
  return { status, coordinator, logs, missing, workers: reports.filter((one) => !isCoordinator(one)).map(answerOf) };
}

async function inspected(address: string, access: Access): Promise<ProcessReportSeen[]> {
  const reports: ProcessReportSeen[] = [];
  for await (const report of inspectProcesses(address, { access, timeoutMs: ANSWER_MS, limitMs: INSPECT_MS })) {
    reports.push(report);
  }
  return reports;
}

async function lastLines(address: string, access: Access): Promise<string[]> {
  let last: string[] = [];
  for await (const { lines } of readLogs(address, { access, timeoutMs: ANSWER_MS, request: {} })) {
    last = [...last, ...lines].slice(-MOST_LINES);
  }
  return last;
}

function answerOf({ worker, host, report }: ProcessReportSeen): WorkerAnswer {
  return { worker, host, report: reportOf(report) };
}

function reportOf(text: string): Record<string, unknown> | null {
  const parsed = parseJson(text);
  return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : null;
}

export function explain(error: unknown): string {
  return error instanceof MlipError ? `${error.code}: ${error.message}` : messageOf(error);
}
