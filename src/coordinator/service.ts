/** The methods of the coordinator's service, tied to a run. */
import type { Server, ServerUnaryCall, ServerWritableStream, sendUnaryData } from '@grpc/grpc-js';
import { toStatus } from '../rpc/failure.js';
import { type DrainSeen, type ScaleSeen, type WireEvent, serverMethods } from '../rpc/service.js';
import type { SessionCall } from './connections.js';
import type { GatherCall } from './contribution.js';
import type { InspectCall } from './tracing/inspections.js';
import type { LogsCall } from './logs/log-feed.js';
import type { RunOrder } from './events.js';
import type { Shell } from './shell.js';
import type { TraceCall } from './tracing/trace-feed.js';

export function addService(server: Server, shell: Shell): void {
  server.addService(serverMethods, {
    session: (call: SessionCall) => shell.connections.receive(call),
    gather: (call: GatherCall) => shell.gathers.receive(call),
    trace: (call: TraceCall) => shell.observer.traces.receive(call),
    inspect: (call: InspectCall) => shell.observer.inspections.receive(call),
    logs: (call: LogsCall) => shell.observer.logs.receive(call),
    watch: (call: ServerWritableStream<unknown, WireEvent>) => shell.chronicle.feed.watch(call),
    status: (_call: ServerUnaryCall<unknown, unknown>, reply: sendUnaryData<unknown>) => reply(null, shell.status()),
    stop: command(shell, () => ({ kind: 'stop' })),
    pause: command(shell, () => ({ kind: 'pause' })),
    resume: command(shell, () => ({ kind: 'resume' })),
    drain: command(shell, ({ worker, generation, force }: DrainSeen) => ({ kind: 'drain', worker, generation, force })),
    scale: command(shell, ({ workers }: ScaleSeen) => ({ kind: 'scale', workers, lets: surplus() })),
  });
}

function command<Request>(shell: Shell, orderOf: (request: Request) => RunOrder) {
  return ({ request }: ServerUnaryCall<Request, unknown>, reply: sendUnaryData<unknown>): void => {
    void shell.obey(orderOf(request)).then((answer) => {
      if ('code' in answer) reply(toStatus(answer));
      else reply(null, answer);
    });
  };
}

/** In a cluster its Job has the number of workers, and picks those that go when that is lowered. */
function surplus(): 'go' | 'stay' {
  return process.env['KUBERNETES_SERVICE_HOST'] === undefined ? 'go' : 'stay';
}
