/** What the chart says to values that cannot be, and whether the checks of the chart find what is broken in it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { copyOfChart, helm, objectsOf, template, valuesFile } from './chart.js';
import { commandLineFault } from './command-lines.js';
import { givenFor } from './given.js';
import { podsOf } from './pods.js';
import { referenceFaults } from './references.js';
import { missing, schemaFaults } from './schemas.js';

const cannot = 'missing' in helm ? helm.missing : missing;
if (cannot !== '') process.stderr.write(`not tested: ${cannot}\n`);

const RUN = 'run.recipe=mlip-nano,run.data=/shared/pairs.jsonl';

describe.skipIf(cannot !== '')('values that cannot be are refused, by their name', () => {
  it.each([
    ['worker.count=3', "additional properties 'worker' not allowed"],
    ['workers.cuont=3', "at '/workers': additional properties 'cuont' not allowed"],
    ['workers.count=many', "at '/workers/count': got string, want integer"],
    ['workers.count=0', "at '/workers/count': minimum: got 0, want 1"],
    ['workers.kind=Deployment', "at '/workers/kind'"],
    ['coordinator.port=70700', "at '/coordinator/port': maximum: got 70,700, want 65,535"],
    ['storage.size=lots', "at '/storage/size'"],
    ['run.name=a/b', "at '/run/name'"],
    ['nats.replicas=2', "at '/nats/replicas'"],
  ])('%s', (set, said) => {
    const { status, stderr } = template(['--set', RUN, '--set', set]);
    expect(stderr).toContain(said);
    expect(status).not.toBe(0);
  });

  it.each([
    ['coordinator.highlyAvailable=true', 'coordinator.highlyAvailable needs a store that both coordinators reach'],
    ['nats.enabled=true,nats.external.url=nats:4222', 'nats.enabled and nats.external.url exclude each other'],
    ['run.config=steps: 3', 'run.recipe and run.config exclude each other'],
    ['run.data=', 'run.data is missing'],
    ['workers.minimum=3', 'workers.minimum is 3, of workers.count 2'],
    ['workers.minimum=2,workers.maximum=1', 'workers.maximum is less than workers.minimum'],
    ['workers.podDisruptionBudget.minAvailable=2', 'no node could be drained'],
    ['workers.kueue.enabled=true', 'workers.kueue.queue is missing'],
    ['tls.enabled=true', 'tls.coordinatorSecret is missing'],
    ['tls.enabled=true,tls.certManager.enabled=true', 'tls.certManager.issuer.name is missing'],
  ])('%s', (set, said) => {
    const { status, stderr } = template(['--set', RUN, '--set', set]);
    expect(stderr).toContain(said);
    expect(status).not.toBe(0);
  });
});

/** All that is wrong with what a chart renders, as the tests of the chart look for it. */
function faultsOf(chart: string, way: string): string[] {
  const { status, stdout, stderr } = template(['--values', valuesFile(way)], chart);
  if (status !== 0) return [stderr];
  const objects = objectsOf(stdout);
  const mlips = podsOf(objects).flatMap(({ spec }) =>
    spec.containers.filter(({ command }) => command?.[1].endsWith('mlip.js')),
  );
  return [
    ...schemaFaults(objects),
    ...referenceFaults(objects, givenFor(valuesFile(way))),
    ...mlips.flatMap(({ args = [] }) => commandLineFault(args) ?? []),
  ];
}

describe.skipIf(cannot !== '')('a chart that is broken is found out', () => {
  it('one that is not has no fault', () => {
    expect(faultsOf(copyOfChart(), 'highly-available')).toEqual([]);
  });

  it.each([
    ['a misspelt field of a pod', '_pod.tpl', 'enableServiceLinks', 'enableServiceLink', /enableServiceLink/],
    [
      'a misspelt field of a Job',
      '_worker.tpl',
      'backoffLimitPerIndex:',
      'backoffLimitByIndex:',
      /backoffLimitByIndex/,
    ],
    ['a value of the wrong type', '_worker.tpl', 'completions: {{ .count }}', 'completions: some', /some/],
    ['a wrong apiVersion', 'workers.yaml', 'apiVersion: policy/v1', 'apiVersion: policy/v1beta1', /no schema|schema/],
    [
      'a misspelt field of a PodMonitor',
      'monitoring.yaml',
      'podMetricsEndpoints',
      'podMetricEndpoints',
      /podMetricEndpoints/,
    ],
    ['a misspelt field of a Certificate', 'certificates.yaml', 'renewBefore:', 'renewBeforehand:', /renewBeforehand/],
    [
      'a probe on a port that is none',
      '_pod.tpl',
      'path: /healthz, port: metrics',
      'path: /healthz, port: health',
      /asks port health/,
    ],
    [
      'a Secret of another name',
      'nats.yaml',
      'secretKeyRef: { name: {{ $name }}',
      'secretKeyRef: { name: {{ $name }}-login',
      /no Secret\/trial-mlip-nats-login/,
    ],
    [
      'a volume that is not there',
      '_worker.tpl',
      'name: shared-memory, mountPath',
      'name: memory, mountPath',
      /no volume memory/,
    ],
    [
      'a selector that finds nothing',
      'coordinator.yaml',
      'selector: {{- include "mlip.podLabels" (dict "root" . "component" "coordinator") | nindent 4 }}',
      'selector: { app: mlip }',
      /selects no pod/,
    ],
    [
      'a policy for a port that is none',
      'networkpolicy.yaml',
      'ports: [{ port: peers }]',
      'ports: [{ port: ring }]',
      /no port ring/,
    ],
    ['a flag that mlip does not have', '_worker.tpl', '--peer-port', '--ring-port', /--ring-port/],
    [
      'a flag with a value that cannot be',
      'coordinator.yaml',
      '--port={{ .Values.coordinator.port }}',
      '--port=any',
      /--port/,
    ],
  ])('%s', (_, file, right, wrong, said) => {
    const chart = copyOfChart();
    const path = join(chart, 'templates', file);
    const text = readFileSync(path, 'utf8');
    expect(text).toContain(right);
    writeFileSync(path, text.replaceAll(right, wrong));
    expect(faultsOf(chart, 'highly-available').join('\n')).toMatch(said);
  });
});
