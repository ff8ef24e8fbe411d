/** Certificates for tests, made by openssl. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Authority {
  readonly caFile: string;
  /** Makes a certificate for 127.0.0.1, or for another address. */
  issue(name: string, address?: string): { certFile: string; keyFile: string };
}

export function hasOpenssl(): boolean {
  return spawnSync('openssl', ['version']).status === 0;
}

export function makeAuthority(directory: string, name: string): Authority {
  const path = (suffix: string): string => join(directory, `${name}-${suffix}`);
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout'];
  openssl('req', '-x509', ...key, path('ca.key'), '-out', path('ca.pem'), '-subj', `/CN=${name}`, '-days', '2');
  return {
    caFile: path('ca.pem'),
    issue(subject, address = '127.0.0.1') {
      const files = { certFile: path(`${subject}.pem`), keyFile: path(`${subject}.key`) };
      const [request, extensions] = [path(`${subject}.csr`), path(`${subject}.ext`)];
      openssl('req', ...key, files.keyFile, '-out', request, '-subj', `/CN=${subject}`);
      writeFileSync(extensions, `subjectAltName=IP:${address}\n`);
      const signing = ['-CA', path('ca.pem'), '-CAkey', path('ca.key'), '-CAcreateserial', '-extfile', extensions];
      openssl('x509', '-req', '-in', request, ...signing, '-out', files.certFile, '-days', '1');
      return files;
    },
  };
}

function openssl(...args: string[]): void {
  const { status, stderr } = spawnSync('openssl', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`openssl ${args[0]}: ${stderr}`);
}
