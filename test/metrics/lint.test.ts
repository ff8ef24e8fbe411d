// What mlip serves by its own names is as Prometheus advises: promtool has nothing to say.
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { hasPromtool } from '../monitoring/rules.js';
import { ownExpositions } from '../documents/metrics-list.js';

describe.skipIf(!hasPromtool())('promtool', () => {
  it.each(['run', 'coordinator', 'worker'] as const)('finds no fault with the metrics of a %s', async (source) => {
    const text = (await ownExpositions())[source];
    expect(text).toContain('# TYPE mlip_');
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
    expect(stdout + stderr).toBe('');
    expect(status).toBe(0);
  });
});
