/** What lets a process into a run. */
import type { RunToken } from './run-token.js';
import type { TlsFiles } from './tls-files.js';

export interface Access {
  token: RunToken;
  /** Null speaks without TLS. */
  tls: TlsFiles | null;
}
