/** The files of `mlip certs`. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MlipError, messageOf } from '../../core/errors.js';
import { type Authority, createAuthority, readAuthority } from '../../security/development-authority.js';
import type { Role } from '../../security/identity.js';
import { createPrivately } from '../../security/token-source.js';

export interface CertificateRequest {
  out: string;
  /** Names and addresses of their machines. */
  hosts: Record<Role, readonly string[]>;
  days: number;
  /** Holds the authority of an earlier call; without it a new one is made. */
  authorityDirectory?: string | undefined;
}

/** Names in a directory. */
const FILES = {
  ca: 'ca.pem',
  caKey: 'ca-key.pem',
  coordinator: 'coordinator.pem',
  coordinatorKey: 'coordinator-key.pem',
  worker: 'worker.pem',
  workerKey: 'worker-key.pem',
} as const;

type FileName = keyof typeof FILES;

/** An authority outlives the certificates that it signs: a day longer than ten years. */
const AUTHORITY_DAYS = 3651;
const DAY_MS = 86_400_000;

/**
 * The paths of what was made.
 *
 * @throws MLIP_E_CERTS_EXIST, MLIP_E_TLS_FILES, MLIP_E_TLS_CERTIFICATE, MLIP_E_USAGE before anything is written
 */
export async function writeCertificates(request: CertificateRequest): Promise<Partial<Record<FileName, string>>> {
  const { out, authorityDirectory } = request;
  refuseToOverwrite(out);
  const authority = await authorityFrom(authorityDirectory);
  requireOutlived(authority, request);
  const texts = await issueAll(authority, request, authorityDirectory === undefined);
  return writing(out, () => {
    mkdirSync(out, { recursive: true });
    const written = Object.entries(texts).map(([name, text]) => [
      name,
      write(join(out, FILES[name as FileName]), text),
    ]);
    return Object.fromEntries(written) as Partial<Record<FileName, string>>;
  });
}

function refuseToOverwrite(out: string): void {
  const there = Object.values(FILES).find((name) => existsSync(join(out, name)));
  if (there !== undefined) throw exists(join(out, there));
}

async function authorityFrom(directory: string | undefined): Promise<Authority> {
  if (directory === undefined) return createAuthority({ days: AUTHORITY_DAYS });
  try {
    const read = (name: string): string => readFileSync(join(directory, name), 'utf8');
    return await readAuthority({ cert: read(FILES.ca), key: read(FILES.caKey) });
  } catch (cause) {
    throw new MlipError('MLIP_E_TLS_FILES', `there is no authority of \`mlip certs\` there: ${messageOf(cause)}`, {
      where: directory,
      cause,
    });
  }
}

/** A certificate that says it is valid for longer would be refused all the same, on a day that nobody expects. */
function requireOutlived({ notAfter }: Authority, { days, authorityDirectory }: CertificateRequest): void {
  const left = Math.floor((notAfter.getTime() - Date.now()) / DAY_MS);
  if (days <= left) return;
  const where = authorityDirectory ?? '--days';
  const end = notAfter.toISOString().slice(0, 10);
  if (left < 1) {
    const remedy = 'Make a new authority: `mlip certs` without --authority; give everybody both until all are renewed.';
    throw new MlipError('MLIP_E_TLS_CERTIFICATE', `the authority ends, or has ended, on ${end}`, { where, remedy });
  }
  throw new MlipError(
    'MLIP_E_USAGE',
    `certificates for ${days} days would outlive their authority, which ends on ${end}`,
    {
      where,
      remedy: `Choose --days ${left} or less; short-lived certificates are safer.`,
    },
  );
}

async function issueAll(
  authority: Authority,
  { hosts, days }: CertificateRequest,
  withAuthorityKey: boolean,
): Promise<Partial<Record<FileName, string>>> {
  const coordinator = await authority.issue({ role: 'coordinator', hosts: hosts.coordinator, days });
  const worker = await authority.issue({ role: 'worker', hosts: hosts.worker, days });
  return {
    ca: authority.cert,
    ...(withAuthorityKey ? { caKey: authority.key } : {}),
    coordinator: coordinator.cert,
    coordinatorKey: coordinator.key,
    worker: worker.cert,
    workerKey: worker.key,
  };
}

/** Keys from the start for their owner alone; what is there stays as it is. */
function write(path: string, text: string): string {
  if (!path.endsWith('-key.pem')) writeFileSync(path, text, { flag: 'wx' });
  else if (!createPrivately(path, text)) throw exists(path);
  return path;
}

function exists(path: string): MlipError {
  return new MlipError('MLIP_E_CERTS_EXIST', 'there are certificates already', {
    where: path,
    remedy: 'Choose another --out; to renew them, sign new ones with --authority and move those in place.',
  });
}

function writing<T>(out: string, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    if (cause instanceof MlipError) throw cause;
    throw new MlipError('MLIP_E_OUT_WRITE', `certificates cannot be written: ${messageOf(cause)}`, {
      where: out,
      cause,
    });
  }
}
