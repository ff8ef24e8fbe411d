/** The workers of a launcher. Each has a place, which decides its share of the machine and its ports. */
import type { Child } from './child.js';

export class Crew {
  /** The newest child of each place, and whether it has ended. */
  private readonly places: { child: Child; ended: boolean }[] = [];
  /** By number, of those that have joined. */
  private readonly joined = new Map<number, Child>();
  private readonly leaving = new Set<Child>();

  add(place: number, child: Child): void {
    const held = { child, ended: false };
    this.places[place] = held;
    void child.ended.then(() => (held.ended = true));
  }

  name(worker: number, child: Child): void {
    child.name = `worker ${worker}`;
    this.joined.set(worker, child);
  }

  get(worker: number): Child | undefined {
    return this.joined.get(worker);
  }

  hasJoined(child: Child): boolean {
    return [...this.joined.values()].includes(child);
  }

  /** It has been told to leave: nobody is missing when it has. */
  letGo(worker: number): void {
    const child = this.joined.get(worker);
    if (child !== undefined) this.leaving.add(child);
  }

  isLeaving(child: Child): boolean {
    return this.leaving.has(child);
  }

  /** Places to be filled so that there are so many that stay. */
  missing(workers: number): number[] {
    const staying = this.places.filter(({ child, ended }) => !ended && !this.leaving.has(child)).length;
    const free: number[] = [];
    for (let place = 0; free.length < workers - staying; place++) {
      if (this.places.at(place)?.ended !== false) free.push(place);
    }
    return free;
  }
}
