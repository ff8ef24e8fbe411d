// A coordinator that says what a test tells it to: a real gRPC server on a real socket, without a will of its own but to beat.
import type { Server, ServerDuplexStream } from '@grpc/grpc-js';
import { toStatus } from '../../src/rpc/failure.js';
import { serve } from '../../src/rpc/server.js';
import { type CoordinatorMessage, type WorkerMessageSeen, gatherCodec, methods } from '../../src/rpc/service.js';
import type { GatherMessage, GatherMessageSeen } from '../../src/rpc/service.js';
import { tensorMessages } from '../../src/rpc/tensor-stream.js';
import type { Config } from '../../src/config/schema.js';
import { testConfig } from '../coordinator/config.js';

export const HEARTBEAT_MS = 100;

type Kind = keyof Omit<WorkerMessageSeen, 'kind'>;
type Said<K extends Kind> = NonNullable<WorkerMessageSeen[K]>;
type Welcome = NonNullable<CoordinatorMessage['welcome']>;

/** The control stream of one worker. */
export class ScriptedStream {
  /** Closed by the worker, or broken. */
  readonly closed: Promise<void>;
  heartbeats = 0;
  private readonly stream: ServerDuplexStream<WorkerMessageSeen, CoordinatorMessage>;
  private readonly unread: WorkerMessageSeen[] = [];
  private wake: () => void = () => undefined;

  constructor(stream: ServerDuplexStream<WorkerMessageSeen, CoordinatorMessage>) {
    this.stream = stream;
    stream.on('data', (message: WorkerMessageSeen) => {
      if (message.heartbeat !== null) this.heartbeats += 1;
      else this.unread.push(message);
      this.wake();
    });
    stream.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      stream.on('end', () => {
        stream.end();
        resolve();
      });
      stream.on('cancelled', resolve);
    });
  }

  /** The next message, which must be of that kind. */
  async hears<K extends Kind>(kind: K): Promise<Said<K>> {
    while (this.unread.length === 0) await new Promise<void>((resolve) => (this.wake = resolve));
    const message = this.unread.shift()!;
    if (message[kind] === null) throw new Error(`heard ${JSON.stringify(message)} in place of ${kind}`);
    return message[kind];
  }

  /** Messages that nobody has asked for. */
  get left(): readonly WorkerMessageSeen[] {
    return this.unread;
  }

  says(...messages: CoordinatorMessage[]): void {
    for (const message of messages) this.stream.write(message);
  }

  welcomes(changes: Partial<Welcome> = {}): void {
    const config = JSON.stringify(scriptConfig());
    const { generation = 0 } = changes;
    this.says({
      welcome: { worker: 3, heartbeatMs: HEARTBEAT_MS, runId: 'run', config, out: '/out', checkpoint: '', ...changes },
    });
    this.says({ pulse: { generation } });
  }

  refuses(code: string): void {
    this.stream.emit('error', toStatus({ code, message: 'refused', where: '', remedy: '' }));
  }

  ends(): void {
    this.stream.end();
  }
}

type GatherCall = ServerDuplexStream<GatherMessageSeen, GatherMessage>;

/** A contribution that waits for its answer. */
export interface ScriptedGather {
  place: { rank: number; generation: number; step: number };
  /** [rows, 1] of the first tensor back. */
  answers(name: string, data: Float32Array): void;
  refuses(code: string): void;
  cancelled: Promise<void>;
}

export interface ScriptedCoordinator {
  address: string;
  port: number;
  nextStream(): Promise<ScriptedStream>;
  nextGather(): Promise<ScriptedGather>;
  /** Beats no more, as if it were frozen. */
  freeze(): void;
  /** Dies, with all its connections. */
  kill(): Promise<void>;
}

export function scriptConfig(): Config {
  return testConfig({ timeouts: { heartbeatMs: HEARTBEAT_MS, reconnectMs: 10_000 } });
}

/** @param port 0 takes any that is free */
export async function scriptedCoordinator(port = 0): Promise<ScriptedCoordinator> {
  const streams = queue<ScriptedStream>();
  const gathers = queue<ScriptedGather>();
  const open: ScriptedStream[] = [];
  const server = await serve('127.0.0.1', port, (grpc) =>
    addService(
      grpc,
      (stream) => {
        open.push(stream);
        streams.push(stream);
      },
      gathers.push,
    ),
  );
  const pulse = setInterval(() => open.forEach((stream) => stream.says({ pulse: {} })), HEARTBEAT_MS);
  return {
    ...{ address: `127.0.0.1:${server.port}`, port: server.port, nextStream: streams.shift, nextGather: gathers.shift },
    freeze: () => clearInterval(pulse),
    async kill() {
      clearInterval(pulse);
      await server.close(0);
    },
  };
}

function addService(
  grpc: Server,
  onStream: (stream: ScriptedStream) => void,
  onGather: (gather: ScriptedGather) => void,
): void {
  const requestDeserialize = (bytes: Buffer): GatherMessageSeen => gatherCodec.decode(bytes);
  const responseSerialize = (message: GatherMessage): Buffer => gatherCodec.encode(message);
  const gather = { ...methods.gather, requestDeserialize, responseSerialize };
  grpc.addService(
    { session: methods.session, gather },
    {
      session: (stream: ServerDuplexStream<WorkerMessageSeen, CoordinatorMessage>) =>
        onStream(new ScriptedStream(stream)),
      gather: (call: GatherCall) => takeGather(call, onGather),
    },
  );
}

function takeGather(call: GatherCall, onGather: (gather: ScriptedGather) => void): void {
  let place: ScriptedGather['place'];
  call.on('data', ({ header }: GatherMessageSeen) => {
    if (header !== null) place = { rank: header.rank, generation: header.generation, step: header.step };
  });
  call.on('error', () => undefined);
  const cancelled = new Promise<void>((resolve) => call.on('cancelled', resolve));
  call.on('end', () =>
    onGather({
      place,
      answers(name, data) {
        for (const message of tensorMessages(place, [{ name, rows: data.length, width: 1, data }])) call.write(message);
        call.end();
      },
      refuses: (code) => void call.emit('error', toStatus({ code, message: 'refused', where: '', remedy: '' })),
      cancelled,
    }),
  );
}

function queue<T>(): { push: (item: T) => void; shift: () => Promise<T> } {
  const items: T[] = [];
  const waiting: ((item: T) => void)[] = [];
  return {
    push(item) {
      const next = waiting.shift();
      if (next === undefined) items.push(item);
      else next(item);
    },
    shift: () => (items.length > 0 ? Promise.resolve(items.shift()!) : new Promise((resolve) => waiting.push(resolve))),
  };
}
