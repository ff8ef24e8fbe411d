/** Authorities and certificates of tests, as files in a directory that is removed when the tests of a file are over. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { afterAll } from 'vitest';
import type { CertificateFileNames } from '../../src/security/certificates.js';
import { type Authority, type Validity, createAuthority } from '../../src/security/development-authority.js';
import type { Role } from '../../src/security/identity.js';
import { TlsFiles } from '../../src/security/tls-files.js';
import { silent } from './access.js';

const DAY_MS = 86_400_000;

/** Ended yesterday. */
export const EXPIRED: Validity = { notBefore: new Date(Date.now() - 10 * DAY_MS), days: 9 };

export interface Pair extends CertificateFileNames {
  /** Of these files, looked at anew for each connection. */
  files: () => TlsFiles;
}

export interface TestAuthority {
  authority: Authority;
  /** Writes a certificate for a role to files of their own. */
  pair(role: Role, changes?: Partial<Validity> & { hosts?: readonly string[] }): Promise<Pair>;
  /** Writes another certificate into the same files. */
  renew(pair: Pair, role: Role, changes?: Partial<Validity>): Promise<void>;
}

/** Certificate and authority as they are, which our own end would not use, however wrong they are. */
export function careless({ certFile, keyFile }: Pair, ca: string): TlsFiles {
  const [cert, key] = [readFileSync(certFile), readFileSync(keyFile)];
  const options = { ca, cert, key, minVersion: 'TLSv1.3' as const };
  return { options, context: createSecureContext(options) } as TlsFiles;
}

const folders: string[] = [];

export async function testAuthority(): Promise<TestAuthority> {
  const folder = mkdtempSync(join(tmpdir(), 'mlip-certs-'));
  if (folders.push(folder) === 1)
    afterAll(() => folders.splice(0).forEach((path) => rmSync(path, { recursive: true })));
  const authority = await createAuthority({ days: 30 });
  const caFile = join(folder, 'ca.pem');
  writeFileSync(caFile, authority.cert);
  let count = 0;
  const renew: TestAuthority['renew'] = async ({ certFile, keyFile }, role, changes = {}) => {
    const { cert, key } = await authority.issue({ role, hosts: [], days: 7, ...changes });
    writeFileSync(certFile, cert);
    writeFileSync(keyFile, key, { mode: 0o600 });
  };
  return {
    authority,
    renew,
    async pair(role, changes) {
      const base = join(folder, `${role}-${count++}`);
      const names = { caFile, certFile: `${base}.pem`, keyFile: `${base}-key.pem` };
      const made = { ...names, files: () => new TlsFiles(names, silent, 0) };
      await renew(made, role, changes);
      return made;
    },
  };
}
