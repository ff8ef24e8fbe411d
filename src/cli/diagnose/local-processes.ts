/** The processes of a run that are on this machine, seen from outside: also those that do not answer. */
import { hostname } from 'node:os';
import { counted } from '../../core/process-report.js';
import { commandOf, threadsOf } from '../../core/process-threads.js';
import { parseJson } from '../../core/json.js';

export interface LocalProcess {
  who: string;
  pid: number;
  threads: Record<string, number>;
}

interface RunInfo {
  coordinator?: { pid?: unknown };
  workers?: { worker?: unknown; pid?: unknown }[];
}

/** @param runJson text of run.json, which names them */
export function localProcesses(runJson: string): LocalProcess[] {
  const info = parseJson(runJson) as RunInfo | null | undefined;
  const workers = (info?.workers ?? []).map(({ worker, pid }) => ({ who: `worker ${String(worker)}`, pid }));
  return [{ who: 'coordinator', pid: info?.coordinator?.pid }, ...workers].flatMap(({ who, pid }) => seen(who, pid));
}

/** Another process may have that number, here or since. */
function seen(who: string, pid: unknown): LocalProcess[] {
  if (typeof pid !== 'number' || !commandOf(pid).includes('mlip')) return [];
  return [
    {
      who: `${who} on ${hostname()}`,
      pid,
      threads: counted(threadsOf(pid).map(({ name, state }) => `${name}: ${state}`)),
    },
  ];
}
