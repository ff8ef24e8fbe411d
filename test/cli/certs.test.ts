// `mlip certs`: files that work, keys that are secret, nothing overwritten.
import { X509Certificate, createPrivateKey } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAuthority } from '../../src/security/development-authority.js';
import { TlsFiles } from '../../src/security/tls-files.js';
import { silent } from '../support/access.js';
import { EXPIRED } from '../support/certificates.js';
import { mlip } from './run-cli.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mlip-certs-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const FILES = ['ca-key.pem', 'ca.pem', 'coordinator-key.pem', 'coordinator.pem', 'worker-key.pem', 'worker.pem'];

function certificate(...path: string[]): X509Certificate {
  return new X509Certificate(readFileSync(join(folder, ...path)));
}

describe('mlip certs', () => {
  it('makes an authority, and certificates with the names that were given', async () => {
    const made = await mlip(['certs', '--out', folder, '--host', '10.0.0.5', 'train.example.org', '--days', '30']);
    expect(made).toMatchObject({ status: 0, stderr: '' });
    expect(readdirSync(folder).sort()).toEqual(FILES);
    const coordinator = certificate('coordinator.pem');
    expect(coordinator.checkIP('10.0.0.5')).toBe('10.0.0.5');
    expect(coordinator.checkHost('train.example.org')).toBe('train.example.org');
    expect(coordinator.checkHost('worker.mlip.internal')).toBeUndefined();
    expect(certificate('worker.pem').checkIP('10.0.0.5')).toBeUndefined();
    const days = (new Date(coordinator.validTo).getTime() - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(29);
    expect(days).toBeLessThanOrEqual(30);
    for (const role of ['coordinator', 'worker']) {
      const path = (name: string): string => join(folder, name);
      const names = { caFile: path('ca.pem'), certFile: path(`${role}.pem`), keyFile: path(`${role}-key.pem`) };
      expect(() => new TlsFiles(names, silent)).not.toThrow();
    }
  });

  it('keeps private keys for their owner, and prints none', async () => {
    const { stdout } = await mlip(['certs', '--out', join(folder, 'new', 'place'), '--json']);
    const files = JSON.parse(stdout) as Record<string, string>;
    expect(Object.keys(files)).toEqual(['ca', 'caKey', 'coordinator', 'coordinatorKey', 'worker', 'workerKey']);
    for (const name of ['caKey', 'coordinatorKey', 'workerKey']) {
      expect(statSync(files[name]).mode & 0o777).toBe(0o600);
      expect(createPrivateKey(readFileSync(files[name])).asymmetricKeyType).toBe('ec');
    }
    expect(stdout).not.toContain('BEGIN');
  });

  it('overwrites nothing', async () => {
    writeFileSync(join(folder, 'worker-key.pem'), 'mine');
    const refused = await mlip(['certs', '--out', folder]);
    expect(refused.status).toBe(2);
    expect(refused.stderr).toContain('MLIP_E_CERTS_EXIST');
    expect(readdirSync(folder)).toEqual(['worker-key.pem']);
    expect(readFileSync(join(folder, 'worker-key.pem'), 'utf8')).toBe('mine');
  });

  it('renews with the authority that it made before, which others go on trusting', async () => {
    const [first, renewed] = [join(folder, 'first'), join(folder, 'renewed')];
    await mlip(['certs', '--out', first]);
    expect((await mlip(['certs', '--out', renewed, '--authority', first])).status).toBe(0);
    expect(readdirSync(renewed)).not.toContain('ca-key.pem');
    const ca = certificate('first', 'ca.pem');
    const worker = certificate('renewed', 'worker.pem');
    expect(worker.checkIssued(ca) && worker.verify(ca.publicKey)).toBe(true);
    expect(worker.serialNumber).not.toBe(certificate('first', 'worker.pem').serialNumber);
    const without = await mlip(['certs', '--out', join(folder, 'third'), '--authority', renewed]);
    expect(without.stderr).toContain('MLIP_E_TLS_FILES');
  });

  it('signs for no longer than the authority lasts', async () => {
    const [first, second] = [join(folder, 'first'), join(folder, 'second')];
    for (const days of ['99999999', '3651']) {
      const refused = await mlip(['certs', '--out', first, '--days', days]);
      expect(refused.status).toBe(2);
      expect(refused.stderr).toMatch(/MLIP_E_USAGE: certificates for \d+ days would outlive their authority/);
      expect(refused.stderr).toContain('Choose --days 3650 or less');
    }
    expect((await mlip(['certs', '--out', first, '--days', '3650'])).status).toBe(0);
    const end = (name: string): Date => new Date(certificate('first', name).validTo);
    expect(end('worker.pem').getTime()).toBeLessThan(end('ca.pem').getTime());
    const refused = await mlip(['certs', '--out', second, '--authority', first, '--days', '5000']);
    expect([refused.status, refused.stderr]).toEqual([2, expect.stringContaining('MLIP_E_USAGE')]);
    expect(readdirSync(folder)).toEqual(['first']);
  });

  it('does not sign with an authority that has ended', async () => {
    const { cert, key } = await createAuthority(EXPIRED);
    writeFileSync(join(folder, 'ca.pem'), cert);
    writeFileSync(join(folder, 'ca-key.pem'), key);
    const refused = await mlip(['certs', '--out', join(folder, 'new'), '--authority', folder]);
    expect([refused.status, refused.stderr]).toEqual([4, expect.stringContaining('MLIP_E_TLS_CERTIFICATE')]);
  });

  it('takes names of hosts and addresses, and nothing else', async () => {
    const good = ['*.train.example.org', 'fe80::1', 'gpu_1', 'n-1.cluster.local', '10.0.0.5'];
    expect((await mlip(['certs', '--out', join(folder, 'good'), '--host', ...good])).status).toBe(0);
    expect(certificate('good', 'coordinator.pem').checkHost('a.train.example.org')).toBeDefined();
    const bad = [
      'bad host;x',
      'https://a',
      'a:7070',
      '10.0.0.256',
      'a..b',
      '*',
      'a.*.b',
      '-a',
      '',
      'fe80::1%eth0',
      'ü.de',
    ];
    for (const flag of ['--host', '--worker-host']) {
      for (const name of flag === '--host' ? bad : bad.slice(0, 1)) {
        const { status, stderr } = await mlip([
          'certs',
          '--out',
          join(folder, 'bad'),
          '--host',
          'a',
          `${flag}=${name}`,
        ]);
        expect([name, status, stderr]).toEqual([name, 2, expect.stringContaining('MLIP_E_USAGE')]);
      }
    }
    expect(readdirSync(folder)).toEqual(['good']);
  }, 120_000);
});
