/** A process that is started again when it ends, as a cluster does with a pod; its log is kept. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { guard } from './warden.js';

export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
}

export interface SupervisedOptions {
  readonly name: string;
  /** Folder of its log. */
  readonly logs: string;
  /** Asked at each start. */
  readonly launch: () => Launch | Promise<Launch>;
  /** Whether an end with status 0 is the last one. */
  readonly doneWith: 0 | 'never';
}

/** How one of its processes ended. */
export interface ProcessEnd {
  readonly pid: number;
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  /** It has been a rank of a generation. */
  readonly tookPart: boolean;
}

/** Of its log that is kept in memory. */
const KEPT_LINES = 40;
const RESTART_MS = 300;
/** What a worker logs when it becomes a rank. */
const RANK = /generation \d+: rank \d+ of/;

export class Supervised {
  readonly name: string;
  readonly ends: ProcessEnd[] = [];
  readonly log: string[] = [];
  /** Processes that were made to end, or made to look as if they had. */
  readonly excused = new Set<number>();
  /** Its last process ended with status 0. */
  done = false;
  private readonly options: SupervisedOptions;
  private readonly file: string;
  private child: ChildProcess | undefined;
  /** It was stopped, or told to end. */
  private struck = false;
  private ending = false;
  private tookPart = false;
  private restart: NodeJS.Timeout | undefined;
  /** How long after its next end it is started again; never where it is null. */
  private restartMs: number | null = RESTART_MS;

  constructor(options: SupervisedOptions) {
    this.options = options;
    this.name = options.name;
    mkdirSync(options.logs, { recursive: true });
    this.file = join(options.logs, `${options.name.replace(' ', '-')}.log`);
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** Runs, is not stopped, and not about to end. */
  get awake(): boolean {
    return this.child !== undefined && !this.struck;
  }

  /** Does not run, and nothing will start it. */
  get idle(): boolean {
    return this.child === undefined && this.restart === undefined;
  }

  async start(): Promise<void> {
    this.stopRestart();
    if (this.child !== undefined || this.ending) return;
    const { command, args } = await this.options.launch();
    if (this.ending) return;
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.child = child;
    [this.struck, this.restartMs, this.done, this.tookPart] = [false, RESTART_MS, false, false];
    guard(child);
    this.say(`--- ${this.name} is process ${child.pid}`);
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => this.say(line));
    }
    child.once('error', (error) => this.say(error.message));
    child.once('close', (status, signal) => this.ended(child, status, signal));
  }

  /** @param restartMs until it is started again; null: never */
  kill(restartMs: number | null = RESTART_MS): void {
    this.signal('SIGKILL', restartMs);
  }

  terminate(restartMs: number | null = RESTART_MS): void {
    this.signal('SIGTERM', restartMs);
  }

  freeze(): void {
    if (this.child?.kill('SIGSTOP') === true) this.struck = true;
  }

  thaw(): void {
    this.child?.kill('SIGCONT');
    this.struck = false;
  }

  /** Kills it, and starts it no more. */
  async end(): Promise<void> {
    this.ending = true;
    this.stopRestart();
    await this.gone('SIGKILL');
  }

  /** Resolves when its process has ended by itself, or had to be killed; starts none after it. */
  async endByItself(timeoutMs: number): Promise<void> {
    this.ending = true;
    this.stopRestart();
    this.thaw();
    const { child } = this;
    if (child === undefined) return;
    const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
    await once(child, 'close');
    clearTimeout(timer);
  }

  private stopRestart(): void {
    clearTimeout(this.restart);
    this.restart = undefined;
  }

  private async gone(signal: NodeJS.Signals): Promise<void> {
    const child = this.child;
    if (child === undefined) return;
    child.kill(signal);
    await once(child, 'close');
  }

  private signal(name: NodeJS.Signals, restartMs: number | null): void {
    if (this.child === undefined) return;
    this.restartMs = restartMs;
    this.struck = true;
    this.child.kill(name);
  }

  private ended(child: ChildProcess, status: number | null, signal: NodeJS.Signals | null): void {
    this.child = undefined;
    this.say(`--- process ${child.pid} ended: ${signal ?? `status ${status}`}`);
    this.ends.push({ pid: child.pid!, status, signal, tookPart: this.tookPart });
    this.done = status === 0;
    if (this.ending || this.restartMs === null || (this.done && this.options.doneWith === 0)) return;
    this.restart = setTimeout(() => void this.start(), this.restartMs);
  }

  private say(line: string): void {
    appendFileSync(this.file, `${line}\n`);
    this.tookPart ||= RANK.test(line);
    this.log.push(line);
    if (this.log.length > KEPT_LINES) this.log.shift();
  }
}
