/** A run with a line for each of its workers, as `mlip top` shows it. */
import { formatColumns } from '../../core/columns.js';
import type { RunStatus } from '../../rpc/service.js';
import { describeStatus } from '../status/text.js';
import { LEGEND, phaseBar, stepSeconds } from './phase-bar.js';

type Seen = RunStatus['workers'][number];

const HEAD = [
  ...['rank', 'worker', 'standing', 'host', 'device', 'micro-batches', 'a second', 'step s', 'silent s'],
  'phases of the newest step',
];

/** @param rows lines that there is room for; all where it is undefined */
export function describeTop(status: RunStatus, rows?: number): string[] {
  const head = [...describeStatus(status, false).split('\n').slice(0, 3), ''];
  const table = formatColumns([HEAD, ...inOrder(status.workers).map(rowOf)]);
  const room = rows === undefined ? Infinity : Math.max(2, rows - head.length - 2);
  const hidden = table.length - room;
  const shown = hidden > 0 ? [...table.slice(0, room - 1), `and ${hidden + 1} more`] : table;
  return [...head, ...shown, '', LEGEND];
}

/** By rank; those that have none come last. */
function inOrder(workers: readonly Seen[]): Seen[] {
  const place = ({ rank }: Seen): number => rank ?? Infinity;
  return [...workers].sort((a, b) => (place(a) === place(b) ? a.worker - b.worker : place(a) - place(b)));
}

function rowOf({ rank, worker, standing, host, device, microBatches, speed, phaseSeconds, silentSeconds }: Seen) {
  const serves = rank !== null && rank !== undefined;
  const seconds = stepSeconds(phaseSeconds);
  return [
    ...[serves ? String(rank) : '-', String(worker), standing, host, device, serves ? String(microBatches) : '-'],
    ...[speed === 0 ? '-' : speed.toFixed(2), seconds === 0 ? '-' : seconds.toFixed(3), silentSeconds.toFixed(1)],
    phaseBar(phaseSeconds),
  ];
}
