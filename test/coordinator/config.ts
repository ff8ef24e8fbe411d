/** The configuration of the coordinator's tests. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type Config, configSchema } from '../../src/config/schema.js';
import { packageRoot } from '../../src/core/package-root.js';

type Changes = Partial<Omit<Config, 'checkpoint' | 'timeouts' | 'elastic'>> & {
  checkpoint?: Partial<Config['checkpoint']>;
  timeouts?: Partial<Config['timeouts']>;
  elastic?: Partial<Config['elastic']>;
};

const TIMEOUTS = { joinMs: 20_000, heartbeatMs: 300, stepMs: 20_000, dataMs: 5_000 };

/** nano, with a batch of 6 in micro-batches of 2 and short deadlines. */
export function testConfig({ checkpoint, timeouts, elastic, ...changes }: Changes = {}): Config {
  const nano = parse(readFileSync(join(packageRoot, 'recipes', 'clip-nano.yaml'), 'utf8')) as Config;
  return configSchema.parse({
    ...{ ...nano, batchSize: 6, microBatchSize: 2, steps: 3, ...changes },
    checkpoint: { ...nano.checkpoint, ...checkpoint },
    timeouts: { ...nano.timeouts, ...TIMEOUTS, ...timeouts },
    elastic: { ...nano.elastic, ...elastic },
  });
}
