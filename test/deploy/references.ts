/** What schemas do not see: whether the names by which objects of a release refer to each other are those of something. */
import type { KubernetesObject } from './chart.js';
import { type Container, type Pod, podsOf } from './pods.js';

/** `Kind/name: what is wrong` for each name that leads nowhere. `given` are objects that are there before, as Kind/name. */
export function referenceFaults(objects: readonly KubernetesObject[], given: readonly string[]): string[] {
  const pods = podsOf(objects);
  const known = new Set([...given, ...objects.map(nameOf), ...objects.flatMap(madeBy)]);
  return [
    ...pods.flatMap((pod) => podFaults(pod, known).map((fault) => `${nameOf(pod.owner)}: ${fault}`)),
    ...objects.flatMap((object) => selectionFaults(object, pods).map((fault) => `${nameOf(object)}: ${fault}`)),
  ];
}

function nameOf({ kind, metadata }: KubernetesObject): string {
  return `${kind}/${metadata.name}`;
}

/** What a controller makes of an object. */
function madeBy({ kind, metadata, spec }: KubernetesObject): string[] {
  if (kind === 'Certificate') return [`Secret/${spec?.['secretName'] as string}`];
  if (kind !== 'StatefulSet') return [];
  const claims = (spec?.['volumeClaimTemplates'] ?? []) as KubernetesObject[];
  return claims.map((claim) => `PersistentVolumeClaim/${claim.metadata.name}-${metadata.name}-0`);
}

function podFaults({ spec, owner }: Pod, known: ReadonlySet<string>): string[] {
  const claims = ((owner.spec?.['volumeClaimTemplates'] ?? []) as KubernetesObject[]).map(
    ({ metadata }) => metadata.name,
  );
  const volumes = [...claims, ...(spec.volumes ?? []).map(({ name }) => name)];
  const named = [
    `ServiceAccount/${spec.serviceAccountName}`,
    ...(spec.volumes ?? []).flatMap(({ secret, configMap, persistentVolumeClaim }) => [
      ...(secret ? [`Secret/${secret.secretName}`] : []),
      ...(configMap ? [`ConfigMap/${configMap.name}`] : []),
      ...(persistentVolumeClaim ? [`PersistentVolumeClaim/${persistentVolumeClaim.claimName}`] : []),
    ]),
    ...spec.containers.flatMap(secretsOf),
  ];
  return [
    ...named.filter((name) => !known.has(name)).map((name) => `there is no ${name}`),
    ...spec.containers.flatMap((container) => containerFaults(container, volumes)),
  ];
}

function secretsOf({ env = [], envFrom = [] }: Container): string[] {
  const single = env.flatMap(({ valueFrom }) => valueFrom?.secretKeyRef?.name ?? []);
  return [...single, ...envFrom.map(({ secretRef }) => secretRef.name)].map((name) => `Secret/${name}`);
}

function containerFaults(container: Container, volumes: readonly string[]): string[] {
  const ports = (container.ports ?? []).flatMap(({ name, containerPort }) => [name, containerPort]);
  const probes = (['startupProbe', 'livenessProbe', 'readinessProbe'] as const).flatMap((kind) => {
    const port = container[kind]?.httpGet.port;
    return port === undefined || ports.includes(port) ? [] : [`${kind} asks port ${port}, which the container has not`];
  });
  const mounts = (container.volumeMounts ?? []).filter(({ name }) => !volumes.includes(name));
  return [...probes, ...mounts.map(({ name }) => `there is no volume ${name}`)];
}

interface Selecting {
  selector?: { matchLabels?: Record<string, string> } & Record<string, unknown>;
  podSelector?: { matchLabels: Record<string, string> };
  ports?: { targetPort: string }[];
  ingress?: { ports: { port: string }[] }[];
  podMetricsEndpoints?: { port: string }[];
}

/** A Service, a budget, a policy or a monitor that selects pods of the release. */
function selectionFaults({ kind, spec }: KubernetesObject, pods: readonly Pod[]): string[] {
  const labels = selectorOf(kind, spec ?? {});
  if (labels === null) return [];
  const selected = pods.filter((pod) => Object.entries(labels).every(([key, value]) => pod.labels[key] === value));
  if (selected.length === 0) return ['it selects no pod'];
  const { ports = [], ingress = [], podMetricsEndpoints = [] } = (spec ?? {}) as Selecting;
  const named = [
    ...ports.map(({ targetPort }) => targetPort),
    ...ingress.flatMap((rule) => rule.ports.map(({ port }) => port)),
    ...podMetricsEndpoints.map(({ port }) => port),
  ];
  const has = selected.flatMap((pod) =>
    pod.spec.containers.flatMap((one) => (one.ports ?? []).map(({ name }) => name)),
  );
  return named.filter((port) => !has.includes(port)).map((port) => `the pods have no port ${port}`);
}

function selectorOf(kind: string, { selector, podSelector }: Selecting): Record<string, string> | null {
  if (kind === 'Service') return selector as Record<string, string>;
  if (kind === 'NetworkPolicy') return podSelector!.matchLabels;
  const selects = ['PodDisruptionBudget', 'PodMonitor', 'StatefulSet', 'Deployment'].includes(kind);
  return selects ? selector!.matchLabels! : null;
}
