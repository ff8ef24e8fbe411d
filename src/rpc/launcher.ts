/** What launchers and people ask of a coordinator: to follow a run, to see where it stands, to have it do something. */
import { type Client, Metadata, type ServiceError } from '@grpc/grpc-js';
import type { Access } from '../security/access.js';
import { openChannel, waitUntilReady } from './channel.js';
import { fromStatus } from './failure.js';
import { type RunEvent, fromWireEvent } from './run-events.js';
import {
  type CommandReply,
  type LogsReplySeen,
  type LogsRequest,
  type Method,
  type ProcessReportSeen,
  type RunStatus,
  type TracePartSeen,
  methods,
} from './service.js';

export interface LauncherOptions {
  access: Access;
  /** Until the coordinator must have answered. */
  timeoutMs?: number;
}

export interface WatchOptions extends LauncherOptions {
  signal?: AbortSignal;
}

const DEFAULT_TIMEOUT_MS = 10_000;

/** For an answer that is on its way. */
const ANSWER_MARGIN_MS = 10_000;

/**
 * The events of a run, those that have happened first (of the steps only the newest); ends after `finished` or `failed`,
 * or when `signal` aborts. Throws MLIP_E_RPC_UNREACHABLE, and MLIP_E_COORDINATOR_LOST if the coordinator dies.
 */
export async function* watchRun(address: string, options: WatchOptions): AsyncGenerator<RunEvent> {
  for await (const wire of answers(address, methods.watch, { ...options, request: {} })) {
    const event = fromWireEvent(wire);
    if (event !== null) yield event;
  }
}

interface StreamOptions<Request> extends WatchOptions {
  request: Request;
  /** Until all must have come; as long as it takes where it is not given. */
  wholeMs?: number;
}

type StreamMethod<Request, Reply> = Method<Request, unknown, never, Reply>;

/** What a coordinator streams as its answer. */
async function* answers<Request, Reply>(
  address: string,
  method: StreamMethod<Request, Reply>,
  options: StreamOptions<Request>,
): AsyncGenerator<Reply> {
  const { access, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  const client = openChannel(address, 'control', access);
  try {
    await waitUntilReady(client, address, timeoutMs);
    yield* answersOver(client, address, method, options);
  } finally {
    client.close();
  }
}

async function* answersOver<Request, Reply>(
  client: Client,
  address: string,
  { path, requestSerialize, responseDeserialize }: StreamMethod<Request, Reply>,
  { request, wholeMs, signal }: StreamOptions<Request>,
): AsyncGenerator<Reply> {
  const limits = wholeMs === undefined ? {} : { deadline: Date.now() + wholeMs };
  const stream = client.makeServerStreamRequest(
    ...([path, requestSerialize, responseDeserialize, request, new Metadata(), limits] as const),
  );
  const cancel = (): void => stream.cancel();
  signal?.addEventListener('abort', cancel, { once: true });
  try {
    for await (const reply of stream) yield reply as Reply;
  } catch (error) {
    if (!signal?.aborted) throw fromStatus(error as ServiceError, address);
  } finally {
    signal?.removeEventListener('abort', cancel);
    cancel();
  }
}

/** Asks the run to end after the step under way, with a checkpoint. */
export function stopRun(address: string, options: LauncherOptions): Promise<CommandReply> {
  return ask(address, methods.stop, {}, options);
}

/** No step begins until the run is resumed. */
export function pauseRun(address: string, options: LauncherOptions): Promise<CommandReply> {
  return ask(address, methods.pause, {}, options);
}

export function resumeRun(address: string, options: LauncherOptions): Promise<CommandReply> {
  return ask(address, methods.resume, {}, options);
}

/** @param drained `generation`: that in which the worker was seen */
export function drainWorker(
  address: string,
  drained: { worker: number; generation: number; force: boolean },
  options: LauncherOptions,
): Promise<CommandReply> {
  return ask(address, methods.drain, drained, options);
}

export function scaleRun(address: string, workers: number, options: LauncherOptions): Promise<CommandReply> {
  return ask(address, methods.scale, { workers }, options);
}

export interface LogsOptions extends LauncherOptions {
  request: LogsRequest;
  signal?: AbortSignal;
}

/** What the run has logged, and with `follow` what it logs. @throws MLIP_E_RPC_UNREACHABLE, MLIP_E_COORDINATOR_LOST */
export function readLogs(address: string, options: LogsOptions): AsyncGenerator<LogsReplySeen> {
  return answers(address, methods.logs, options);
}

export interface TraceOptions extends LauncherOptions {
  steps: number;
  /** Until the steps must be over: what has come by then is the answer. */
  limitMs: number;
  signal?: AbortSignal;
}

/** Where the time of the next steps goes. @throws MLIP_E_RPC_UNREACHABLE, MLIP_E_COORDINATOR_LOST */
export function traceSteps(address: string, options: TraceOptions): AsyncGenerator<TracePartSeen> {
  const { steps, limitMs } = options;
  const request = { steps, timeoutMs: limitMs };
  return answers(address, methods.trace, { ...options, request, wholeMs: limitMs + ANSWER_MARGIN_MS });
}

/** What each process of the run is doing right now; workers that have not answered within `limitMs` have an empty report. */
export function inspectProcesses(
  address: string,
  options: LauncherOptions & { limitMs: number },
): AsyncGenerator<ProcessReportSeen> {
  const { limitMs } = options;
  const wholeMs = limitMs + ANSWER_MARGIN_MS;
  return answers(address, methods.inspect, { ...options, request: { timeoutMs: limitMs }, wholeMs });
}

export function fetchStatus(address: string, options: LauncherOptions): Promise<RunStatus> {
  return ask(address, methods.status, {}, options);
}

type Question<Request, Reply> = Method<Request, unknown, never, Reply>;

async function ask<Request, Reply>(
  address: string,
  method: Question<Request, Reply>,
  request: Request,
  options: LauncherOptions,
): Promise<Reply> {
  const { access, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  const client = openChannel(address, 'control', access);
  try {
    await waitUntilReady(client, address, timeoutMs);
    return await unary(client, address, method, request, timeoutMs);
  } finally {
    client.close();
  }
}

function unary<Request, Reply>(
  client: Client,
  address: string,
  method: Question<Request, Reply>,
  request: Request,
  timeoutMs: number,
): Promise<Reply> {
  const { path, requestSerialize, responseDeserialize } = method;
  const options = { deadline: Date.now() + timeoutMs };
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      path,
      requestSerialize,
      responseDeserialize,
      request,
      new Metadata(),
      options,
      (error, reply) => {
        if (error === null) resolve(reply as Reply);
        else reject(fromStatus(error, address));
      },
    );
  });
}
