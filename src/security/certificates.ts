/** Looks at our own certificate before anybody else does: what is wrong with it is said best where it lies. */
import { X509Certificate, createPrivateKey, type KeyObject } from 'node:crypto';
import { MlipError, messageOf } from '../core/errors.js';

/** Contents of the three files, PEM. */
export interface CertificateTexts {
  ca: string;
  cert: string;
  key: string;
}

export interface CertificateFileNames {
  /** Certificates of the authorities that are trusted. */
  caFile: string;
  /** Our certificate, then those between it and the authority, where there are any. */
  certFile: string;
  /** Its private key. */
  keyFile: string;
}

/**
 * Throws MLIP_E_TLS_FILES for files that are no certificates or do not belong together, MLIP_E_TLS_CERTIFICATE for one
 * that the other end would refuse.
 */
export function checkCertificates(texts: CertificateTexts, names: CertificateFileNames, now: Date): void {
  const authorities = certificatesOf(texts.ca, names.caFile);
  const [own, ...between] = certificatesOf(texts.cert, names.certFile);
  if (!own.checkPrivateKey(keyOf(texts.key, names.keyFile))) {
    throw unusable(names.keyFile, `the private key is not that of the certificate in ${names.certFile}`);
  }
  checkTime(own, names.certFile, now);
  if (!leadsTo(own, between, authorities)) {
    throw refused(names.certFile, `the certificate is not of the authority in ${names.caFile}`);
  }
}

function certificatesOf(text: string, path: string): X509Certificate[] {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g);
  if (blocks === null) throw unusable(path, 'there is no certificate in PEM in the file');
  try {
    return blocks.map((block) => new X509Certificate(block));
  } catch (cause) {
    throw unusable(path, `the certificate cannot be read: ${messageOf(cause)}`, cause);
  }
}

function keyOf(text: string, path: string): KeyObject {
  try {
    return createPrivateKey(text);
  } catch (cause) {
    throw unusable(path, 'there is no private key in PEM, without a passphrase, in the file', cause);
  }
}

function checkTime({ validFrom, validTo }: X509Certificate, path: string, now: Date): void {
  if (now > new Date(validTo)) throw refused(path, `the certificate has expired on ${validTo}`);
  if (now < new Date(validFrom)) throw refused(path, `the certificate is valid only from ${validFrom} on`);
}

/** Follows the signatures from a certificate up to an authority. */
function leadsTo(own: X509Certificate, between: X509Certificate[], authorities: X509Certificate[]): boolean {
  const signed = (issuer: X509Certificate): boolean => own.checkIssued(issuer) && own.verify(issuer.publicKey);
  if (authorities.some(signed)) return true;
  const next = between.findIndex(signed);
  return next >= 0 && leadsTo(between[next], between.toSpliced(next, 1), authorities);
}

function unusable(where: string, message: string, cause?: unknown): MlipError {
  return new MlipError('MLIP_E_TLS_FILES', message, {
    where,
    remedy: 'Name certificate, key and authority by --tls-cert, --tls-key and --tls-ca; `mlip certs` makes them.',
    cause,
  });
}

function refused(where: string, message: string): MlipError {
  return new MlipError('MLIP_E_TLS_CERTIFICATE', message, { where, remedy: 'Renew it; `mlip certs` makes new ones.' });
}
