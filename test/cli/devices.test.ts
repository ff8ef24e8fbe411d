// How the cores and GPUs of a machine are shared among its workers.
import { expect, it } from 'vitest';
import { shareDevices, visibleGpus } from '../../src/cli/launch/devices.js';

it('cores are shared evenly, one at least', () => {
  const threads = (workers: number, cores: number): number[] =>
    shareDevices({ workers, cores, threads: 0, gpus: [] }).map((share) => share.threads);
  expect(threads(2, 8)).toEqual([4, 4]);
  expect(threads(3, 8)).toEqual([2, 2, 2]);
  expect(threads(4, 2)).toEqual([1, 1, 1, 1]);
});

it('engine.threads wins over the share', () => {
  expect(shareDevices({ workers: 4, cores: 8, threads: 3, gpus: [] })[3].threads).toBe(3);
});

it('each worker gets a GPU of its own, and workers beyond them take turns', () => {
  const env = shareDevices({ workers: 3, cores: 8, threads: 0, gpus: ['0', '1'] }).map((share) => share.env);
  expect(env.map((variables) => variables['CUDA_VISIBLE_DEVICES'])).toEqual(['0', '1', '0']);
});

it('CUDA_VISIBLE_DEVICES limits the GPUs that are used', () => {
  expect(visibleGpus({ CUDA_VISIBLE_DEVICES: '2,GPU-5f' })).toEqual(['2', 'GPU-5f']);
  expect(visibleGpus({ CUDA_VISIBLE_DEVICES: '' })).toEqual([]);
  expect(visibleGpus({ CUDA_VISIBLE_DEVICES: '-1' })).toEqual([]);
});
