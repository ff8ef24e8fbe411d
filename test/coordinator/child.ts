/** Child processes of the coordinator's tests: real ones, that can be killed and stopped. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const folder = join(import.meta.dirname, 'children');

/** A line that a child printed. */
export type Said = Record<string, unknown>;

export interface Child {
  pid: number;
  /** All that it has printed. */
  said: Said[];
  /** The first line that has this key, printed before or to come. Rejects if the child ends without. */
  heard(key: string): Promise<Said>;
  exited: Promise<{ code: number | null; signal: string | null }>;
  signal(name: NodeJS.Signals): void;
  /** Ends its stdin, as the death of its parent would. */
  orphan(): void;
}

const children: ChildProcess[] = [];

export function startChild(script: 'worker' | 'coordinator', ...args: (string | number)[]): Child {
  const command = ['--import', join(folder, 'register.js'), join(folder, `${script}.ts`), ...args.map(String)];
  const child = spawn(process.execPath, command, { stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  const said: Said[] = [];
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => said.push(JSON.parse(line) as Said));
  const exited = once(child, 'close').then(([code, signal]) => ({ code: code as number, signal: signal as string }));
  const find = (key: string): Said | undefined => said.find((line) => key in line);
  return {
    ...{ pid: child.pid!, said, exited },
    async heard(key) {
      while (find(key) === undefined) {
        const ended = await Promise.race([once(lines, 'line').then(() => false), exited.then(() => true)]);
        if (ended && find(key) === undefined)
          throw new Error(`the ${script} ended without ${key}: ${JSON.stringify(said)}`);
      }
      return find(key)!;
    },
    signal: (name) => void child.kill(name),
    orphan: () => void child.stdin.end(),
  };
}

/** Ends all children that still run. */
export async function endChildren(): Promise<void> {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'close');
  }
}
