/** The methods of the coordinator's service, tied to a run. */
import type { Server, ServerUnaryCall, ServerWritableStream, sendUnaryData } from '@grpc/grpc-js';
import { type WireEvent, serverMethods } from '../rpc/service.js';
import type { SessionCall } from './connections.js';
import type { GatherCall } from './contribution.js';
import type { InspectCall } from './tracing/inspections.js';
import type { LogsCall } from './logs/log-feed.js';
import type { Shell } from './shell.js';
import type { TraceCall } from './tracing/trace-feed.js';

export function addService(server: Server, shell: Shell): void {
  server.addService(serverMethods, {
    session: (call: SessionCall) => shell.connections.receive(call),
    gather: (call: GatherCall) => shell.gathers.receive(call),
    trace: (call: TraceCall) => shell.observer.traces.receive(call),
    inspect: (call: InspectCall) => shell.observer.inspections.receive(call),
    logs: (call: LogsCall) => shell.observer.logs.receive(call),
    watch: (call: ServerWritableStream<unknown, WireEvent>) => shell.feed.watch(call),
    status: (_call: ServerUnaryCall<unknown, unknown>, reply: sendUnaryData<unknown>) => reply(null, shell.status()),
    stop: (_call: ServerUnaryCall<unknown, unknown>, reply: sendUnaryData<unknown>) => {
      shell.dispatch({ kind: 'stop' });
      reply(null, {});
    },
  });
}
