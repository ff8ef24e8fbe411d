/**
 * The numbers of metrics.jsonl in bounded memory, however long the run: neighbouring steps share a bucket of which the lowest and the
 * highest value are kept, in the order in which they came. Where the buckets run out, each takes its neighbour in.
 */

/** Curves over common steps. What is no number, as in a step that was skipped, is null. */
export interface DrawnCurves {
  steps: number[];
  series: Record<string, (number | null)[]>;
}

/** Far more than a screen has pixels, so that there is detail to look into. */
const MOST_BUCKETS = 8_192;
/** A step that reports more would be no run of ours. */
const MOST_SERIES = 64;

/** Of one number: the values of all buckets. NaN stands for none. */
interface Series {
  low: Float64Array;
  high: Float64Array;
  /** 1 where the lowest came before the highest. */
  rising: Uint8Array;
}

interface Extremes {
  low: number;
  high: number;
  rising: number;
}

/** Buckets, the last one left out. */
interface Range {
  begin: number;
  end: number;
}

export class Curves {
  private readonly mostBuckets: number;
  private readonly first: Float64Array;
  private readonly last: Float64Array;
  private readonly series = new Map<string, Series>();
  /** Steps in each bucket. */
  private width = 1;
  private count = 0;
  private newest = -Infinity;

  constructor(mostBuckets = MOST_BUCKETS) {
    this.mostBuckets = mostBuckets;
    this.first = new Float64Array(mostBuckets);
    this.last = new Float64Array(mostBuckets);
  }

  get steps(): number {
    return this.count;
  }

  /** False for a line that is out of order or has no step. */
  add({ step, ...values }: Record<string, unknown>): boolean {
    if (typeof step !== 'number' || !(step > this.newest)) return false;
    this.newest = step;
    if (this.count === this.width * this.mostBuckets) this.halve();
    const bucket = Math.floor(this.count / this.width);
    if (this.count % this.width === 0) this.open(bucket, step);
    this.last[bucket] = step;
    this.count++;
    for (const [name, value] of Object.entries(values)) if (typeof value === 'number') this.put(name, bucket, value);
    return true;
  }

  /** Between two steps, with at most `most` buckets: twice as many points. */
  draw(most: number, from = -Infinity, to = Infinity): DrawnCurves {
    const used = Math.ceil(this.count / this.width);
    let [start, end] = [0, used];
    while (start < end && this.last[start] < from) start++;
    while (end > start && this.first[end - 1] > to) end--;
    const size = Math.max(1, Math.ceil((end - start) / most));
    const groups = Array.from({ length: Math.ceil((end - start) / size) }, (_, index) => {
      const begin = start + index * size;
      return { begin, end: Math.min(begin + size, end) };
    });
    const stepsOf = ({ begin, end }: Range): number[] => [...new Set([this.first[begin], this.last[end - 1]])];
    const steps = groups.map(stepsOf);
    const series = [...this.series].map(([name, values]) => [
      name,
      groups.flatMap((group, index) => points(mergeRange(values, group), steps[index].length)),
    ]);
    return { steps: steps.flat(), series: Object.fromEntries(series) as DrawnCurves['series'] };
  }

  private open(bucket: number, step: number): void {
    this.first[bucket] = step;
    for (const values of this.series.values()) values.low[bucket] = values.high[bucket] = NaN;
  }

  private put(name: string, bucket: number, value: number): void {
    const values = this.series.get(name) ?? this.begin(name);
    if (values === null) return;
    const merged = merge(extremesAt(values, bucket), { low: value, high: value, rising: 1 });
    values.low[bucket] = merged.low;
    values.high[bucket] = merged.high;
    values.rising[bucket] = merged.rising;
  }

  private begin(name: string): Series | null {
    if (this.series.size === MOST_SERIES) return null;
    const none = (): Float64Array => new Float64Array(this.mostBuckets).fill(NaN);
    const values = { low: none(), high: none(), rising: new Uint8Array(this.mostBuckets) };
    this.series.set(name, values);
    return values;
  }

  private halve(): void {
    const half = this.mostBuckets / 2;
    for (let to = 0; to < half; to++) {
      this.first[to] = this.first[2 * to];
      this.last[to] = this.last[2 * to + 1];
      for (const values of this.series.values()) {
        const merged = mergeRange(values, { begin: 2 * to, end: 2 * to + 2 });
        values.low[to] = merged.low;
        values.high[to] = merged.high;
        values.rising[to] = merged.rising;
      }
    }
    this.width *= 2;
  }
}

function extremesAt({ low, high, rising }: Series, bucket: number): Extremes {
  return { low: low[bucket], high: high[bucket], rising: rising[bucket] };
}

function mergeRange(values: Series, { begin, end }: Range): Extremes {
  let merged = extremesAt(values, begin);
  for (let bucket = begin + 1; bucket < end; bucket++) merged = merge(merged, extremesAt(values, bucket));
  return merged;
}

function merge(earlier: Extremes, later: Extremes): Extremes {
  if (Number.isNaN(earlier.low)) return later;
  if (Number.isNaN(later.low)) return earlier;
  const [lowLater, highLater] = [later.low < earlier.low, later.high > earlier.high];
  const [low, high] = [lowLater ? later.low : earlier.low, highLater ? later.high : earlier.high];
  if (lowLater === highLater) return { low, high, rising: lowLater ? later.rising : earlier.rising };
  return { low, high, rising: highLater ? 1 : 0 };
}

/** @param count of points to draw: one where there is a single step */
function points({ low, high, rising }: Extremes, count: number): (number | null)[] {
  const values = count === 1 ? [low] : rising ? [low, high] : [high, low];
  // Infinity is no JSON either.
  return values.map((value) => (Number.isFinite(value) ? value : null));
}
