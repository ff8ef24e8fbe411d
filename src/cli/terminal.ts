/** What the command line writes: answers on stdout, everything else on stderr. Colours only on a terminal, NO_COLOR obeyed. */
import pc from 'picocolors';

/** For stderr: picocolors itself looks at stdout, and colours wherever the variable CI is set. */
export const hasColours = pc.isColorSupported && process.stderr.isTTY === true;
export const colours = pc.createColors(hasColours);

/** The same for stdout. */
export const answerColours = pc.createColors(pc.isColorSupported && process.stdout.isTTY === true);

/** The answer of a command: text for people, or one JSON object where `--json` was given. */
export function answer(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function answerJson(value: unknown): void {
  answer(JSON.stringify(value));
}

/** Progress, notices and errors. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
