// Steps as traces of OpenTelemetry, received by a real collector's protocol.
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mlip, type CliResult } from '../cli/run-cli.js';
import { metrics, smallRun, type SmallRun } from '../cli/small-run.js';
import { startOtlpReceiver, type OtlpReceiver, type ReceivedSpan } from '../support/otlp-receiver.js';
import { computedSteps } from './outcome.js';

const STEPS = 4;
const quiet = { OTEL_TRACES_EXPORTER: '', OTEL_EXPORTER_OTLP_ENDPOINT: '' };

let small: SmallRun;
beforeAll(async () => {
  small = await smallRun();
});
afterAll(() => small.remove());

function train(out: string, env: NodeJS.ProcessEnv, ...more: string[]): Promise<CliResult> {
  return mlip(small.train(out, '--workers', '2', '--steps', String(STEPS), ...more), { env: { ...quiet, ...env } });
}

describe('with a collector', () => {
  let receiver: OtlpReceiver;
  beforeAll(async () => {
    receiver = await startOtlpReceiver();
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint,
      OTEL_SERVICE_NAME: 'pre-training',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
    };
    const { status, stderr } = await train('traced', env);
    expect(status, stderr).toBe(0);
  }, 60_000);
  afterAll(() => receiver.close());

  const traces = (): ReceivedSpan[][] => {
    const byTrace = new Map<string, ReceivedSpan[]>();
    for (const span of receiver.spans) byTrace.set(span.traceId, [...(byTrace.get(span.traceId) ?? []), span]);
    return [...byTrace.values()];
  };
  const inOrder = (spans: ReceivedSpan[]): ReceivedSpan[] => [...spans].sort((a, b) => Number(a.startNs - b.startNs));

  it('a trace is a step, and has a root of the coordinator, a span of each rank, and their phases below', () => {
    expect(traces()).toHaveLength(STEPS);
    const steps = traces().map((spans) => spans[0].attributes['mlip.step']);
    expect(steps.sort()).toEqual([1, 2, 3, 4]);
    for (const spans of traces()) {
      const roots = spans.filter(({ parentSpanId }) => parentSpanId === undefined);
      expect(roots.map(({ name, resource }) => [name, resource['mlip.role']])).toEqual([['step', 'coordinator']]);
      const below = (parent: ReceivedSpan): ReceivedSpan[] =>
        inOrder(spans.filter(({ parentSpanId }) => parentSpanId === parent.spanId));
      const [root] = roots;
      const [gather, ...others] = below(root).filter(({ name }) => name !== 'rank');
      expect([gather.name, others]).toEqual(['gather', []]);
      const ranks = below(root).filter(({ name }) => name === 'rank');
      expect(ranks.map(({ attributes }) => attributes['mlip.rank']).sort()).toEqual([0, 1]);
      for (const rank of ranks) {
        const phases = below(rank).map(({ name }) => name);
        const order = ['data', 'encode', 'gather', 'loss', 'backward', 'reduce', 'update', 'commit'];
        expect(phases.filter((name) => order.includes(name))).toEqual(order);
        if (root.attributes['mlip.step'] === STEPS) {
          // One of them is told to save.
          expect(ranks.flatMap(below).filter(({ name }) => name === 'save')).toHaveLength(1);
        }
        for (const phase of below(rank)) {
          expect(phase.startNs >= rank.startNs && phase.endNs <= rank.endNs + 1_000n).toBe(true);
          expect(phase.endNs >= phase.startNs).toBe(true);
        }
      }
    }
  });

  it('says of what run, step and rank a span is, and what the environment says of the process', () => {
    const { runId } = JSON.parse(readFileSync(small.path('traced', 'run.json'), 'utf8')) as { runId: string };
    for (const { attributes, resource } of receiver.spans) {
      expect(attributes).toMatchObject({ 'mlip.run': runId, 'mlip.generation': 1 });
      expect(resource).toMatchObject({ 'service.name': 'pre-training', 'deployment.environment.name': 'test' });
    }
    expect(new Set(receiver.requests.map(({ path }) => path))).toEqual(new Set(['/v1/traces']));
  });

  it('a share of the steps is traced where the environment asks for that, the same ones by all processes', async () => {
    const sampled = await startOtlpReceiver();
    const env = {
      OTEL_TRACES_EXPORTER: 'otlp',
      OTEL_EXPORTER_OTLP_ENDPOINT: sampled.endpoint,
      ...{ OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.5' },
    };
    const { status, stderr } = await train('sampled', env, '--steps', '40');
    expect(status, stderr).toBe(0);
    const byTrace = new Map<string, Set<unknown>>();
    for (const { traceId, resource } of sampled.spans) {
      byTrace.set(traceId, (byTrace.get(traceId) ?? new Set()).add(resource['process.pid']));
    }
    expect(byTrace.size).toBeGreaterThan(5);
    expect(byTrace.size).toBeLessThan(35);
    for (const processes of byTrace.values()) expect(processes.size).toBe(3);
    await sampled.close();
  }, 60_000);
});

describe('without one', () => {
  /** Warnings of each process about it. */
  const warnings = (out: string): string[] =>
    readFileSync(small.path(out, 'logs.jsonl'), 'utf8')
      .split('\n')
      .filter((line) => line.includes('spans of steps') || line.includes('steps are not traced'))
      .map((line) => (JSON.parse(line) as { name: string }).name);

  it('that listens, each process warns once, and the run is what it is without tracing', async () => {
    const { port } = await closedPort();
    const password = 's3cret-of-the-collector';
    const endpoint = `http://user:${password}@127.0.0.1:${port}`;
    const [plain, traced] = [
      await train('plain', {}),
      await train('unreachable', { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }),
    ];
    expect([plain.status, traced.status], traced.stderr).toEqual([0, 0]);
    expect(computedSteps(small.path('unreachable'))).toEqual(computedSteps(small.path('plain')));
    expect(traced.stderr.match(/spans of steps reach no collector/g)?.length).toBeLessThanOrEqual(3);
    expect(traced.stderr).toContain('spans of steps reach no collector');
    expect(traced.stderr).not.toContain(password);
    expect(new Set(warnings('unreachable')).size).toBe(warnings('unreachable').length);
    expect(metrics(small.path('unreachable'))).toHaveLength(STEPS);
  }, 60_000);

  it('that reads, the end of the run is not held up for long', async () => {
    const sockets: Socket[] = [];
    const held = createServer((socket) => void sockets.push(socket));
    await new Promise<void>((resolve) => held.listen(0, '127.0.0.1', resolve));
    const { port } = held.address() as AddressInfo;
    const startedMs = performance.now();
    const { status, stderr } = await train('held', { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` });
    expect(status, stderr).toBe(0);
    expect(performance.now() - startedMs).toBeLessThan(40_000);
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => held.close(resolve));
  }, 60_000);

  it('that is known, or with none wanted, nothing is traced', async () => {
    const unknown = await train('unknown', { OTEL_TRACES_EXPORTER: 'zipkin' });
    expect([unknown.status, unknown.stderr]).toEqual([
      0,
      expect.stringContaining('OTEL_TRACES_EXPORTER=zipkin is not known'),
    ]);
    const none = await train('none', {
      OTEL_TRACES_EXPORTER: 'none',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1',
    });
    expect(none.status).toBe(0);
    expect(warnings('none')).toEqual([]);
  }, 60_000);
});

async function closedPort(): Promise<AddressInfo> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return address;
}
