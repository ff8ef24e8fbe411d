/** Renders the chart as `helm install` would. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { packageRoot } from '../../src/core/package-root.js';
import { goTool } from '../support/go-tool.js';

const source = join(packageRoot, 'deploy/helm/mlip');
/** The chart, with something in the place of the files that are generated, where they are not there. */
export const chart = ['alerts.yaml', 'dashboard.json'].every((file) => existsSync(join(source, 'files', file)))
  ? source
  : withFiles(copyOf(source));
export const helm = await goTool('helm.sh/helm/v3/cmd/helm', 'v3.19.4');

/** Of the cluster that Helm is to think of; those of the pinned schemas. */
export const KUBERNETES = '1.34';

/** The files in ci/, each a way of installing. */
export const valuesFiles = readdirSync(join(chart, 'ci')).map((name) => join(chart, 'ci', name));

/** @param way of installing, such as `jobset` */
export function valuesFile(way: string): string {
  return join(chart, 'ci', `${way}-values.yaml`);
}

export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: { name: string; labels?: Record<string, string>; annotations?: Record<string, string> };
  spec?: Record<string, unknown>;
  data?: Record<string, string>;
}

export interface HelmResult {
  status: number | null;
  stdout: string;
  stderr: string;
}

export function runHelm(...args: string[]): HelmResult {
  if ('missing' in helm) throw new Error(helm.missing);
  return spawnSync(helm.path, args, { encoding: 'utf8', maxBuffer: 1e8 });
}

/** A copy of the chart, which a test may damage. */
export function copyOfChart(): string {
  return copyOf(chart);
}

function copyOf(folder: string): string {
  const copy = join(mkdtempSync(join(tmpdir(), 'mlip-chart-')), 'mlip');
  cpSync(folder, copy, { recursive: true });
  return copy;
}

function withFiles(copy: string): string {
  mkdirSync(join(copy, 'files'), { recursive: true });
  const rule = { alert: 'Stalled', expr: 'rate(mlip_step[5m]) == 0', labels: { severity: 'page' } };
  writeFileSync(join(copy, 'files/alerts.yaml'), JSON.stringify({ groups: [{ name: 'mlip', rules: [rule] }] }));
  writeFileSync(join(copy, 'files/dashboard.json'), JSON.stringify({ title: 'mlip', panels: [] }));
  return copy;
}

/** @param args such as `--values` and `--set` */
export function template(args: readonly string[], from = chart): HelmResult {
  return runHelm('template', 'trial', from, '--namespace', 'research', '--kube-version', KUBERNETES, ...args);
}

/** Throws with what Helm says. */
export function render(args: readonly string[], from = chart): KubernetesObject[] {
  const { status, stdout, stderr } = template(args, from);
  if (status !== 0) throw new Error(stderr);
  return objectsOf(stdout);
}

/** Throws where a key is given twice, which Kubernetes' own reader would pass over. */
export function objectsOf(text: string): KubernetesObject[] {
  const documents = parseAllDocuments(text, { uniqueKeys: true });
  if (!Array.isArray(documents)) return [];
  for (const { errors } of documents) if (errors.length > 0) throw errors[0];
  return documents.map((document) => document.toJS() as KubernetesObject | null).filter((object) => object !== null);
}

export function only(objects: readonly KubernetesObject[], kind: string, name?: string): KubernetesObject {
  const found = objects.filter(
    (object) => object.kind === kind && (name === undefined || object.metadata.name === name),
  );
  if (found.length !== 1) throw new Error(`${found.length} objects of kind ${kind} ${name ?? ''}`);
  return found[0];
}
