/** The phases of a step as a small bar: a letter for each, as wide as its share of the time. */
import { PHASES, type Phase } from '../../worker/step-clock.js';

const WIDTH = 24;

const LETTERS: Readonly<Record<Phase, string>> = {
  ...{ data: 'd', encode: 'e', gather: 'g', loss: 'l', backward: 'b', reduce: 'r', update: 'u' },
};

export const LEGEND = PHASES.map((phase) => `${LETTERS[phase]} ${phase}`).join(', ');

/** `ddeeeeeegbbbbbbbbbbbrrrru`; empty before the first step. */
export function phaseBar(phaseSeconds: Readonly<Record<string, number>>): string {
  const total = stepSeconds(phaseSeconds);
  if (total === 0) return '';
  let [past, drawn] = [0, 0];
  // Each phase ends where its time does, so that the widths add up.
  return PHASES.map((phase) => {
    past += phaseSeconds[phase] ?? 0;
    const end = Math.round((past / total) * WIDTH);
    const part = LETTERS[phase].repeat(end - drawn);
    drawn = end;
    return part;
  }).join('');
}

export function stepSeconds(phaseSeconds: Readonly<Record<string, number>>): number {
  return PHASES.reduce((sum, phase) => sum + (phaseSeconds[phase] ?? 0), 0);
}
