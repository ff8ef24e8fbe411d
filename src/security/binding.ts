/** Where to listen: strangers are let near a port only where TLS keeps them out, or somebody asked for it. */
import type { TlsFiles } from './tls-files.js';

export const LOOPBACK = '127.0.0.1';
const ALL = '0.0.0.0';

export function defaultInterface(tls: TlsFiles | null): string {
  return tls === null ? LOOPBACK : ALL;
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}
