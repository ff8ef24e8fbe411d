/** What lets tests into the runs of tests. */
import { createLogger } from '../../src/core/log.js';
import type { Access } from '../../src/security/access.js';
import { Refusals } from '../../src/security/refusals.js';
import { RunToken } from '../../src/security/run-token.js';

export const testToken = new RunToken('the-token-of-the-tests', 'tests');

export const testAccess: Access = { token: testToken, tls: null };

export const silent = createLogger({ name: 'test', write: () => undefined });

export function quietRefusals(): Refusals {
  return new Refusals(silent);
}
