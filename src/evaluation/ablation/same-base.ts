/** Whether runs of an earlier command can stand beside those of this one. */
import { configKeys } from '../../config/keys.js';
import type { Config } from '../../config/schema.js';
import type { AblationBase } from './report.js';

/** Keys that say how a run is operated, or that each run sets: they change no score. */
const FREE = /^(seed|data\.(manifest|prefetchSteps|decodeThreads|cacheMb)|engine\..*|checkpoint\..*|timeouts\..*)$/;

/** What differs, `steps is 20, not 10`; empty where results can be compared. */
export function differences(now: AblationBase, earlier: AblationBase): string[] {
  const compared = configKeys.map(({ path }) => path).filter((path) => !FREE.test(path));
  const pairs: [name: string, now: unknown, earlier: unknown][] = [
    ['the manifest', now.manifest, earlier.manifest],
    ['the file of prompts', now.prompts, earlier.prompts],
    ...compared.map((path): [string, unknown, unknown] => [
      path,
      valueAt(now.config, path),
      valueAt(earlier.config, path),
    ]),
  ];
  return pairs
    .filter(([, a, b]) => JSON.stringify(a) !== JSON.stringify(b))
    .map(([name, a, b]) => `${name} is ${JSON.stringify(a)}, not ${JSON.stringify(b)}`);
}

function valueAt(config: Config, path: string): unknown {
  return path.split('.').reduce<unknown>((node, part) => (node as Record<string, unknown> | undefined)?.[part], config);
}
