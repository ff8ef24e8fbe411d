/** What a process lets others see of itself, from its start to its end: whether it is of use, whether it is beyond help, its metrics. */
import type { Registry } from 'prom-client';
import { Overdue } from './overdue.js';
import { createProcessRegistry } from './registry.js';

export type Role = 'coordinator' | 'worker';

export interface Readiness {
  ready: boolean;
  /** What the process does: for whoever looks. */
  text: string;
}

/** Of a run that a process works on. */
export interface RunMetrics {
  registry: Registry;
  /** Of each of them; a worker's number may change. */
  labels: Readonly<Record<string, string>>;
}

export class Watch {
  readiness: Readiness = { ready: false, text: 'starting' };
  readonly overdue = new Overdue();
  /** Of the process, whatever it works on. */
  readonly registry: Registry;
  private readonly role: Role;
  private run: RunMetrics | null = null;

  constructor(role: Role) {
    this.role = role;
    this.registry = createProcessRegistry();
  }

  /** From now on the metrics of a run are shown too, and those of the process have its labels. */
  show(run: RunMetrics): void {
    this.run = run;
  }

  /** The run is over, and the process works on none. */
  forget(): void {
    this.run = null;
  }

  /** What is wrong with the process, so that only a new one helps; null while all is well. */
  trouble(): string | null {
    return this.overdue.trouble();
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  async metrics(): Promise<string> {
    const { run, role } = this;
    this.registry.setDefaultLabels({ ...run?.labels, role });
    run?.registry.setDefaultLabels({ ...run.labels, role });
    return (await this.registry.metrics()) + ((await run?.registry.metrics()) ?? '');
  }
}
