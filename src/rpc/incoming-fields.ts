/** Bounds on what stands in a worker's messages. They are of trusted machines, yet one bug or break-in must not spread. */
import { MlipError } from '../core/errors.js';

/** Longest text of a field, in characters; of a field that is not here, `OTHER`. */
const LONGEST: Readonly<Record<string, number>> = {
  host: 253,
  version: 64,
  device: 128,
  code: 64,
  path: 4096,
  message: 2_100,
  where: 2_100,
  remedy: 2_100,
  fields: 4_096,
  report: 131_072,
};
const OTHER = 1_024;

/** Only these may have line ends. */
const PROSE: ReadonlySet<string> = new Set(['message', 'where', 'remedy']);

/** Entries of a map and of a list. Maps name values that become columns, labels and tags. */
const MOST_ENTRIES = 64;
const MOST_ITEMS = 65_536;
const NAME = /^[A-Za-z][\w./-]{0,63}$/;

/** Host names and addresses: other workers will call them. */
const HOST = /^[A-Za-z0-9]([\w.-]*|[0-9a-fA-F:.]*(%[\w.-]+)?)$|^::[0-9a-fA-F:.]*$/;

/** Halves of characters count as well; of these, prose may have line ends. */
const CONTROL = /[\p{Cc}\p{Cs}]/u;
const CONTROL_IN_PROSE = /(?![\n\t])[\p{Cc}\p{Cs}]/u;

/** Throws MLIP_E_LIMIT for a message as decoding gives it. */
export function checkFields(message: object): void {
  // Only own keys: what was not sent stands on the prototype.
  for (const [name, value] of Object.entries(message)) checkField(name, value);
}

function checkField(name: string, value: unknown): void {
  if (typeof value === 'string') checkText(name, value);
  else if (Array.isArray(value)) checkList(name, value);
  else if (isMap(value)) checkMap(name, value);
  else if (typeof value === 'object' && value !== null && !(value instanceof Uint8Array)) checkFields(value);
}

function checkText(name: string, text: string): void {
  const most = LONGEST[name] ?? OTHER;
  if (text.length > most) throw limit(`"${name}" has ${text.length} characters, more than ${most}`);
  const control = PROSE.has(name) ? CONTROL_IN_PROSE : CONTROL;
  if (control.test(text)) throw limit(`"${name}" has control characters`);
  if (name === 'host' && text !== '' && !HOST.test(text)) throw limit('"host" is no name or address of a machine');
}

function checkList(name: string, items: readonly unknown[]): void {
  if (items.length > MOST_ITEMS) throw limit(`"${name}" has ${items.length} items, more than ${MOST_ITEMS}`);
  for (const item of items) checkField(name, item);
}

function checkMap(name: string, map: object): void {
  const entries = Object.entries(map);
  if (entries.length > MOST_ENTRIES) throw limit(`"${name}" has ${entries.length} entries, more than ${MOST_ENTRIES}`);
  for (const [key, value] of entries) {
    if (!NAME.test(key)) throw limit(`"${name}" has an entry whose name is not letters, digits and _ . / -`);
    checkField(name, value);
  }
}

/** Messages are objects of their class, maps plain ones. */
function isMap(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function limit(message: string): MlipError {
  return new MlipError('MLIP_E_LIMIT', message);
}
