/** What lets the workers of a benchmark into its coordinator, which is on this machine only. */
import type { Access } from '../src/security/access.js';
import { RunToken } from '../src/security/run-token.js';

export const benchAccess: Access = { token: new RunToken('the-token-of-a-benchmark', 'bench'), tls: null };
export const benchEnvironment = { MLIP_TOKEN: benchAccess.token.reveal() };
