// A coordinator that says what a test tells it to: a real gRPC server on a real socket, without a will of its own but to beat.
import type { Server, ServerDuplexStream } from '@grpc/grpc-js';
import { toStatus } from '../../src/rpc/failure.js';
import { serve } from '../../src/rpc/server.js';
import { type CoordinatorMessage, type WorkerMessageSeen, gatherCodec, serverMethods } from '../../src/rpc/service.js';
import type { GatherHeader, GatherMessage, GatherMessageSeen } from '../../src/rpc/service.js';
import { type GatherTensor, tensorMessages } from '../../src/rpc/tensor-stream.js';
import type { Config } from '../../src/config/schema.js';
import { quietRefusals, testToken } from '../support/access.js';
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

  /** The next message, which must be of that kind; messages of other kinds may come before. */
  async hears<K extends Kind>(kind: K, before: readonly Kind[] = []): Promise<Said<K>> {
    while (this.unread.length === 0) await new Promise<void>((resolve) => (this.wake = resolve));
    const message = this.unread.shift()!;
    if (before.some((other) => message[other] !== null)) return this.hears(kind, before);
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
  tensors: readonly GatherTensor[];
  /** With the rows of all ranks. */
  answers(tensors: readonly GatherTensor[]): void;
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
  const place = { host: '127.0.0.1', port, token: () => testToken, tls: null, refusals: quietRefusals() };
  const server = await serve(place, (grpc) =>
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
  const responseSerialize = (message: GatherMessage): Buffer => gatherCodec.encode(message);
  // What comes in is decoded on the way, or passed on as it is.
  grpc.addService(
    { session: serverMethods.session, gather: { ...serverMethods.gather, responseSerialize } },
    {
      session: (stream: ServerDuplexStream<WorkerMessageSeen, CoordinatorMessage>) =>
        onStream(new ScriptedStream(stream)),
      gather: (call: GatherCall) => takeGather(call, onGather),
    },
  );
}

function takeGather(call: GatherCall, onGather: (gather: ScriptedGather) => void): void {
  let header: GatherHeader;
  const pieces: Uint8Array[] = [];
  call.on('data', (bytes: Buffer) => {
    const message = gatherCodec.decode(bytes);
    if (message.header !== null) header = message.header;
    if (message.chunk !== null) pieces.push(message.chunk.data.slice());
  });
  call.on('error', () => undefined);
  const cancelled = new Promise<void>((resolve) => call.on('cancelled', resolve));
  call.on('end', () => {
    const { rank, generation, step } = header;
    const place = { rank, generation, step };
    onGather({
      place,
      tensors: tensorsOf(header, Buffer.concat(pieces)),
      answers(tensors) {
        for (const message of tensorMessages(place, tensors)) call.write(message);
        call.end();
      },
      refuses: (code) => void call.emit('error', toStatus({ code, message: 'refused', where: '', remedy: '' })),
      cancelled,
    });
  });
}

function tensorsOf({ tensors }: GatherHeader, bytes: Buffer): GatherTensor[] {
  let offset = 0;
  return tensors.map(({ name, rows, rowBytes }) => {
    const data = new Float32Array(Uint8Array.from(bytes.subarray(offset, (offset += rows * rowBytes))).buffer);
    return { name, rows, width: rowBytes / 4, data };
  });
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
