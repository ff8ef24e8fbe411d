/**
 * By which names browsers may call the dashboard. A page elsewhere can point a name of its own at this machine and have a browser
 * call it (DNS rebinding): that name stands in the request, and is none of ours. Addresses cannot be used so.
 */
import { isIP } from 'node:net';
import { hostname } from 'node:os';

/** @param more names besides addresses, localhost and this machine's own */
export function isOwnHost(header: string | undefined, more: readonly string[]): boolean {
  const name = nameOf(header ?? '');
  if (name === null) return false;
  return isIP(name) !== 0 || ['localhost', hostname().toLowerCase(), ...more.map(lower)].includes(name);
}

/** Without the port; null for what is no host. */
function nameOf(header: string): string | null {
  const parts = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::\d{1,5})?$/i.exec(header);
  if (parts === null) return null;
  return lower(parts.slice(1).find((part) => part !== undefined) ?? '');
}

function lower(name: string): string {
  return name.toLowerCase();
}
