/** What each exit status means, for --help and docs/errors.md. */
import { EXIT } from '../core/errors.js';

export const EXIT_MEANING: Record<keyof typeof EXIT, string> = {
  ok: 'done',
  failure: 'a bug in mlip, or an operation that TensorFlow failed',
  usage: 'the command line or the configuration is wrong',
  badInput: 'the input (manifest, images, checkpoint) is unusable',
  environment: 'this machine lacks something (TensorFlow, a port, disk space, the coordinator)',
  runFailed: 'the run failed; its first cause is the last thing printed',
  again: 'the worker was told to go, and it was the last one: the run should be started again',
  interrupted: 'interrupted; a checkpoint was written if a step had been taken',
};

/** Status and meaning, in order of status. */
export function exitStatuses(): [number, string][] {
  const names = Object.keys(EXIT) as (keyof typeof EXIT)[];
  return names.map((name) => [EXIT[name], EXIT_MEANING[name]]);
}
