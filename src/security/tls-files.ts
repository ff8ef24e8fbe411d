/**
 * The certificate, key and authority of this process, as the files are now: who renews a certificate replaces the files,
 * and the next connection uses them. Connections that are open go on.
 */
import { constants } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { type SecureContext, type SecureContextOptions, createSecureContext } from 'node:tls';
import { MlipError, messageOf } from '../core/errors.js';
import type { Logger } from '../core/log.js';
import { type CertificateFileNames, checkCertificates } from './certificates.js';
import { warnIfOpen } from './token-source.js';

/** The files are looked at no more often, however many connections come. */
const RECHECK_MS = 1_000;

export class TlsFiles {
  readonly names: CertificateFileNames;
  private readonly log: Logger;
  private readonly recheckMs: number;
  private current: { options: SecureContextOptions; context: SecureContext };
  private stamp: string;
  /** What was said last of files that are not used. */
  private said = '';
  private checkedMs = performance.now();

  /** @throws MLIP_E_TLS_FILES, MLIP_E_TLS_CERTIFICATE */
  constructor(names: CertificateFileNames, log: Logger, recheckMs = RECHECK_MS) {
    this.names = names;
    this.log = log;
    this.recheckMs = recheckMs;
    this.stamp = this.stampOf();
    this.current = load(names);
    warnIfOpen(names.keyFile, log);
  }

  /** Another object whenever the files have changed. */
  get options(): SecureContextOptions {
    this.refresh();
    return this.current.options;
  }

  get context(): SecureContext {
    this.refresh();
    return this.current.context;
  }

  /**
   * Files that are being replaced, or were replaced by something unusable, leave things as they were. They are tried again,
   * also unchanged: a certificate may not be valid yet.
   */
  private refresh(): void {
    const nowMs = performance.now();
    if (nowMs - this.checkedMs < this.recheckMs) return;
    this.checkedMs = nowMs;
    try {
      const stamp = this.stampOf();
      if (stamp === this.stamp) return;
      this.current = load(this.names);
      this.stamp = stamp;
      this.said = '';
      this.log.info('the certificate was renewed', { path: this.names.certFile });
    } catch (error) {
      this.warnOnce(messageOf(error));
    }
  }

  private warnOnce(why: string): void {
    if (why === this.said) return;
    this.said = why;
    this.log.warn(`a renewed certificate is not used: ${why}`, { path: this.names.certFile });
  }

  private stampOf(): string {
    const { caFile, certFile, keyFile } = this.names;
    return [caFile, certFile, keyFile].map(stampOfFile).join(' ');
  }
}

function stampOfFile(path: string): string {
  return reading(path, () => {
    const { mtimeMs, size, ino } = statSync(path);
    return `${mtimeMs}:${size}:${ino}`;
  });
}

function load(names: CertificateFileNames): { options: SecureContextOptions; context: SecureContext } {
  const read = (path: string): string => reading(path, () => readFileSync(path, 'utf8'));
  const texts = { ca: read(names.caFile), cert: read(names.certFile), key: read(names.keyFile) };
  checkCertificates(texts, names, new Date());
  // All ends are ours, so none is older. Without tickets nobody returns without showing a certificate that is valid now.
  const options = { ...texts, minVersion: 'TLSv1.3' as const, secureOptions: constants.SSL_OP_NO_TICKET };
  return { options, context: createSecureContext(options) };
}

function reading<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    throw new MlipError('MLIP_E_TLS_FILES', `a file of TLS cannot be read: ${messageOf(cause)}`, {
      where: path,
      cause,
    });
  }
}
