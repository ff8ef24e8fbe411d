/** Answers `Inspect`: asks every worker what it is doing, and passes on what each says, or that it has not said anything. */
import type { ServerWritableStream } from '@grpc/grpc-js';
import { processFacts } from '../../core/process-report.js';
import type { InspectRequestSeen, ProcessReport, WorkerMessageSeen } from '../../rpc/service.js';

export type InspectCall = Pick<
  ServerWritableStream<InspectRequestSeen, ProcessReport>,
  'request' | 'write' | 'end' | 'on'
>;

export interface InspectedMember {
  worker: number;
  host: string;
}

export interface InspectedRun {
  members(): readonly InspectedMember[];
  ask(worker: number, request: number): void;
  /** Of the run, for the coordinator's own report. */
  about(): object;
}

type InspectedSeen = NonNullable<WorkerMessageSeen['inspected']>;

const MOST_MS = 60_000;

interface Inspection {
  call: InspectCall;
  /** Who has not answered. */
  awaited: Map<number, InspectedMember>;
  timer: NodeJS.Timeout;
}

export class Inspections {
  private readonly run: InspectedRun;
  private readonly open = new Map<number, Inspection>();
  private next = 1;

  constructor(run: InspectedRun) {
    this.run = run;
  }

  receive(call: InspectCall): void {
    const request = this.next++;
    call.write({ report: JSON.stringify({ ...this.run.about(), ...processFacts() }) });
    const awaited = new Map(this.run.members().map((member) => [member.worker, member]));
    const timer = setTimeout(() => this.end(request), Math.min(call.request.timeoutMs, MOST_MS));
    this.open.set(request, { call, awaited, timer });
    for (const ending of ['cancelled', 'close', 'error'] as const) call.on(ending, () => this.end(request));
    for (const worker of awaited.keys()) this.run.ask(worker, request);
    this.endIfWhole(request);
  }

  ofWorker(worker: number, { request, report }: InspectedSeen): void {
    const inspection = this.open.get(request);
    const member = inspection?.awaited.get(worker);
    if (inspection === undefined || member === undefined) return;
    inspection.awaited.delete(worker);
    inspection.call.write({ ...member, report });
    this.endIfWhole(request);
  }

  close(): void {
    for (const request of this.open.keys()) this.end(request);
  }

  private endIfWhole(request: number): void {
    if (this.open.get(request)?.awaited.size === 0) this.end(request);
  }

  private end(request: number): void {
    const inspection = this.open.get(request);
    if (inspection === undefined) return;
    this.open.delete(request);
    clearTimeout(inspection.timer);
    for (const member of inspection.awaited.values()) inspection.call.write({ ...member, report: '' });
    inspection.call.end();
  }
}
