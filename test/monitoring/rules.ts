// The alert rules as they are in the chart, and promtool, which judges them.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { packageRoot } from '../../src/core/package-root.js';

export interface AlertRule {
  alert: string;
  expr: string;
  for?: string;
  labels: { severity: string };
  annotations: { summary: string; description: string; runbook_url: string };
}

export interface RuleFile {
  groups: { name: string; rules: AlertRule[] }[];
}

export const RULES = join(packageRoot, 'deploy', 'helm', 'mlip', 'files', 'alerts.yaml');

export function readRules(): RuleFile {
  return parse(readFileSync(RULES, 'utf8')) as RuleFile;
}

export function alertRules(file = readRules()): AlertRule[] {
  return file.groups.flatMap(({ rules }) => rules);
}

/** What happens to Prometheus over time, and whether an alert fires then. */
export interface AlertCase {
  alert: string;
  name: string;
  /** Values a minute by series, in promtool's notation. */
  series: Record<string, string>;
  at: string;
  /** Labels with which it fires, beside its severity; none where it is quiet. */
  fires: Record<string, string>[];
}

/** Runs promtool's unit tests of the cases on the rules; files are written into the folder. */
export function promtoolTest(folder: string, rules: RuleFile, cases: readonly AlertCase[]) {
  const severity = new Map(alertRules(rules).map((rule) => [rule.alert, rule.labels.severity]));
  const tests = cases.map(({ alert, name, series, at, fires }) => ({
    name: `${alert}: ${name}`,
    interval: '1m',
    input_series: Object.entries(series).map(([of, values]) => ({ series: of, values })),
    promql_expr_test: [
      {
        ...{ expr: `ALERTS{alertname="${alert}",alertstate="firing"}`, eval_time: at },
        exp_samples: fires.map((labels) => ({
          labels: seriesOf({ alertname: alert, alertstate: 'firing', severity: severity.get(alert)!, ...labels }),
          value: 1,
        })),
      },
    ],
  }));
  writeFileSync(join(folder, 'rules.yaml'), stringify(rules));
  const document = { rule_files: ['rules.yaml'], evaluation_interval: '1m', tests };
  writeFileSync(join(folder, 'tests.yaml'), stringify(document, { lineWidth: 0 }));
  return promtool('test', 'rules', join(folder, 'tests.yaml'));
}

const seriesOf = (labels: Record<string, string>): string =>
  `ALERTS{${Object.entries(labels)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(', ')}}`;

export function promtool(...args: string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync('promtool', args, { encoding: 'utf8' });
  return { status, output: stdout + stderr };
}

export function hasPromtool(): boolean {
  const found = spawnSync('promtool', ['--version']).status === 0;
  if (!found) process.stderr.write('promtool is missing: the alert rules are not tested\n');
  return found;
}
