// Sessions of tests: they join a coordinator that says what the test tells it to, over real sockets.
import { afterEach } from 'vitest';
import type { CoordinatorMessage } from '../../src/rpc/service.js';
import type { Assignment, Order, Session, StepReport } from '../../src/worker/session.js';
import { fixedAddresses, joinRun, type JoinOptions } from '../../src/worker/session.js';
import { silent } from '../collectives/rings.js';
import { scriptedCoordinator, type ScriptedCoordinator, type ScriptedStream } from './scripted-coordinator.js';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

export async function coordinator(port = 0): Promise<ScriptedCoordinator> {
  const started = await scriptedCoordinator(port);
  cleanups.push(() => started.kill());
  return started;
}

export function join(addresses: string, changes: Partial<JoinOptions> = {}): Promise<Session> {
  const own = { host: '127.0.0.1', listenPort: 9000, pid: 1, device: 'cpu', log: silent };
  return joinRun({ find: fixedAddresses(addresses), ...own, timeouts: { connectMs: 5_000 }, ...changes });
}

export interface Joined {
  script: ScriptedCoordinator;
  stream: ScriptedStream;
  session: Session;
}

export async function joined(): Promise<Joined> {
  const script = await coordinator();
  const joining = join(script.address);
  const stream = await script.nextStream();
  await stream.hears('join');
  stream.welcomes();
  const session = await joining;
  cleanups.push(() => {
    session.abandon();
    return session.close();
  });
  return { script, stream, session };
}

export const PEERS = [
  { worker: 1, host: 'a', port: 1 },
  { worker: 3, host: 'b', port: 2 },
];

export function assign(generation: number, step = 0): CoordinatorMessage {
  return { assign: { generation, rank: 1, peers: PEERS, boundaries: [0, 2, 3], step, steps: 9, load: {} } };
}

export function report(loss = 1): StepReport {
  return { losses: { loss }, learningRate: 1, gradNorm: 1, rows: [4, 5], ranks: [0], skipped: '', skippedRows: [] };
}

export const own = { phaseSeconds: { encode: 0.5 }, stateHash: '' };

/** A session that takes part in generation 1. */
export async function serving(): Promise<Joined & { assignment: Assignment }> {
  const all = await joined();
  all.session.ready({ rows: 60, dataHash: 'd' });
  await all.stream.hears('ready');
  all.stream.says(assign(1));
  const assignment = await assigned(all.session);
  return { ...all, assignment };
}

export async function assigned(session: Session): Promise<Assignment> {
  const order = await session.next();
  if (order.kind !== 'assign') throw new Error(`a ${order.kind}`);
  return order;
}

export const commit = (session: Session, assignment: Assignment, step: number): Promise<Order> =>
  session.commit(assignment, step, report(), own);

export async function over(assignment: Assignment): Promise<void> {
  if (!assignment.over.aborted) await new Promise((resolve) => assignment.over.addEventListener('abort', resolve));
}

export const rows = (): { name: string; rows: number; width: number; data: Float32Array }[] => [
  { name: 'vision', rows: 2, width: 1, data: Float32Array.of(1, 2) },
];
