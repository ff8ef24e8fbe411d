/** The coordinator's service (proto/mlip/v1/coordinator.proto) as grpc-js wants it. */
import { mlip } from '#proto';
import { type Codec, type Decoded, codecOf, rawCodec } from './codec.js';

const v1 = mlip.v1;

/** What is written into a message, and what is read out of one. */
export type WorkerMessage = mlip.v1.WorkerMessage.$Properties;
export type WorkerMessageSeen = Decoded<WorkerMessage>;
export type CoordinatorMessage = mlip.v1.CoordinatorMessage.$Properties;
export type CoordinatorMessageSeen = Decoded<CoordinatorMessage>;
export type WelcomeSeen = Decoded<mlip.v1.Welcome.$Properties>;
export type GatherMessage = mlip.v1.GatherMessage.$Properties;
export type GatherMessageSeen = Decoded<GatherMessage>;
export type GatherHeader = Decoded<mlip.v1.GatherHeader.$Properties>;
export type TensorHeader = Decoded<mlip.v1.TensorHeader.$Properties>;
export type WireEvent = mlip.v1.RunEvent.$Properties;
export type WireEventSeen = Decoded<WireEvent>;
export type RunStatusSent = mlip.v1.RunStatus.$Properties;
export type RunStatus = Decoded<RunStatusSent>;
export type LogsSent = mlip.v1.Logs.$Properties;
export type LogsSeen = Decoded<LogsSent>;
export type LogsRequest = mlip.v1.LogsRequest.$Properties;
export type LogsRequestSeen = Decoded<LogsRequest>;
export type LogsReply = mlip.v1.LogsReply.$Properties;
export type StepTimingsSent = mlip.v1.StepTimings.$Properties;
export type StepTimingsSeen = Decoded<StepTimingsSent>;
export type TraceRequest = mlip.v1.TraceRequest.$Properties;
export type TraceRequestSeen = Decoded<TraceRequest>;
export type TracePart = mlip.v1.TracePart.$Properties;
export type TracePartSeen = Decoded<TracePart>;
export type InspectRequest = mlip.v1.InspectRequest.$Properties;
export type InspectRequestSeen = Decoded<InspectRequest>;
export type ProcessReport = mlip.v1.ProcessReport.$Properties;
export type ProcessReportSeen = Decoded<ProcessReport>;
export type LogsReplySeen = Decoded<LogsReply>;

export type CommandReply = Decoded<mlip.v1.CommandReply.$Properties>;
export type DrainSeen = Decoded<mlip.v1.DrainRequest.$Properties>;
export type ScaleSeen = Decoded<mlip.v1.ScaleRequest.$Properties>;

const commandReply = codecOf<mlip.v1.CommandReply.$Properties>(v1.CommandReply);

export const gatherCodec = codecOf<GatherMessage>(v1.GatherMessage);

/** A method whose two ends may see a message in different types. */
export interface Method<RequestSent, RequestSeen, ReplySent, ReplySeen> {
  path: string;
  requestStream: boolean;
  responseStream: boolean;
  requestSerialize: (value: RequestSent) => Buffer;
  requestDeserialize: (bytes: Buffer) => RequestSeen;
  responseSerialize: (value: ReplySent) => Buffer;
  responseDeserialize: (bytes: Buffer) => ReplySeen;
}

type Streams = 'none' | 'reply' | 'both';

function method<RequestSent, RequestSeen, ReplySent, ReplySeen>(
  name: string,
  streams: Streams,
  request: Codec<RequestSent, RequestSeen>,
  reply: Codec<ReplySent, ReplySeen>,
): Method<RequestSent, RequestSeen, ReplySent, ReplySeen> {
  return {
    path: `/mlip.v1.Coordinator/${name}`,
    requestStream: streams === 'both',
    responseStream: streams !== 'none',
    requestSerialize: (value) => request.encode(value),
    requestDeserialize: (bytes) => request.decode(bytes),
    responseSerialize: (value) => reply.encode(value),
    responseDeserialize: (bytes) => reply.decode(bytes),
  };
}

export const methods = {
  session: method('Session', 'both', codecOf<WorkerMessage>(v1.WorkerMessage), codecOf(v1.CoordinatorMessage)),
  gather: method('Gather', 'both', gatherCodec, gatherCodec),
  watch: method('Watch', 'reply', codecOf(v1.WatchRequest), codecOf<WireEvent>(v1.RunEvent)),
  status: method('Status', 'none', codecOf(v1.StatusRequest), codecOf<RunStatusSent>(v1.RunStatus)),
  stop: method('Stop', 'none', codecOf(v1.StopRequest), commandReply),
  pause: method('Pause', 'none', codecOf(v1.PauseRequest), commandReply),
  resume: method('Resume', 'none', codecOf(v1.ResumeRequest), commandReply),
  drain: method('Drain', 'none', codecOf<mlip.v1.DrainRequest.$Properties>(v1.DrainRequest), commandReply),
  scale: method('Scale', 'none', codecOf<mlip.v1.ScaleRequest.$Properties>(v1.ScaleRequest), commandReply),
  logs: method('Logs', 'reply', codecOf<LogsRequest>(v1.LogsRequest), codecOf<LogsReply>(v1.LogsReply)),
  trace: method('Trace', 'reply', codecOf<TraceRequest>(v1.TraceRequest), codecOf<TracePart>(v1.TracePart)),
  inspect: method(
    'Inspect',
    'reply',
    codecOf<InspectRequest>(v1.InspectRequest),
    codecOf<ProcessReport>(v1.ProcessReport),
  ),
};

/** As the server reads them: bytes, which the guard before each call bounds and decodes, but for the pieces of a gather. */
export const serverMethods = {
  session: method('Session', 'both', rawCodec, codecOf(v1.CoordinatorMessage)),
  gather: method('Gather', 'both', rawCodec, rawCodec),
  watch: method('Watch', 'reply', rawCodec, codecOf<WireEvent>(v1.RunEvent)),
  status: method('Status', 'none', rawCodec, codecOf(v1.RunStatus)),
  stop: method('Stop', 'none', rawCodec, commandReply),
  pause: method('Pause', 'none', rawCodec, commandReply),
  resume: method('Resume', 'none', rawCodec, commandReply),
  drain: method('Drain', 'none', rawCodec, commandReply),
  scale: method('Scale', 'none', rawCodec, commandReply),
  logs: method('Logs', 'reply', rawCodec, codecOf<LogsReply>(v1.LogsReply)),
  trace: method('Trace', 'reply', rawCodec, codecOf<TracePart>(v1.TracePart)),
  inspect: method('Inspect', 'reply', rawCodec, codecOf<ProcessReport>(v1.ProcessReport)),
};
