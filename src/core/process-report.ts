/** What a process is doing, as far as it can tell itself: for those who ask why a run does not get on. No secrets are in it. */
import { threadsOf } from './process-threads.js';

export interface ProcessFacts {
  time: string;
  pid: number;
  nodeVersion: string;
  uptimeSeconds: number;
  /** What keeps the process alive or is waited for, by kind. */
  activeResources: Record<string, number>;
  memoryBytes: NodeJS.MemoryUsage;
  cpuSeconds: { user: number; system: number };
  /** Share of its time that the event loop has been busy. */
  eventLoopBusy: number;
  threads: Record<string, number>;
  report: unknown;
}

export function processFacts(): ProcessFacts {
  const { user, system } = process.cpuUsage();
  return {
    ...{ time: new Date().toISOString(), pid: process.pid, nodeVersion: process.version },
    uptimeSeconds: process.uptime(),
    activeResources: counted(process.getActiveResourcesInfo()),
    memoryBytes: process.memoryUsage(),
    cpuSeconds: { user: user / 1e6, system: system / 1e6 },
    eventLoopBusy: performance.eventLoopUtilization().utilization,
    threads: counted(threadsOf(process.pid).map(({ name, state }) => `${name}: ${state}`)),
    report: diagnosticReport(),
  };
}

export function counted(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

/** Of Node's report what says where the process is; nothing of its environment, its arguments, its network and its files. */
const TOLD = ['javascriptStack', 'nativeStack', 'javascriptHeap', 'resourceUsage', 'uvthreadResourceUsage', 'workers'];

function diagnosticReport(): unknown {
  const { report } = process as { report?: NodeJS.ProcessReport & { excludeNetwork?: boolean } };
  // Looking up the names of peers could hold the process up.
  if (report === undefined || !('excludeNetwork' in report)) return null;
  report.excludeNetwork = true;
  const whole = report.getReport() as Record<string, unknown>;
  return Object.fromEntries(TOLD.map((part) => [part, whole[part]]));
}
