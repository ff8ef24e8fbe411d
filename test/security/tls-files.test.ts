/** Certificates as files: what is wrong with them is said where they lie, and renewed ones are taken up. */
import 'reflect-metadata';
import { KeyObject, webcrypto } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BasicConstraintsExtension, X509CertificateGenerator } from '@peculiar/x509';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createLogger } from '../../src/core/log.js';
import { type CertificateFileNames, checkCertificates } from '../../src/security/certificates.js';
import { TlsFiles } from '../../src/security/tls-files.js';
import { EXPIRED, type TestAuthority, testAuthority } from '../support/certificates.js';

let own: TestAuthority;
let foreign: TestAuthority;
beforeAll(async () => {
  [own, foreign] = await Promise.all([testAuthority(), testAuthority()]);
});

let folder: string;
let lines: string[];
const log = createLogger({ name: 'test', write: (line) => lines.push(line) });
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mlip-tls-'));
  lines = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

function written(text: string, name = 'x.pem'): string {
  writeFileSync(join(folder, name), text, { mode: 0o600 });
  return join(folder, name);
}

const load = (names: CertificateFileNames): TlsFiles => new TlsFiles(names, log, 0);

describe('files that cannot be used', () => {
  it('are named', async () => {
    const pair = await own.pair('worker');
    const cases: [Partial<CertificateFileNames>, string][] = [
      [{ certFile: join(folder, 'missing.pem') }, 'MLIP_E_TLS_FILES'],
      [{ certFile: written('no certificate', 'a.pem') }, 'MLIP_E_TLS_FILES'],
      [
        { caFile: written('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n', 'b.pem') },
        'MLIP_E_TLS_FILES',
      ],
      [{ keyFile: written('no key', 'c.pem') }, 'MLIP_E_TLS_FILES'],
      [{ keyFile: (await own.pair('worker')).keyFile }, 'MLIP_E_TLS_FILES'],
      [{ caFile: (await foreign.pair('worker')).caFile }, 'MLIP_E_TLS_CERTIFICATE'],
    ];
    for (const [changes, code] of cases) {
      const names = { ...pair, ...changes };
      const where = 'caFile' in changes && code.endsWith('CERTIFICATE') ? pair.certFile : Object.values(changes)[0];
      expect(() => load(names), where).toThrow(expect.objectContaining({ code, where }));
    }
  });

  it('hold a certificate that is not valid now', async () => {
    const day = 86_400_000;
    const past = await own.pair('worker', EXPIRED);
    expect(() => load(past)).toThrow(/the certificate has expired on/);
    const future = await own.pair('worker', { notBefore: new Date(Date.now() + day), days: 2 });
    expect(() => load(future)).toThrow(/is valid only from/);
  });

  it('show no key in what is said of them', async () => {
    const pair = await own.pair('worker');
    const secret = readFileSync(pair.keyFile, 'utf8').split('\n')[1];
    const damaged = written(`-----BEGIN PRIVATE KEY-----\n${secret}\n-----END PRIVATE KEY-----\n`);
    try {
      load({ ...pair, keyFile: damaged });
    } catch (error) {
      expect(error).toMatchObject({ code: 'MLIP_E_TLS_FILES' });
      expect(`${(error as Error).message} ${JSON.stringify(error)}`).not.toContain(secret);
    }
  });
});

it('a certificate may be some signatures away from its authority', async () => {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const makeKeys = () => webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const [root, middle, leaf] = await Promise.all([makeKeys(), makeKeys(), makeKeys()]);
  const sign = async (subject: string, of: webcrypto.CryptoKeyPair, issuer: string, by: webcrypto.CryptoKeyPair) => {
    const names = { subject: `CN=${subject}`, issuer: `CN=${issuer}` };
    const keys = { publicKey: of.publicKey, signingKey: by.privateKey, signingAlgorithm: algorithm };
    const extensions = [new BasicConstraintsExtension(of !== leaf)];
    const certificate = await X509CertificateGenerator.create({ ...names, ...keys, extensions });
    return `${certificate.toString('pem')}\n`;
  };
  const names = { caFile: 'ca', certFile: 'cert', keyFile: 'key' };
  const key = KeyObject.from(leaf.privateKey).export({ type: 'pkcs8', format: 'pem' }) as string;
  const [ca, between, cert] = [
    await sign('root', root, 'root', root),
    await sign('middle', middle, 'root', root),
    await sign('leaf', leaf, 'middle', middle),
  ];
  expect(() => checkCertificates({ ca, cert: cert + between, key }, names, new Date())).not.toThrow();
  expect(() => checkCertificates({ ca, cert, key }, names, new Date())).toThrow(/not of the authority in ca/);
});

describe('renewed files', () => {
  it('are taken up when the next connection asks, and not before', async () => {
    const pair = await own.pair('worker');
    const files = load(pair);
    const before = files.context;
    expect(files.context).toBe(before);
    await own.renew(pair, 'worker');
    expect(files.context).not.toBe(before);
    expect(files.options.cert).toBe(readFileSync(pair.certFile, 'utf8'));
    expect(lines.join()).toContain('the certificate was renewed');
  });

  it('that are unusable leave things as they were, with a warning, until they are repaired', async () => {
    const pair = await own.pair('worker');
    const files = load(pair);
    const before = files.context;
    const good = readFileSync(pair.keyFile, 'utf8');
    writeFileSync(pair.keyFile, 'half a ke');
    expect(files.context).toBe(before);
    expect(files.context).toBe(before);
    expect(lines.filter((line) => line.includes('a renewed certificate is not used'))).toHaveLength(1);
    writeFileSync(pair.keyFile, good);
    expect(files.context).not.toBe(before);
  });

  it('that are not valid yet are used once they are, though nobody touches them again', async () => {
    const pair = await own.pair('worker');
    const files = load(pair);
    const before = files.context;
    // In a certificate times are whole seconds.
    const validFrom = Math.ceil(Date.now() / 1000) * 1000 + 1000;
    await own.renew(pair, 'worker', { notBefore: new Date(validFrom) });
    expect(files.context).toBe(before);
    expect(files.context).toBe(before);
    expect(lines.filter((line) => line.includes('is valid only from'))).toHaveLength(1);
    await new Promise((resolve) => setTimeout(resolve, validFrom + 50 - Date.now()));
    expect(files.context).not.toBe(before);
  });

  it('are not looked for more than once a second', async () => {
    const pair = await own.pair('worker');
    const files = new TlsFiles(pair, log);
    const before = files.context;
    await own.renew(pair, 'worker');
    expect(files.context).toBe(before);
    await new Promise((resolve) => setTimeout(resolve, 1_050));
    expect(files.context).not.toBe(before);
  });
});
