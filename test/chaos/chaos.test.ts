// A short campaign of chaos: real processes that are killed, stopped, cut off and delayed, compared with a quiet run. The long one is
// `npm run chaos -- --minutes 30`, with seeds of its own.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { campaign } from '../../bench/chaos/campaign.js';

/** The plan of disturbances is a function of it. */
const SEED = 5;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mlip-chaos-'));
  // All processes are let in by the same token.
  process.env['MLIP_TOKEN'] ??= randomBytes(16).toString('hex');
});
afterAll(() => rmSync(folder, { recursive: true }));

it('a disturbed run applies each step once, with the losses of a quiet one', async () => {
  const options = {
    folder,
    seed: SEED,
    steps: 40,
    count: 10,
    stores: ['alone' as const],
    methods: ['contrast' as const],
  };
  const limits = { latencyMs: 20, limitMs: 300_000, progress: () => undefined, signal: new AbortController().signal };
  for await (const { problems, rows, seed } of campaign({ ...options, ...limits }, () => false)) {
    expect(problems, `seed ${seed}`).toEqual([]);
    expect(rows.length).toBeGreaterThanOrEqual(8);
  }
}, 400_000);
