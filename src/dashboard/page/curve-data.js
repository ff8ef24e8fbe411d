// The numbers of the curves, in bounded memory: beyond so many points the server is asked for curves with fewer.
import { get, runPath } from './server.js';

/** Buckets that are asked for, and points that are kept at most. */
const WANTED = 800;
const MOST = 4_000;

/** @typedef {import('./types.js').Numbers} Numbers */

export class CurveData {
  /** @type {number[]} */
  steps = [];
  /** @type {Map<string, (number | null)[]>} */
  series = new Map();
  /** @type {{ from: number, to: number } | null} */
  zoom = null;

  /** @param {string} run */
  constructor(run) {
    this.run = run;
    this.asking = false;
  }

  /** Asks the server for all of it. */
  async load() {
    const range = this.zoom === null ? '' : `&from=${this.zoom.from}&to=${this.zoom.to}`;
    this.asking = true;
    try {
      const drawn = await get(runPath(this.run, `curves?most=${WANTED}${range}`));
      this.take(drawn);
    } finally {
      this.asking = false;
    }
  }

  /** @param {import('./types.js').DrawnCurves} drawn */
  take({ steps, series }) {
    this.steps = steps;
    this.series = new Map(Object.entries(series));
  }

  /**
   * True where the server is to be asked again: a curve has become too long.
   *
   * @param {Numbers[]} lines
   */
  add(lines) {
    if (this.zoom !== null) return false;
    for (const line of lines) this.addLine(line);
    return this.steps.length > MOST && !this.asking;
  }

  /** @param {Numbers} line */
  addLine({ step, ...values }) {
    if (step === null || step <= (this.steps.at(-1) ?? -Infinity)) return;
    const before = this.steps.length;
    this.steps.push(step);
    for (const [name, value] of Object.entries(values)) {
      if (typeof value !== 'number' && value !== null) continue;
      if (!this.series.has(name)) this.series.set(name, new Array(before).fill(null));
    }
    for (const [name, points] of this.series) points.push(values[name] ?? null);
  }
}

/**
 * The moving average that leaves each step `share` of what was before; 0 changes nothing.
 *
 * @param {(number | null)[]} values
 * @param {number} share
 */
export function smooth(values, share) {
  if (share === 0) return values;
  /** @type {number | null} */
  let average = null;
  return values.map((value) => {
    if (value === null) return null;
    average = average === null ? value : share * average + (1 - share) * value;
    return average;
  });
}
