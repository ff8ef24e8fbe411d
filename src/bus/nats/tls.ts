/** TLS to NATS servers: files that are there, and certificates that are for the addresses that were given. */
import type { TlsOptions } from '@nats-io/transport-node';
import { accessSync, constants } from 'node:fs';
import { isIP } from 'node:net';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import { MlipError } from '../../core/errors.js';
import type { NatsTls } from './options.js';

/** Options for the library; with them, a server without TLS is refused. */
export function tlsOptions(files: NatsTls, addresses: readonly string[]): TlsOptions {
  const { caFile, certFile, keyFile } = files;
  for (const file of [caFile, certFile, keyFile]) if (file !== undefined) requireReadable(file);
  const hosts = addresses.map((address) => address.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1'));
  const options = { ...files, checkServerIdentity: identityCheck(hosts) };
  return options;
}

/**
 * The library names the server to Node by its host name, but not by its IP address: Node then takes it for localhost. A
 * certificate must be for one of the IP addresses in that case.
 */
function identityCheck(hosts: readonly string[]): typeof checkServerIdentity {
  return (host: string, certificate: PeerCertificate) => {
    const candidates = hosts.includes(host) ? [host] : hosts.filter((address) => isIP(address) !== 0);
    const errors = candidates.map((candidate) => checkServerIdentity(candidate, certificate));
    if (errors.length === 0) return checkServerIdentity(host, certificate);
    return errors.includes(undefined) ? undefined : errors[0];
  };
}

function requireReadable(file: string): void {
  try {
    accessSync(file, constants.R_OK);
  } catch (cause) {
    throw new MlipError('MLIP_E_STORE_TLS', 'a file for TLS to the NATS server cannot be read', {
      where: file,
      remedy: 'Check MLIP_NATS_CA_FILE, MLIP_NATS_CERT_FILE and MLIP_NATS_KEY_FILE.',
      cause,
    });
  }
}
