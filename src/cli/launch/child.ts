/** A part of the run as a child process: its own process group, its log lines forwarded with a prefix. */
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { packageRoot } from '../../core/package-root.js';
import { DEBUG_FLAG, isDebug, logsAsJson } from '../logging.js';
import { parseChildMessage, type ChildFailure } from './channel.js';

export interface ChildOptions {
  /** `coordinator`, `worker`; the prefix of its lines. */
  name: string;
  /** Arguments after `mlip`. */
  args: readonly string[];
  /** Added to this process' environment. */
  env?: NodeJS.ProcessEnv;
  onLine: (line: string) => void;
}

/** How a child ended: by itself with a status, or by a signal. */
export interface ChildEnd {
  name: string;
  status: number | null;
  signal: NodeJS.Signals | null;
  /** The error it reported before it ended. */
  failure: ChildFailure | undefined;
  /** Whether this process killed it. */
  killed: boolean;
}

export interface Child {
  /** Prefix of its lines; a worker is given its rank when it joins. */
  name: string;
  pid: number | undefined;
  /** Where the coordinator listens; pending until it does, for ever in a worker. */
  address: Promise<string>;
  ended: Promise<ChildEnd>;
  /** SIGTERM to the child, which then ends by itself. */
  tellToGo(): void;
  /** SIGKILL to the child and to whatever it started. */
  kill(): void;
}

export function startChild({ name, args, env, onLine }: ChildOptions): Child {
  // A group of its own keeps a terminal's Ctrl-C from the child: the launcher says how the run ends.
  const all = [...process.execArgv, join(packageRoot, 'bin', 'mlip.js'), ...args, ...(isDebug() ? [DEBUG_FLAG] : [])];
  const child = spawn(process.execPath, all, {
    detached: true,
    // Children notice by the end of the pipe on stdin that the launcher is gone.
    stdio: ['pipe', 'pipe', 'pipe', 'ipc'],
    env: { ...process.env, ...env },
  });
  let failure: ChildFailure | undefined;
  let killed = false;
  const address = new Promise<string>((resolve) => {
    child.on('message', (value) => {
      const message = parseChildMessage(value);
      if (message.kind === 'listening') resolve(message.address);
      else failure = message;
    });
  });
  const ended = endOf(child).then((end) => ({ name: started.name, failure, killed, ...end }));
  const kill = (): void => {
    killed = true;
    killGroup(child);
  };
  const tellToGo = (): void => void child.kill('SIGTERM');
  const started: Child = { name, pid: child.pid, address, ended, tellToGo, kill };
  for (const stream of [child.stdout!, child.stderr!]) {
    createInterface({ input: stream }).on('line', (line) => onLine(logsAsJson() ? line : `[${started.name}] ${line}`));
  }
  return started;
}

type ProcessEnd = Pick<ChildEnd, 'status' | 'signal'> & Partial<Pick<ChildEnd, 'failure'>>;

function endOf(child: ChildProcess): Promise<ProcessEnd> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ status: 1, signal: null, failure: cannotStart(error) }));
    // `close` rather than `exit`: by then all of its lines have been forwarded.
    child.once('close', (status, signal) => resolve({ status, signal }));
  });
}

function cannotStart({ message }: Error): ChildFailure {
  return { kind: 'failure', code: 'MLIP_E_INTERNAL', message: `a process cannot be started: ${message}` };
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
