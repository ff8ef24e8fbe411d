/** The processes of a run: what they say goes to a file, and none outlives the benchmark. */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';

const LAST_LINES = 5;

export class Processes {
  readonly #children: ChildProcess[] = [];
  readonly #folder: string;
  readonly #killAll = (): void => this.#children.forEach((child) => child.kill('SIGKILL'));

  constructor(folder: string) {
    this.#folder = folder;
    process.on('exit', this.#killAll);
  }

  /** @param name of its log, NAME.log in the folder. */
  start(name: string, command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
    const log = openSync(this.logOf(name), 'a');
    const child = spawn(command, args, { stdio: ['ignore', log, log], env: { ...process.env, ...env } });
    closeSync(log);
    child.once('error', () => undefined);
    this.#children.push(child);
    return child;
  }

  logOf(name: string): string {
    return join(this.#folder, `${name}.log`);
  }

  /** What a process said last, for a message. */
  lastWords(name: string): string {
    return readFileSync(this.logOf(name), 'utf8').trim().split('\n').slice(-LAST_LINES).join('\n');
  }

  /** Ends all of them; those that get time to end their own children first get SIGTERM. */
  async stop(gentlyMs = 0): Promise<void> {
    const running = this.#children.filter(isRunning);
    const ends = Promise.all(running.map((child) => once(child, 'exit')));
    if (gentlyMs > 0) {
      running.forEach((child) => child.kill('SIGTERM'));
      const patience = setTimeout(this.#killAll, gentlyMs);
      await ends.finally(() => clearTimeout(patience));
    } else {
      this.#killAll();
      await ends;
    }
    process.off('exit', this.#killAll);
  }
}

export function isRunning({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}
