// A coordinator of two workers. Arguments: output directory, port, and a directory that it shares with others as a store ('' for
// none). Prints its address, then its outcome, or the code of the error that ends it.
import { openStore } from '../../../src/bus/open-store.js';
import { MlipError } from '../../../src/core/errors.js';
import { createLogger } from '../../../src/core/log.js';
import { runCoordinator } from '../../../src/coordinator/run.js';
import { testAccess } from '../../support/access.js';
import { testConfig } from '../config.js';

const [out, port, directory = ''] = process.argv.slice(2);
const say = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
const timeouts = { leaseMs: 1_500 };
try {
  const outcome = await runCoordinator({
    ...{ host: '127.0.0.1', port: Number(port), workers: 2, configText: 'name: test\n' },
    config: testConfig({ steps: 100_000, timeouts }),
    shared: directory === '' ? null : { store: await openStore({ directory }), name: 'test' },
    ...{
      out,
      access: testAccess,
      resume: null,
      supervised: true,
      log: createLogger({ name: 'child', level: 'error' }),
    },
    onListening: (address) => say({ address }),
  });
  say(outcome);
} catch (error) {
  say({ code: error instanceof MlipError ? error.code : String(error) });
  process.exitCode = 75;
}
