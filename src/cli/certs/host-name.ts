/** What may stand in a certificate as the name of a machine. */
import { isIP } from 'node:net';
import { InvalidArgumentError } from 'commander';

/** Names of services have underscores here and there. */
const LABEL = '[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?';
const NAME = new RegExp(`^(?=.{1,253}$)(?:\\*\\.)?${LABEL}(?:\\.${LABEL})*$`);
const NUMBER = /^\d+$/;

/** Adds to those given before, as commander has it for an option that is repeated. */
export function parseHosts(text: string, previous: string[]): string[] {
  if (!isHost(text)) {
    throw new InvalidArgumentError(
      'It must be a DNS name, perhaps with *. in front, or an IP address, without a port or spaces.',
    );
  }
  return [...previous, text];
}

function isHost(text: string): boolean {
  // A zone (fe80::1%eth0) means something on one machine only.
  if (isIP(text) !== 0) return !text.includes('%');
  // 10.0.0.256 is a mistyped address.
  return NAME.test(text) && !NUMBER.test(text.split('.').at(-1)!);
}
