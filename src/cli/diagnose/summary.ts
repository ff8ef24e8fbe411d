/** summary.txt: what is wrong with a run, as far as can be told, before anybody has to open another file. */
import type { RunRecord } from '../../coordinator/run-record.js';
import type { LogLine } from '../../coordinator/logs/log-filter.js';
import { printable } from '../../core/printable.js';
import { describeLeft, describeStatus } from '../status/text.js';
import { leftRun } from '../status/left-run.js';
import { plainLine } from '../logs/line-text.js';
import type { LiveRun, WorkerAnswer } from './live-run.js';
import type { LocalProcess } from './local-processes.js';

export interface Findings {
  version: string;
  out: string | undefined;
  record: RunRecord | null;
  live: LiveRun | null;
  firstFailure: LogLine | null;
  local: readonly LocalProcess[];
  doctor: { ok: boolean; failed: string[] } | null;
  /** What could not be had, and why. */
  missing: Readonly<Record<string, string>>;
  files: readonly string[];
}

export function summaryText(found: Findings): string {
  const { version, out, firstFailure, doctor, missing, files } = found;
  const sections: [string, string[]][] = [
    ['mlip diagnose', [`mlip ${version}, ${new Date().toISOString()}${out === undefined ? '' : `, ${out}`}`]],
    ['where the run stands', standing(found)],
    ['the first failure', [firstFailure === null ? 'no error is in its log' : plainLine(firstFailure)]],
    ['why it ended', ended(found.record)],
    ['what its workers are doing', (found.live?.workers ?? []).map(doing)],
    ['its processes on this machine', found.local.map(describeLocal)],
    ['this machine', doctorLines(doctor)],
    ['what could not be had', Object.entries(missing).map(([name, why]) => `${name}: ${printable(why)}`)],
    ['files', [...files]],
  ];
  const told = sections.filter(([, lines]) => lines.length > 0);
  return `${told.map(([title, lines]) => `${title}\n${lines.map((line) => `  ${line}`).join('\n')}`).join('\n\n')}\n`;
}

function standing({ live, record, out }: Findings): string[] {
  if (live?.status) return describeStatus(live.status, true).split('\n');
  if (out === undefined) return ['not known'];
  return describeLeft(leftRun(out, record), out).split('\n');
}

function ended(record: RunRecord | null): string[] {
  if (record?.cause == null) return [];
  const { code, message, where, worker } = record.cause;
  const who = worker === null ? '' : `, worker ${worker}`;
  return [`${code}: ${printable(message)}${where === '' ? '' : ` (${printable(where)}${who})`}`];
}

interface Doing {
  rank?: number;
  step?: number;
  stage?: string;
  underWay?: { what: string; forSeconds: number }[];
}

function doing({ worker, host, report }: WorkerAnswer): string {
  const who = `worker ${worker} on ${printable(host)}`;
  if (report === null) return `${who}: has not answered; its event loop is blocked, or it is stopped or cut off`;
  const { rank, step, stage = 'not known', underWay = [] } = report as Doing;
  const place = [...(rank === undefined ? [] : [`rank ${rank}`]), ...(step === undefined ? [] : [`step ${step}`])];
  const now = underWay.map(({ what, forSeconds }) => `${what} for ${Number(forSeconds).toFixed(1)} s`);
  return printable(
    `${who}${place.length === 0 ? '' : ` (${place.join(', ')})`}: ${now.length === 0 ? stage : now.join(', ')}`,
  );
}

function describeLocal({ who, pid, threads }: LocalProcess): string {
  const states = new Map<string, number>();
  for (const [thread, count] of Object.entries(threads)) {
    const state = thread.slice(thread.lastIndexOf(': ') + 2);
    states.set(state, (states.get(state) ?? 0) + count);
  }
  const told = [...states].map(([state, count]) => `${count} ${state}`).join(', ');
  return `${who}, pid ${pid}: threads ${told}`;
}

function doctorLines(doctor: Findings['doctor']): string[] {
  if (doctor === null) return [];
  return doctor.ok ? ['mlip doctor finds nothing wrong'] : doctor.failed.map((line) => printable(line));
}
