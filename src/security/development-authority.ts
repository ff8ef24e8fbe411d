/** Makes a certificate authority and certificates for trying things out, or for a cluster that has none. */
import 'reflect-metadata';
import { KeyObject, randomBytes, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { ROLE_NAMES, type Role } from './identity.js';

/** Small, quick to sign with, and known to everything. */
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 86_400_000;
/** Clocks of machines differ. */
const BACKDATED_MS = 5 * 60_000;

/** A certificate and its private key, PEM. */
export interface CertificatePair {
  cert: string;
  key: string;
}

export interface Validity {
  /** May lie in the past, for tests. */
  notBefore?: Date;
  days: number;
}

export interface LeafOptions extends Validity {
  role: Role;
  /** Names and addresses of the machine, besides the role's own name and those of the loopback interface. */
  hosts: readonly string[];
}

export interface Authority extends CertificatePair {
  /** What it has signed is worth nothing after that. */
  notAfter: Date;
  issue(options: LeafOptions): Promise<CertificatePair>;
}

export async function createAuthority(validity: Validity): Promise<Authority> {
  const keys = await generateKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    ...{ serialNumber: serialNumber(), name: `CN=mlip development authority ${randomBytes(4).toString('hex')}`, keys },
    ...{ signingAlgorithm: ALGORITHM, ...periodOf(validity) },
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return authorityOf(certificate, keys.privateKey);
}

/** The authority that an earlier `createAuthority` made. Throws where the texts are not such ones. */
export async function readAuthority({ cert, key }: CertificatePair): Promise<Authority> {
  const [, base64] = /-----BEGIN PRIVATE KEY-----([\s\S]*?)-----END PRIVATE KEY-----/.exec(key) ?? [];
  if (base64 === undefined) throw new Error('there is no private key in PKCS #8');
  const bytes = Buffer.from(base64, 'base64');
  return authorityOf(
    new X509Certificate(cert),
    await webcrypto.subtle.importKey('pkcs8', bytes, ALGORITHM, true, ['sign']),
  );
}

function authorityOf(certificate: X509Certificate, privateKey: webcrypto.CryptoKey): Authority {
  return {
    ...pairOf(certificate, privateKey),
    notAfter: certificate.notAfter,
    async issue(options) {
      const keys = await generateKeys();
      const issued = await X509CertificateGenerator.create({
        ...{ serialNumber: serialNumber(), subject: `CN=mlip ${options.role}`, issuer: certificate.subject },
        ...{ publicKey: keys.publicKey, signingKey: privateKey, signingAlgorithm: ALGORITHM, ...periodOf(options) },
        extensions: await leafExtensions(options, certificate),
      });
      return pairOf(issued, keys.privateKey);
    },
  };
}

/** Workers are both ends of the ring, and whoever is at the coordinator's machine may call it with its certificate. */
async function leafExtensions({ role, hosts }: LeafOptions, issuer: X509Certificate) {
  const names = new Set([ROLE_NAMES[role], 'localhost', '127.0.0.1', '::1', ...hosts]);
  return [
    new BasicConstraintsExtension(false),
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth, ExtendedKeyUsage.serverAuth]),
    new SubjectAlternativeNameExtension([...names].map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value }))),
    await AuthorityKeyIdentifierExtension.create(issuer),
  ];
}

async function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}

function pairOf(certificate: X509Certificate, privateKey: webcrypto.CryptoKey): CertificatePair {
  const key = KeyObject.from(privateKey).export({ type: 'pkcs8', format: 'pem' }) as string;
  return { cert: `${certificate.toString('pem')}\n`, key };
}

function periodOf({ notBefore = new Date(Date.now() - BACKDATED_MS), days }: Validity) {
  return { notBefore, notAfter: new Date(notBefore.getTime() + days * DAY_MS) };
}

/** Positive, and not shared by two certificates. */
function serialNumber(): string {
  return `01${randomBytes(15).toString('hex')}`;
}
