/**
 * Paths that stand in log lines, run.json and messages, and that a shell must be able to name: an end of line in one would
 * forge a line of a log, and a coordinator takes no message with a control character in a path.
 */
import { MlipError } from './errors.js';

/** Control characters, NUL and line ends among them, the separators of lines and paragraphs, halves of characters. */
const ODD = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Whether a path is one that an output directory may have. */
export function isPlainPath(path: string): boolean {
  return path.trim() !== '' && path.search(ODD) === -1;
}

/** @throws MLIP_E_OUT_PATH. Returns the path of an output directory as it is. */
export function requirePlainPath(path: string): string {
  if (isPlainPath(path)) return path;
  const what = path.trim() === '' ? 'is empty' : 'has control characters';
  throw new MlipError('MLIP_E_OUT_PATH', `the path of the output directory ${what}`, {
    where: `--out ${shown(path)}`,
    remedy: 'Name a directory without line ends and other control characters, and look how the name was made.',
  });
}

/** With what cannot be seen in it: `runs/a\u{a}b`. */
function shown(path: string): string {
  return `"${path.replace(ODD, (odd) => `\\u{${odd.codePointAt(0)!.toString(16)}}`)}"`;
}
