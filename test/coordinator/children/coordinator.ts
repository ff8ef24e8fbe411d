// A coordinator of two workers. Arguments: output directory, port. Prints its address, then its outcome.
import { createLogger } from '../../../src/core/log.js';
import { runCoordinator } from '../../../src/coordinator/run.js';
import { testAccess } from '../../support/access.js';
import { testConfig } from '../config.js';

const [out, port] = process.argv.slice(2);
const outcome = await runCoordinator({
  ...{
    host: '127.0.0.1',
    port: Number(port),
    world: 2,
    config: testConfig({ steps: 1000 }),
    configText: 'name: test\n',
  },
  ...{
    out,
    access: testAccess,
    resume: null,
    metricsPort: null,
    supervised: true,
    log: createLogger({ name: 'child', level: 'error' }),
  },
  onListening: (address) => void process.stdout.write(`${JSON.stringify({ address })}\n`),
});
process.stdout.write(`${JSON.stringify(outcome)}\n`);
