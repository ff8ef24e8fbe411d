/**
 * A worker that does all that a real one does with its coordinator, over its own two connections, and computes nothing:
 * joins, beats, gathers its rows, commits, and waits for the directive.
 */
import { type ClientDuplexStream, Metadata } from '@grpc/grpc-js';
import { setTimeout as sleep } from 'node:timers/promises';
import { openChannel, waitUntilReady } from '../../src/rpc/channel.js';
import { gather } from '../../src/rpc/gather.js';
import { type CoordinatorMessageSeen, methods, type WorkerMessage } from '../../src/rpc/service.js';
import type { SessionClaim } from '../../src/rpc/tensor-stream.js';
import { monotonicMs } from '../clock.js';
import { benchAccess } from '../access.js';
import type { FleetLog } from './log.js';
import { commit, heartbeat, inPlace, join, type Order, orderOf, type Place, ready, saved } from './messages.js';
import type { Reduction } from './reduction.js';
import type { FleetSpec } from './spec.js';

type Assigned = Order & { kind: 'assign' };

const CONNECT_MS = 120_000;
const GATHER_MS = 120_000;
/** Times of workers differ by so large a share, up and down. */
const SPREAD = 0.1;

export interface SimulatedWorkerParts {
  index: number;
  spec: FleetSpec;
  log: FleetLog;
  reduction: Reduction;
}

/** Resolves when the run is over; rejects when anything goes otherwise than it should. */
export async function simulateWorker(parts: SimulatedWorkerParts): Promise<void> {
  const { index, spec, log } = parts;
  const control = openChannel(spec.address, 'control', benchAccess);
  const bulk = openChannel(spec.address, 'bulk', benchAccess);
  await waitUntilReady(control, spec.address, CONNECT_MS);
  const session = openSession(control, log);
  try {
    session.send(join(index));
    const { session: claim } = await session.next('welcome');
    log.joinedMs.push(monotonicMs());
    session.send(ready(spec.allWorkers * spec.rowsPerWorker));
    const assigned = await session.next('assign');
    log.assignedMs.push(monotonicMs());
    session.send(inPlace(assigned.place));
    await train(session, bulk, assigned, { ...parts, claim });
    await session.next('finish');
  } finally {
    session.close();
    control.close();
    bulk.close();
  }
}

type Session = ReturnType<typeof openSession>;

/** Once it is a member of the run. */
type MemberParts = SimulatedWorkerParts & { claim: SessionClaim };

async function train(
  session: Session,
  bulk: ReturnType<typeof openChannel>,
  { place, ranks }: Assigned,
  parts: MemberParts,
): Promise<void> {
  const { spec, log, reduction } = parts;
  const rows = spec.allWorkers * spec.rowsPerWorker;
  for (let step = place.step; ; step++) {
    await pause(spec.computeMs);
    await gatherRows(bulk, place, step, parts);
    await reduction.together(step);
    await pause(spec.updateMs);
    session.send(commit(place, step, rows, ranks));
    const times = log.step(step);
    times.committedMs = Math.max(times.committedMs, monotonicMs());
    const order = await session.next('goOn');
    times.directedMs.push(monotonicMs());
    if (order.save) session.send(saved(step + 1, `step-${step + 1}`));
    if (order.stop) return;
  }
}

/** Workers that compute take about the same time, not the same time. */
async function pause(usualMs: number): Promise<void> {
  await sleep(usualMs * (1 - SPREAD + 2 * SPREAD * Math.random()));
}

async function gatherRows(
  client: ReturnType<typeof openChannel>,
  { generation, rank, microBatches }: Place,
  step: number,
  { spec, log, claim }: MemberParts,
): Promise<void> {
  const { address, rowsPerWorker, allWorkers, width } = spec;
  const rows = microBatches * rowsPerWorker;
  const data = new Float32Array(rows * width).fill(rank);
  const times = log.step(step);
  times.gatherBegunMs = Math.max(times.gatherBegunMs, monotonicMs());
  const whole = await gather({
    ...{ client, address, tensors: [{ name: 'image', rows, width, data }] },
    ...{ place: { rank, generation, step }, session: claim, batchSize: allWorkers * rowsPerWorker },
    ...{ timeoutMs: GATHER_MS, signal: new AbortController().signal },
  });
  times.gatheredMs.push(monotonicMs());
  const last = whole.get('image')!.at(-1);
  if (last !== allWorkers - 1) throw new Error(`the last row of the gather is of rank ${last}`);
}

/** The control stream: what comes is handed to whoever waits for it, in order. */
function openSession(client: ReturnType<typeof openChannel>, log: FleetLog) {
  const stream = openCall(client);
  const inbox: Order[] = [];
  let wake: (() => void) | undefined;
  let lost: Error | undefined;
  let heart: NodeJS.Timeout | undefined;
  const send = (message: WorkerMessage): void => void stream.write(message);
  const beat = (): void => {
    log.heartbeats++;
    send(heartbeat());
  };
  const leave = (error: Error): void => {
    lost ??= error;
    wake?.();
  };
  stream.on('data', (message: CoordinatorMessageSeen) => {
    const order = orderOf(message);
    if (order.kind === 'pulse') return;
    if (order.kind === 'welcome') heart = setInterval(beat, order.heartbeatMs);
    inbox.push(order);
    wake?.();
  });
  stream.on('error', leave);
  stream.on('end', () => leave(new Error('the coordinator has closed the stream')));
  return {
    send,
    async next<Kind extends Order['kind']>(kind: Kind): Promise<Order & { kind: Kind }> {
      while (inbox.length === 0 && lost === undefined) await new Promise<void>((resolve) => (wake = resolve));
      const order = inbox.shift();
      if (order === undefined) throw lost!;
      if (order.kind !== kind) throw new Error(`${kind} was due, ${JSON.stringify(order)} came`);
      return order as Order & { kind: Kind };
    },
    close(): void {
      clearInterval(heart);
      stream.end();
    },
  };
}

function openCall(client: ReturnType<typeof openChannel>): ClientDuplexStream<WorkerMessage, CoordinatorMessageSeen> {
  const { path, requestSerialize, responseDeserialize } = methods.session;
  return client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, new Metadata(), {});
}
