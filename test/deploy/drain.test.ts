/**
 * A node is drained: processes with the command lines of the chart's pods, of which one gets SIGTERM, as the kubelet sends it.
 * Only paths, addresses and ports are those of this machine.
 */
import { randomBytes } from 'node:crypto';
import type { ChildProcess } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { MetricsLine } from '../../src/rpc/run-events.js';
import { mlip, type CliResult } from '../cli/run-cli.js';
import { metrics, smallRun, type SmallRun, until } from '../cli/small-run.js';
import { freePorts } from '../support/nats-server.js';
import { helm, type KubernetesObject, only, render } from './chart.js';
import { podsOf } from './pods.js';

const STEPS = 600;

let small: SmallRun;
let objects: KubernetesObject[];
let port: number;
beforeAll(async () => {
  if ('missing' in helm) return;
  small = await smallRun();
  [port] = await freePorts(1);
  const config = `${readFileSync(small.config, 'utf8')}\ntimeouts: { heartbeatMs: 500 }\n`;
  const run = {
    name: 'drained',
    config,
    data: '/shared/corpus/manifest.jsonl',
    steps: STEPS,
    set: { microBatchSize: 2 },
  };
  const values = small.path('values.json');
  writeFileSync(values, JSON.stringify({ run: { ...run }, coordinator: { port } }));
  objects = render(['--values', values]);
  writeFileSync(small.path('token'), randomBytes(24).toString('base64url'));
  writeFileSync(small.path('run.yaml'), only(objects, 'ConfigMap').data!['run.yaml']);
}, 120_000);

const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  small?.remove();
});

interface Process {
  child: ChildProcess;
  ended: Promise<CliResult>;
}

/** A pod of a component, as a process of this machine. */
function start(component: string, container = 0): Process {
  const pod = podsOf(objects).find(({ labels }) => labels['app.kubernetes.io/component'] === component)!;
  let child: ChildProcess;
  const args = pod.spec.containers[container].args!.map(here);
  const ended = mlip(args, { onStart: (started) => void children.push((child = started)) });
  return { child: child!, ended };
}

function here(argument: string): string {
  return argument
    .replace('$(POD_IP)', '127.0.0.1')
    .replace('trial-mlip-coordinator:', '127.0.0.1:')
    .replace('/run/mlip/token/token', small.path('token'))
    .replace('/run/mlip/config/run.yaml', small.path('run.yaml'))
    .replace('/var/lib/mlip/store', small.path('store'))
    .replace('/shared', small.folder)
    .replace(/^(--(?:metrics|peer|dashboard)-port)=.*/, '$1=0')
    .replace('0.0.0.0', '127.0.0.1');
}

function newest(): MetricsLine | undefined {
  const line = metrics(small.path('runs/drained')).at(-1);
  return line === undefined ? undefined : (JSON.parse(line) as MetricsLine);
}

it.skipIf('missing' in helm)(
  'the worker leaves in time with a status that starts another one, and the run goes on',
  async () => {
    const coordinator = start('coordinator');
    const submitted = await start('submit').ended;
    expect(submitted.status, submitted.stderr).toBe(0);
    const [drained, other] = [start('worker'), start('worker')];
    await until(() => newest()?.world === 2, 120_000);

    const job = objects.find(
      ({ metadata }) =>
        metadata.labels?.['app.kubernetes.io/component'] === 'worker' && metadata.name.includes('-workers-'),
    )!;
    const { template, podFailurePolicy } = job.spec as {
      template: { spec: { terminationGracePeriodSeconds: number } };
      podFailurePolicy: { rules: { action: string; onExitCodes?: { values: number[] } }[] };
    };
    const begunMs = performance.now();
    drained.child.kill('SIGTERM');
    const left = await drained.ended;
    expect((performance.now() - begunMs) / 1000).toBeLessThan(template.spec.terminationGracePeriodSeconds);
    const ignored = podFailurePolicy.rules
      .filter(({ action }) => action === 'Ignore')
      .flatMap(({ onExitCodes }) => onExitCodes?.values ?? []);
    expect(ignored, left.stderr).toContain(left.status);

    const next = start('worker');
    await until(() => newest()?.world === 1, 60_000);
    await until(() => newest()?.world === 2, 120_000);
    for (const { ended } of [other, next]) expect(await ended).toMatchObject({ status: 0 });
    expect(newest()?.step).toBe(STEPS);
    expect(metrics(small.path('runs/drained'))).toHaveLength(STEPS);

    const status = await start('test', 1).ended;
    expect(status.status, status.stderr).toBe(0);
    expect(coordinator.child.exitCode).toBeNull();
    coordinator.child.kill('SIGTERM');
    expect(await coordinator.ended).toMatchObject({ status: 0 });
  },
  400_000,
);
