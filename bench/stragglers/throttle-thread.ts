/** The thread of a Throttle: stops and continues processes in turns. */
import { parentPort, receiveMessageOnPort } from 'node:worker_threads';
import { monotonicMs } from '../clock.js';
import type { Slowness } from './throttle.js';

const TURN_MS = 12;

interface Signal {
  atMs: number;
  pid: number;
  signal: 'SIGSTOP' | 'SIGCONT';
}

/** Of one turn. Processes begin one after the other, so that as few of them as can be run at once. */
function signalsOf(processes: readonly Slowness[]): Signal[] {
  const signals = processes.flatMap(({ pid, share }, index): Signal[] => {
    const startMs = (TURN_MS * index) / processes.length;
    return [
      { atMs: startMs, pid, signal: 'SIGCONT' },
      { atMs: (startMs + share * TURN_MS) % TURN_MS, pid, signal: 'SIGSTOP' },
    ];
  });
  return signals.toSorted((a, b) => a.atMs - b.atMs);
}

const never = new Int32Array(new SharedArrayBuffer(4));

function sleepUntil(atMs: number): void {
  const leftMs = atMs - monotonicMs();
  if (leftMs > 0) Atomics.wait(never, 0, 0, leftMs);
}

function send({ pid, signal }: Signal): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended.
  }
}

let signals: Signal[] = [];
for (let turnMs = monotonicMs(); ; turnMs = Math.max(turnMs + TURN_MS, monotonicMs())) {
  const told = receiveMessageOnPort(parentPort!)?.message as Slowness[] | undefined;
  if (told !== undefined) signals = signalsOf(told);
  for (const next of signals) {
    sleepUntil(turnMs + next.atMs);
    send(next);
  }
  sleepUntil(turnMs + TURN_MS);
}
