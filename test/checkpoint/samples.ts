/** Checkpoints for tests: contents are a function of the step. */
import { createHash } from 'node:crypto';
import type { Checkpoint } from '../../src/checkpoint/checkpoint.js';
import type { HostTensors } from '../../src/core/host-tensor.js';

export function sampleTensors(value: number): HostTensors {
  return new Map([
    ['vision.weight', { shape: [3, 5], data: new Float32Array(15).fill(value) }],
    ['text.bias', { shape: [4], data: Float32Array.of(value, -value, 0, 0.1) }],
  ]);
}

export function sampleCheckpoint(step: number): Checkpoint {
  return {
    state: { step, runId: 'run-1', seed: 7, world: 2, configHash: 'c0ffee' },
    model: sampleTensors(step),
    optimizer: sampleTensors(step / 2),
    files: { 'vocab.txt': `[PAD]\n[UNK]\n${step}\n`, 'config.json': '{"näme":"nano"}' },
  };
}

/** state.json as the version before metrics wrote it. */
export function versionOneState(text: string): string {
  const { sha256: _, metrics: __, ...content } = JSON.parse(text) as Record<string, unknown>;
  const old = { ...content, version: 1 };
  const sha256 = createHash('sha256').update(JSON.stringify(old)).digest('hex');
  return `${JSON.stringify({ ...old, sha256 }, null, 2)}\n`;
}
