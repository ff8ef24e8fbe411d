/** Sends the spans of steps to a collector over OTLP/HTTP. Its settings are OpenTelemetry's own environment variables. */
import { hostname } from 'node:os';
import { type Attributes, type HrTime, ROOT_CONTEXT, type Tracer, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  defaultResource,
  detectResources,
  envDetector,
  type Resource,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  type IdGenerator,
  RandomIdGenerator,
} from '@opentelemetry/sdk-trace-base';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../core/log.js';
import { SaidOnce } from './said-once.js';
import { type StepIds, stepIds } from './step-ids.js';
import type { StepTracer, TracedSpan, TracedStep } from './step-tracer.js';

/** For a collector to take spans, unless OTEL_EXPORTER_OTLP_TIMEOUT says otherwise: the end of a run may wait for as long. */
const TAKE_MS = 3_000;

export class OtlpTracer implements StepTracer {
  private readonly ids = new GivenIds();
  private readonly provider: BasicTracerProvider;
  private readonly tracer: Tracer;

  constructor(role: string, log: Logger) {
    const timeout = process.env['OTEL_EXPORTER_OTLP_TIMEOUT'] === undefined ? { timeoutMillis: TAKE_MS } : {};
    const exporter = new SaidOnce(new OTLPTraceExporter(timeout), log);
    this.provider = new BasicTracerProvider({
      resource: resourceOf(role),
      idGenerator: this.ids,
      spanProcessors: [new BatchSpanProcessor(exporter)],
    });
    this.tracer = this.provider.getTracer('mlip');
  }

  step(traced: TracedStep): void {
    const { rank, spans } = traced;
    const [whole, ...parts] = spans;
    const about = attributesOf(traced);
    // Everybody makes the same root, and so decides alike whether the step is sampled; the coordinator's is the one that is sent.
    const root = this.ids.with(stepIds(traced), () =>
      this.tracer.startSpan('step', { root: true, startTime: timeOf(whole.startMs), attributes: about }, ROOT_CONTEXT),
    );
    const within = trace.setSpan(ROOT_CONTEXT, root);
    const own =
      rank === null
        ? root
        : this.tracer.startSpan('rank', { startTime: timeOf(whole.startMs), attributes: about }, within);
    const inside = trace.setSpan(ROOT_CONTEXT, own);
    for (const part of parts) {
      this.tracer.startSpan(part.name, { startTime: timeOf(part.startMs), attributes: about }, inside).end(endOf(part));
    }
    own.end(endOf(whole));
  }

  async close(limitMs: number): Promise<void> {
    // What cannot be sent has been said.
    const closed = this.provider.shutdown().catch(() => undefined);
    await Promise.race([closed, sleep(limitMs, undefined, { ref: false })]);
  }
}

/** Those of the environment win: OTEL_RESOURCE_ATTRIBUTES, OTEL_SERVICE_NAME. */
function resourceOf(role: string): Resource {
  const own = resourceFromAttributes({
    ...{ 'service.name': 'mlip', 'mlip.role': role },
    ...{ 'host.name': hostname(), 'process.pid': process.pid },
  });
  return defaultResource()
    .merge(own)
    .merge(detectResources({ detectors: [envDetector] }));
}

function attributesOf({ runId, step, generation, abandoned, rank }: TracedStep): Attributes {
  return {
    ...{ 'mlip.run': runId, 'mlip.step': step + 1, 'mlip.generation': generation },
    ...(rank === null ? {} : { 'mlip.rank': rank.rank, 'mlip.worker': rank.worker }),
    ...(abandoned ? { 'mlip.abandoned': true } : {}),
  };
}

function endOf({ startMs, durationMs }: TracedSpan): HrTime {
  return timeOf(startMs + durationMs);
}

/** Seconds and nanoseconds: a bare number would be taken for another clock where it is small. */
function timeOf(unixMs: number): HrTime {
  const seconds = Math.floor(unixMs / 1_000);
  return [seconds, Math.round((unixMs - seconds * 1_000) * 1e6)];
}

/** Random, but for the root of a step. */
class GivenIds implements IdGenerator {
  private readonly random = new RandomIdGenerator();
  private given: StepIds | null = null;

  with<T>(ids: StepIds, work: () => T): T {
    this.given = ids;
    try {
      return work();
    } finally {
      this.given = null;
    }
  }

  readonly generateTraceId = (): string => this.given?.traceId ?? this.random.generateTraceId();
  readonly generateSpanId = (): string => this.given?.rootId ?? this.random.generateSpanId();
}
