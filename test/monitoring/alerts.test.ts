// The alert rules: promtool finds them in order, each fires when it should and is quiet else, and each has its runbook.
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configKeys } from '../../src/config/keys.js';
import { packageRoot } from '../../src/core/package-root.js';
import { ALERT_CASES } from './alert-cases.js';
import { alertRules, hasPromtool, promtool, promtoolTest, readRules, RULES, type RuleFile } from './rules.js';

const RUNBOOKS = join(packageRoot, 'docs', 'runbooks');
const rules = alertRules();
const names = rules.map(({ alert }) => alert);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mlip-alerts-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The rules with another expression, which holds at once. */
function withExpression(expr: string): RuleFile {
  const file = readRules();
  for (const rule of alertRules(file)) Object.assign(rule, { expr, for: '0m' });
  return file;
}

describe.skipIf(!hasPromtool())('promtool', () => {
  it('finds the rules in order', () => {
    const { status, output } = promtool('check', 'rules', RULES);
    expect(status, output).toBe(0);
  });

  it.each(ALERT_CASES.map((one) => [one.alert, one.name, one] as const))('%s %s', (_, __, one) => {
    const { status, output } = promtoolTest(folder, readRules(), [one]);
    expect(status, output).toBe(0);
  });

  it('sees in each of these cases whether a rule always fires, or never does', () => {
    for (const one of ALERT_CASES) {
      const wrong = withExpression(one.fires.length > 0 ? 'vector(0) > 1' : 'vector(1)');
      expect(promtoolTest(folder, wrong, [one]).status, one.name).not.toBe(0);
    }
  });
});

it('every alert has a case in which it fires, and one in which it is quiet', () => {
  const having = (fires: boolean) => ALERT_CASES.filter((one) => one.fires.length > 0 === fires);
  for (const fires of [true, false]) {
    expect(new Set(having(fires).map(({ alert }) => alert)), `fires: ${fires}`).toEqual(new Set(names));
  }
});

it('every alert has a severity, and annotations that name run or lease', () => {
  for (const { alert, labels, annotations } of rules) {
    expect(['critical', 'warning'], alert).toContain(labels.severity);
    expect(annotations.summary, alert).toMatch(/\{\{ \$labels\.(run|lease) \}\}/);
    expect(annotations.description, alert).toMatch(/\.$/);
  }
});

describe('runbooks', () => {
  const pages = readdirSync(RUNBOOKS).filter((name) => name !== 'README.md');

  it('there is one for each alert, and no other', () => {
    const named = rules.map(({ annotations }) => annotations.runbook_url);
    expect(named.every((path) => existsSync(join(packageRoot, path)))).toBe(true);
    expect(pages.map((name) => `docs/runbooks/${name}`).sort()).toEqual(named.sort());
  });

  it.each(rules.map((rule) => [rule.alert, rule] as const))(
    'that of %s says what it means and what to do',
    (alert, rule) => {
      const text = readFileSync(join(packageRoot, rule.annotations.runbook_url), 'utf8');
      expect(text).toMatch(new RegExp(`^# .*\\n\\n.*\`${alert}\``));
      const headings = Array.from(text.matchAll(/^## (.+)$/gm), ([, heading]) => heading);
      expect(headings).toEqual(['What it means', 'How to look', 'What to do']);
      const links = Array.from(text.matchAll(/\]\((?!https?:|#)([^)#]+)/g), ([, path]) => path);
      expect(links.filter((path) => !existsSync(join(RUNBOOKS, path)))).toEqual([]);
    },
  );

  it('name configuration keys that there are', () => {
    const known = new Set(configKeys.map(({ path }) => path));
    const texts = pages.map((name) => readFileSync(join(RUNBOOKS, name), 'utf8'));
    const key = /`((?:data|loss|optimizer|checkpoint|elastic|integrity|timeouts)\.[\w.]+)`/g;
    const named = texts.flatMap((text) => Array.from(text.matchAll(key), ([, path]) => path));
    expect(named.length).toBeGreaterThan(15);
    expect(named.filter((path) => !known.has(path))).toEqual([]);
  });

  it.each([
    ['runbooks/README.md', ''],
    ['monitoring.md', 'runbooks/'],
  ])('are all in the list of docs/%s, with their alert', (page, folderOf) => {
    const list = readFileSync(join(packageRoot, 'docs', page), 'utf8');
    for (const { alert, annotations } of rules) {
      expect(list).toContain(`[\`${alert}\`](${folderOf}${annotations.runbook_url.split('/').at(-1)})`);
    }
  });
});
