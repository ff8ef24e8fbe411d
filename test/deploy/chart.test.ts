/** The Helm chart, rendered in every way that ci/ has, and checked by the schemas of what it renders. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findNatsServer, NATS_VERSION } from '../support/nats-provision.js';
import {
  chart,
  helm,
  KUBERNETES,
  type KubernetesObject,
  only,
  render,
  runHelm,
  valuesFile,
  valuesFiles,
} from './chart.js';
import { commandLineFault } from './command-lines.js';
import { givenFor } from './given.js';
import { podsOf } from './pods.js';
import { referenceFaults } from './references.js';
import { missing, schemaFaults } from './schemas.js';

const cannot = 'missing' in helm ? helm.missing : missing;
if (cannot !== '') process.stderr.write(`not tested: ${cannot}\n`);

const everyWay = valuesFiles.map((file) => [basename(file), file]);

describe.skipIf(cannot !== '').each(everyWay)('the chart with %s', (_, file) => {
  let rendered: KubernetesObject[] | undefined;
  const objects = (): KubernetesObject[] => (rendered ??= render(['--values', file]));

  it('passes helm lint --strict', () => {
    const { stdout, status } = runHelm('lint', '--strict', '--kube-version', KUBERNETES, '--values', file, chart);
    expect(status, stdout).toBe(0);
  });

  it('renders objects that Kubernetes takes, each once', () => {
    expect(schemaFaults(objects())).toEqual([]);
    const names = objects().map(({ kind, metadata }) => `${kind}/${metadata.name}`);
    expect(new Set(names).size).toBe(names.length);
  });

  it('names nothing that is not there', () => {
    expect(referenceFaults(objects(), givenFor(file))).toEqual([]);
  });

  it('gives mlip command lines that it understands', () => {
    const mlips = podsOf(objects()).flatMap(({ spec }) =>
      spec.containers.filter(({ command }) => command?.[1].endsWith('mlip.js')),
    );
    for (const { args = [] } of mlips) expect(commandLineFault(args), args.join(' ')).toBeNull();
  });

  it('gives no process a right', () => {
    for (const { owner, spec } of podsOf(objects())) {
      expect(spec.automountServiceAccountToken, owner.kind).toBe(false);
      expect(spec.enableServiceLinks, owner.kind).toBe(false);
      expect(spec.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
      for (const { securityContext } of spec.containers) {
        expect(securityContext).toEqual({
          ...{ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
        });
      }
    }
    expect(objects().filter(({ kind }) => /Role/.test(kind))).toEqual([]);
  });

  it('has no budget that keeps a node from being drained', () => {
    for (const { spec } of objects().filter(({ kind }) => kind === 'PodDisruptionBudget')) {
      const { maxUnavailable, minAvailable, unhealthyPodEvictionPolicy } = spec as Record<string, unknown>;
      expect(unhealthyPodEvictionPolicy).toBe('AlwaysAllow');
      if (minAvailable === undefined) expect(maxUnavailable).toBe(1);
      else expect(minAvailable).toBeLessThan(workersIn(objects()));
    }
  });

  it('starts node as the first process, and gives a worker 15 s to leave', () => {
    const pods = podsOf(objects()).filter(({ labels }) => labels['app.kubernetes.io/component'] === 'worker');
    for (const { spec } of pods) {
      expect(spec.containers[0].command).toEqual(['node', '/opt/mlip/bin/mlip.js']);
      expect(spec.terminationGracePeriodSeconds).toBe(15);
      expect(spec.volumes).toContainEqual({ name: 'shared-memory', emptyDir: { medium: 'Memory', sizeLimit: '2Gi' } });
    }
  });
});

function workersIn(objects: readonly KubernetesObject[]): number {
  return jobSpecsIn(objects).reduce((sum, { parallelism }) => sum + parallelism, 0);
}

interface JobSpec {
  parallelism: number;
  completions: number;
  backoffLimitPerIndex: number;
  podReplacementPolicy: string;
  podFailurePolicy: {
    rules: { action: string; onExitCodes?: { values: number[] }; onPodConditions?: { type: string }[] }[];
  };
}

/** Of indexed Jobs, at whatever depth. */
function jobSpecsIn(value: unknown): JobSpec[] {
  if (typeof value !== 'object' || value === null) return [];
  if ((value as { completionMode?: string }).completionMode === 'Indexed') return [value as JobSpec];
  return Object.values(value).flatMap(jobSpecsIn);
}

