/** Shortens lists of names that differ in a number: `blocks.0.norm`, `blocks.1.norm` -> `blocks.{0-1}.norm`. */

/** The first number that stands by itself between dots. */
const NUMBERED = /^(.*?\.)(\d+)(\..*)$/;

/** One line for all names that differ only in that number, at the place of the first of them. */
export function foldNumbers(names: readonly string[]): string[] {
  const groups = new Map<string, number[]>();
  for (const name of names) {
    const [, before, number, after] = NUMBERED.exec(name) ?? [];
    const key = number === undefined ? name : `${before}\0${after}`;
    groups.set(key, [...(groups.get(key) ?? []), ...(number === undefined ? [] : [Number(number)])]);
  }
  return Array.from(groups, ([key, numbers]) => key.replace('\0', ranges(numbers)));
}

/** `0`, `{0-11}`, `{0,2-3}` */
function ranges(numbers: number[]): string {
  if (numbers.length === 1) return String(numbers[0]);
  const runs: [number, number][] = [];
  for (const number of [...numbers].sort((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last !== undefined && number === last[1] + 1) last[1] = number;
    else runs.push([number, number]);
  }
  return `{${runs.map(([first, last]) => (first === last ? first : `${first}-${last}`)).join(',')}}`;
}
