/** The horizontal scale of a panel of the chart. */

export interface Scale {
  from: number;
  to: number;
  /** Ascending, all of them from `from` to `to`. */
  ticks: number[];
}

/** Steps of a scale, times a power of ten. */
const STEPS = [1, 2, 5, 10];
const MOST_TICKS = 4;
/** Shares and AUROCs nearer than this look nearly the same. */
const LEAST_SPAN = 0.01;

/** A scale that holds all the values, with round ticks of which the outermost are its ends. */
export function scaleFor(values: readonly number[]): Scale {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const padding = Math.max(0, (LEAST_SPAN - (most - least)) / 2);
  const [low, high] = [least - padding, most + padding];
  const span = high - low;
  const rough = span / (MOST_TICKS - 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * STEPS.find((factor) => factor * power >= rough * (1 - 1e-9))!;
  const first = Math.floor(low / step + 1e-9);
  const last = Math.max(first + 1, Math.ceil(high / step - 1e-9));
  const ticks = Array.from({ length: last - first + 1 }, (_, at) => Number(((first + at) * step).toPrecision(12)));
  return { from: ticks[0], to: ticks[ticks.length - 1], ticks };
}
