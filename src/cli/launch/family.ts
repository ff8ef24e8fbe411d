/** The processes of a run on this machine: how they are started, how they end, and whom to blame. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Child, ChildEnd } from './child.js';

/** Signals that users do not send by themselves; what usually does. */
const SIGNAL_HINTS: Partial<Record<NodeJS.Signals, string>> = {
  SIGKILL: 'often the system was out of memory: lower microBatchSize or start fewer workers',
  SIGSEGV: 'TensorFlow crashed: `mlip doctor` checks the installation',
  SIGILL: 'this processor lacks instructions that TensorFlow needs',
  SIGBUS: 'the disk or the shared memory is full',
};

export interface Family {
  /** `onEnd` is called once the child has ended. */
  add: (child: Child, onEnd: (end: ChildEnd) => void) => void;
  /** Whether there is a living child that `which` picks. */
  lives: (which: (child: Child) => boolean) => boolean;
  find: (pid: number) => Child | undefined;
  /** How a child ended; undefined while it lives. */
  endOf: (child: Child) => ChildEnd | undefined;
  /** Tells the living children that `which` picks to go. Resolves when they have, or after `graceMs`. */
  letGo: (which: (child: Child) => boolean, graceMs: number) => Promise<void>;
  /** Waits for all children to end, and kills those that have not by then. */
  settle: (deadlineMs: number) => Promise<void>;
  /** Kills the living children that `which` picks. */
  kill: (which: (child: Child) => boolean) => void;
  killAll: () => void;
}

export function createFamily(): Family {
  const children: Child[] = [];
  const ends = new Map<Child, ChildEnd>();
  const kill = (which: (child: Child) => boolean): void => {
    for (const child of children) if (!ends.has(child) && which(child)) child.kill();
  };
  const killAll = (): void => kill(() => true);
  return {
    kill,
    killAll,
    add(child, onEnd) {
      children.push(child);
      void child.ended.then((end) => {
        ends.set(child, end);
        onEnd(end);
      });
    },
    lives: (which) => children.some((child) => !ends.has(child) && which(child)),
    find: (pid) => children.find((child) => child.pid === pid),
    endOf: (child) => ends.get(child),
    async letGo(which, graceMs) {
      const living = children.filter((child) => !ends.has(child) && which(child));
      living.forEach((child) => child.tellToGo());
      await Promise.race([Promise.all(living.map((child) => child.ended)), sleep(graceMs, undefined, { ref: false })]);
    },
    async settle(deadlineMs) {
      const timer = setTimeout(killAll, deadlineMs);
      await Promise.all(children.map((child) => child.ended));
      clearTimeout(timer);
    },
  };
}

/** `worker 1 was ended by SIGKILL (often ...)`, or undefined where the child ended by itself. */
export function describeSignal({ name, signal, killed }: ChildEnd): string | undefined {
  if (signal === null) return undefined;
  if (killed) return `${name} did not react any more and was killed`;
  const hint = SIGNAL_HINTS[signal];
  return `${name} was ended by ${signal}${hint === undefined ? '' : ` (${hint})`}`;
}
