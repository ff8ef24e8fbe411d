/** The memory of GPUs, as nvidia-smi tells it; here a script in its place. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createLogger } from '../../src/core/log.js';
import { followGpuMemory } from '../../src/metrics/gpu-memory.js';
import { instrumentsOf } from '../../src/metrics/instruments.js';

const path = process.env['PATH'];
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mlip-gpu-'));
});
afterEach(() => {
  process.env['PATH'] = path;
  rmSync(folder, { recursive: true });
});

/** Prints what two GPUs print, if asked for just that. */
function installTool(): void {
  const query = '--query-gpu=index,uuid,memory.used,memory.total --format=csv,noheader,nounits';
  const lines = '0, GPU-5f3a, 1024, 81559\n1, GPU-77bc, 2, 81559';
  writeFileSync(join(folder, 'nvidia-smi'), `#!/bin/sh\n[ "$*" = "${query}" ] || exit 9\nprintf '${lines}\\n'\n`);
  chmodSync(join(folder, 'nvidia-smi'), 0o755);
  process.env['PATH'] = `${folder}:${path}`;
}

function follow(visible: string[] | undefined): { registry: Registry; said: string[]; end: () => void } {
  const [registry, said] = [new Registry(), [] as string[]];
  const log = createLogger({ name: 'test', level: 'warn', write: (line) => void said.push(line) });
  return { registry, said, end: followGpuMemory(instrumentsOf(registry), visible, log) };
}

async function samples(registry: Registry): Promise<string[]> {
  return (await registry.metrics()).split('\n').filter((line) => line.startsWith('mlip_'));
}

it.each([
  ['all', undefined, ['0', '1']],
  ['those of a number', ['1'], ['1']],
  ['those of a UUID', ['GPU-5f'], ['0']],
])('shows %s that the worker sees, in bytes', async (_, visible, expected) => {
  installTool();
  const { registry, said, end } = follow(visible);
  const used: Record<string, number> = { '0': 1024 * 2 ** 20, '1': 2 * 2 ** 20 };
  await expect
    .poll(() => samples(registry))
    .toEqual([
      ...expected.map((gpu) => `mlip_gpu_memory_used_bytes{gpu="${gpu}"} ${used[gpu]}`),
      ...expected.map((gpu) => `mlip_gpu_memory_bytes{gpu="${gpu}"} ${81559 * 2 ** 20}`),
    ]);
  expect(said).toEqual([]);
  end();
});

it('shows nothing and says so once where there is no nvidia-smi', async () => {
  process.env['PATH'] = folder;
  const { registry, said, end } = follow(undefined);
  await expect.poll(() => said).toHaveLength(1);
  expect(said[0]).toContain('the memory of the GPU is not shown');
  expect(await samples(registry)).toEqual([]);
  end();
});
