/** Slices of time that stand on a thread: one after the other, or one within another; never across each other. */

export interface Slice {
  name: string;
  track: string;
  /** Microseconds. */
  start: number;
  end: number;
  args: Record<string, unknown>;
}

export interface Lane {
  name: string;
  slices: Slice[];
}

/** Above what times of two steps may overlap by rounding, in microseconds. */
const ROUNDING = 2_000;

/** As many threads as it takes, of which the first is named like the track. */
export function assignLanes(track: string, slices: readonly Slice[]): Lane[] {
  const lanes: Thread[] = [];
  // Where two begin together, the longer one holds the other.
  for (const slice of [...slices].sort((a, b) => a.start - b.start || b.end - a.end)) {
    if (lanes.some((lane) => lane.take(slice))) continue;
    const lane = new Thread();
    lane.take(slice);
    lanes.push(lane);
  }
  return lanes.map((lane, index) => ({ name: index === 0 ? track : `${track} ${index + 1}`, slices: lane.slices }));
}

class Thread {
  readonly slices: Slice[] = [];
  /** Ends of those that are under way, the outermost first. */
  private readonly open: number[] = [];

  /** In order of their starts; false for one that would stand across another. */
  take(slice: Slice): boolean {
    while (this.open.length > 0 && this.open.at(-1)! <= slice.start) this.open.pop();
    const end = this.open.at(-1) ?? Infinity;
    if (slice.end <= end) return this.place(slice);
    // A step that seems to begin before the one before it has ended begins when that ends.
    if (end - slice.start > ROUNDING) return false;
    return this.take({ ...slice, start: end });
  }

  private place(slice: Slice): true {
    this.open.push(slice.end);
    this.slices.push(slice);
    return true;
  }
}
