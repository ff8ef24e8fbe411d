/** The pods that objects make, whatever kind wraps them. */
import type { KubernetesObject } from './chart.js';

export interface Container {
  name: string;
  image: string;
  command?: string[];
  args?: string[];
  env?: { name: string; value?: string; valueFrom?: { secretKeyRef?: { name: string; key: string } } }[];
  envFrom?: { secretRef: { name: string } }[];
  ports?: { name: string; containerPort: number }[];
  volumeMounts?: { name: string; mountPath: string; readOnly?: boolean }[];
  resources?: { limits?: Record<string, unknown> };
  securityContext?: Record<string, unknown>;
  startupProbe?: Probe;
  livenessProbe?: Probe;
  readinessProbe?: Probe;
}

export interface Probe {
  httpGet: { path: string; port: string | number };
}

export interface Volume {
  name: string;
  secret?: { secretName: string };
  configMap?: { name: string };
  persistentVolumeClaim?: { claimName: string };
  emptyDir?: { medium?: string; sizeLimit?: string };
}

export interface PodSpec {
  containers: Container[];
  volumes?: Volume[];
  serviceAccountName?: string;
  automountServiceAccountToken?: boolean;
  enableServiceLinks?: boolean;
  terminationGracePeriodSeconds?: number;
  securityContext?: Record<string, unknown>;
}

export interface Pod {
  owner: KubernetesObject;
  labels: Record<string, string>;
  spec: PodSpec;
}

export function podsOf(objects: readonly KubernetesObject[]): Pod[] {
  return objects.flatMap((owner) => {
    if (owner.kind === 'Pod')
      return [{ owner, labels: owner.metadata.labels ?? {}, spec: owner.spec as unknown as PodSpec }];
    return templatesIn(owner.spec).map(({ metadata, spec }) => ({ owner, labels: metadata?.labels ?? {}, spec }));
  });
}

interface PodTemplate {
  metadata?: { labels?: Record<string, string> };
  spec: PodSpec;
}

/** A JobSet and a runtime of Kubeflow have them some levels down. */
function templatesIn(value: unknown): PodTemplate[] {
  if (typeof value !== 'object' || value === null) return [];
  if (isTemplate(value)) return [value];
  return Object.values(value).flatMap(templatesIn);
}

function isTemplate(value: object): value is PodTemplate {
  return Array.isArray((value as { spec?: { containers?: unknown } }).spec?.containers);
}
