/** Addresses of the form HOST:PORT. */
import { MlipError } from '../core/errors.js';

export interface Address {
  host: string;
  port: number;
}

/** Reads `HOST:PORT` or `[IPV6]:PORT`. */
export function parseAddress(text: string): Address {
  const match = /^(\[[0-9a-fA-F:.]+\]|[^:\s]+):(\d{1,5})$/.exec(text);
  const port = Number(match?.[2]);
  if (match === null || port < 1 || port > 65535) {
    throw new MlipError('MLIP_E_RPC_ADDRESS', `"${text}" is no address`, {
      remedy: 'Write HOST:PORT, for example 10.0.0.5:7070.',
    });
  }
  return { host: match[1], port };
}

/** `HOST:PORT`, with brackets around an IPv6 address. */
export function formatAddress(host: string, port: number): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** `HOST` or `HOST:PORT`; an IPv6 address with a port is in brackets. */
export function splitAddress(text: string): { host: string; port: number | undefined } {
  const match = /^(?:\[(.+)\]|([^:]+)):(\d+)$/.exec(text);
  return match === null ? { host: text, port: undefined } : { host: match[1] ?? match[2], port: Number(match[3]) };
}