describe.skipIf(cannot !== '')('workers', () => {
  const MINIMAL = ['--set', 'run.recipe=mlip-nano,run.data=/shared/pairs.jsonl'];

  it.each(['one-machine', 'jobset', 'trainjob'])('are an indexed Job whose machines may go (%s)', (way) => {
    for (const spec of jobSpecsIn(render(['--values', valuesFile(way)]))) {
      expect(spec.completions).toBe(spec.parallelism);
      expect(spec).toMatchObject({ backoffLimitPerIndex: 10, podReplacementPolicy: 'Failed' });
      const [machine, told, fault] = spec.podFailurePolicy.rules;
      expect(machine).toMatchObject({
        action: 'Ignore',
        onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }],
      });
      expect(told).toMatchObject({ action: 'Ignore', onExitCodes: { values: [75] } });
      expect(fault).toMatchObject({ action: 'FailIndex', onExitCodes: { values: [2, 3] } });
    }
  });

  it('keep their Job when only their number changes, and get another one when their pods do', () => {
    const nameWith = (...sets: string[]): string => {
      const jobs = render([...MINIMAL, ...sets.flatMap((set) => ['--set', set])]);
      return jobs.find(({ kind, metadata }) => kind === 'Job' && metadata.name.includes('-workers-'))!.metadata.name;
    };
    expect(nameWith('workers.count=5')).toBe(nameWith());
    expect(nameWith('images.worker.tag=next')).not.toBe(nameWith());
    const jobSet = (count: number): string =>
      only(render([...MINIMAL, '--set', `workers.kind=JobSet,workers.count=${count}`]), 'JobSet').metadata.name;
    expect(jobSet(3)).not.toBe(jobSet(2));
  });

  it('have one GPU each', () => {
    const pods = podsOf(render(['--values', valuesFile('highly-available')]));
    const [worker] = pods.filter(({ labels }) => labels['app.kubernetes.io/component'] === 'worker');
    expect(worker.spec.containers[0].resources?.limits).toMatchObject({ 'nvidia.com/gpu': 1 });
    expect(worker.spec.containers[0].image).toMatch(/-gpu$/);
  });

  it.each(['kueue', 'trainjob'])(
    'are admitted by Kueue together as far as the minimum goes, the others as they find room (%s)',
    (way) => {
      const objects = render(['--values', valuesFile(way)]);
      const queued = objects.filter(({ metadata }) => metadata.labels?.['kueue.x-k8s.io/queue-name'] === 'research');
      expect(queued).toHaveLength(2);
      const gang = queued.find(({ metadata }) => !metadata.name.endsWith('-more'))!;
      const more = queued.find(({ metadata }) => metadata.name.endsWith('-more'))!;
      expect(more.metadata.annotations).toMatchObject({ 'kueue.x-k8s.io/job-min-parallelism': '1' });
      expect(workersIn([more])).toBe(2);
      expect(gang.kind === 'TrainJob' ? gang.spec!['trainer'] : workersIn([gang])).toEqual(
        gang.kind === 'TrainJob' ? { numNodes: 2 } : 4,
      );
    },
  );
});

describe.skipIf(cannot !== '')('the release', () => {
  it('has one coordinator with a volume of its own, or two that take a lease in NATS', () => {
    const alone = only(render(['--values', valuesFile('one-machine')]), 'StatefulSet');
    expect(alone.spec).toMatchObject({ replicas: 1, volumeClaimTemplates: [{ metadata: { name: 'store' } }] });
    const pair = render(['--values', valuesFile('highly-available')]);
    expect(only(pair, 'Deployment').spec).toMatchObject({ replicas: 2 });
    const [coordinator] = podsOf([only(pair, 'Deployment')]);
    expect(coordinator.spec.containers[0].args).toContain('--nats=trial-mlip-nats:4222');
  });

  it('brings the alerts and the dashboard of its files', () => {
    const objects = render(['--values', valuesFile('highly-available')]);
    const rules = only(objects, 'PrometheusRule').spec as { groups: { rules: { alert: string }[] }[] };
    const file = readFileSync(join(chart, 'files/alerts.yaml'), 'utf8');
    expect(rules.groups.flatMap((group) => group.rules.map(({ alert }) => alert))).toEqual(
      Array.from(file.matchAll(/"?alert"?: *"?(\w+)/g), ([, name]) => name),
    );
    const { data, metadata } = only(objects, 'ConfigMap', 'trial-mlip-grafana');
    expect(JSON.parse(data!['mlip.json'])).toEqual(
      JSON.parse(readFileSync(join(chart, 'files/dashboard.json'), 'utf8')),
    );
    expect(metadata.labels).toMatchObject({ grafana_dashboard: '1' });
  });

  it('lets alerts name where the runbooks are served', () => {
    const at = 'metrics.prometheusRule.enabled=true,metrics.prometheusRule.runbooks=https://docs.example.org/runbooks/';
    const { groups } = only(render(['--set', at]), 'PrometheusRule').spec as {
      groups: { rules: { annotations?: { runbook_url: string } }[] }[];
    };
    const pages = groups.flatMap(({ rules }) => rules.flatMap(({ annotations }) => annotations?.runbook_url ?? []));
    expect(pages.length).toBeGreaterThan(0);
    for (const page of pages) expect(page).toMatch(/^https:\/\/docs\.example\.org\/runbooks\/[a-z-]+\.md$/);
  });

  it.skipIf(findNatsServer() === undefined).each([1, 3])(
    'gives NATS (%i) a configuration that the server takes',
    (replicas) => {
      const set = ['--set', `nats.enabled=true,nats.replicas=${replicas}`];
      const objects = render(set);
      const file = join(mkdtempSync(join(tmpdir(), 'mlip-nats-')), 'nats.conf');
      writeFileSync(file, only(objects, 'ConfigMap', 'trial-mlip-nats').data!['nats.conf']);
      const env = { ...process.env, POD_NAME: 'nats-0', NATS_TOKEN: 't123' };
      const { status, stderr } = spawnSync(findNatsServer()!, ['-t', '-c', file], { env, encoding: 'utf8' });
      expect(status, stderr).toBe(0);
      const [{ spec }] = podsOf([only(objects, 'StatefulSet', 'trial-mlip-nats')]);
      expect(spec.containers[0].image).toBe(`docker.io/library/nats:${NATS_VERSION.slice(1)}-alpine`);
    },
  );
});
