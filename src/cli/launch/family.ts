/** The processes of a run on this machine: how they are started, how they end, and whom to blame. */
import type { Child, ChildEnd } from './child.js';

/** Signals that users do not send by themselves; what usually does. */
const SIGNAL_HINTS: Partial<Record<NodeJS.Signals, string>> = {
  SIGKILL: 'often the system was out of memory: lower microBatchSize or start fewer workers',
  SIGSEGV: 'TensorFlow crashed: `mlip doctor` checks the installation',
  SIGILL: 'this processor lacks instructions that TensorFlow needs',
  SIGBUS: 'the disk or the shared memory is full',
};

export interface Family {
  add: (child: Child) => void;
  /** The first child that ended badly, by a status or a signal; pending while there is none. */
  readonly firstDeath: Promise<Child>;
  find: (pid: number) => Child | undefined;
  /** How a child ended; undefined while it lives. */
  endOf: (child: Child) => ChildEnd | undefined;
  /** Waits for all children to end, and kills those that have not by then. */
  settle: (deadlineMs: number) => Promise<void>;
  /** Kills the living children that `which` picks. */
  kill: (which: (child: Child) => boolean) => void;
  killAll: () => void;
}

export function createFamily(): Family {
  const children: Child[] = [];
  const ends = new Map<Child, ChildEnd>();
  let reportDeath: (child: Child) => void;
  const firstDeath = new Promise<Child>((resolve) => (reportDeath = resolve));
  const kill = (which: (child: Child) => boolean): void => {
    for (const child of children) if (!ends.has(child) && which(child)) child.kill();
  };
  const killAll = (): void => kill(() => true);
  return {
    firstDeath,
    kill,
    killAll,
    add(child) {
      children.push(child);
      void child.ended.then((end) => {
        ends.set(child, end);
        if (end.status !== 0) reportDeath(child);
      });
    },
    find: (pid) => children.find((child) => child.pid === pid),
    endOf: (child) => ends.get(child),
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
