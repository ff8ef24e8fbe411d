/** Checks objects by the schemas of Kubernetes and of the projects whose kinds the chart uses, offline and strictly. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { goModule } from '../support/go-module.js';
import { pythonPackages } from '../support/python-packages.js';
import { KUBERNETES, type KubernetesObject } from './chart.js';

const environment = await pythonPackages(['kubernetes-validate==1.37.0']);

/** Where each project keeps the definitions of its kinds. */
const DEFINITIONS = [
  ['sigs.k8s.io/jobset', 'v0.10.1', ['config/components/crd/bases/jobset.x-k8s.io_jobsets.yaml']],
  [
    'github.com/kubeflow/trainer/v2',
    'v2.0.0',
    ['trainjobs', 'trainingruntimes', 'clustertrainingruntimes'].map(
      (kind) => `manifests/base/crds/trainer.kubeflow.org_${kind}.yaml`,
    ),
  ],
  [
    'github.com/prometheus-operator/prometheus-operator',
    'v0.85.0',
    ['servicemonitors', 'podmonitors', 'prometheusrules'].map(
      (kind) => `example/prometheus-operator-crd/monitoring.coreos.com_${kind}.yaml`,
    ),
  ],
  ['github.com/cert-manager/cert-manager', 'v1.21.2', ['deploy/crds/cert-manager.io_certificates.yaml']],
] as const;

const modules = DEFINITIONS.map(([module, version, files]) => ({ ...goModule(module, version), files }));

/** In a line why nothing can be checked; empty where it can. */
export const missing = [environment, ...modules]
  .map((source) => ('missing' in source ? source.missing : ''))
  .filter(Boolean)
  .join('; ');

/** `Kind/name: what is wrong`, one for each object that is. */
export function schemaFaults(objects: readonly KubernetesObject[]): string[] {
  if ('missing' in environment) throw new Error(environment.missing);
  const definitions = modules.flatMap((source) =>
    'folder' in source ? source.files.map((file) => join(source.folder, file)) : [],
  );
  const program = join(import.meta.dirname, 'validate_objects.py');
  const { stdout, stderr, status } = spawnSync(join(environment.bin, 'python'), [program, KUBERNETES, ...definitions], {
    input: JSON.stringify(objects),
    encoding: 'utf8',
    maxBuffer: 1e8,
  });
  if (status !== 0) throw new Error(stderr);
  return (JSON.parse(stdout) as { object: string; error: string }[]).map(({ object, error }) => `${object}: ${error}`);
}
