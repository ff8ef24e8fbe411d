/** What every store promises of its logs of events. */
import { describe, expect, it } from 'vitest';
import { bytes, fresh, take, text, type Opened } from './opened.js';

export function eventsContract(opened: () => Opened): void {
  describe('a log of events', () => {
    it('is read in the order in which it was written, from any place', async () => {
      const name = fresh('log');
      const [mine, theirs] = [await opened().store.events(name), await opened().other.events(name)];
      expect(await take(mine.read(), 9)).toEqual([]);
      const sequences: number[] = [];
      for (let i = 0; i < 6; i++) sequences.push(await (i % 2 ? mine : theirs).append(bytes(`${i}`)));
      expect([...sequences].sort((a, b) => a - b)).toEqual(sequences);
      const all = await take(theirs.read(), 9);
      expect(all.map(({ sequence, value }) => [sequence, text(value)])).toEqual(
        sequences.map((sequence, i) => [sequence, `${i}`]),
      );
      expect((await take(mine.read({ from: sequences[4] }), 9)).map(({ value }) => text(value))).toEqual(['4', '5']);
      expect(await take(mine.read({ from: sequences[5] + 1 }), 9)).toEqual([]);
    });

    it('logs are apart', async () => {
      const [one, two] = [await opened().store.events(fresh('log')), await opened().store.events(fresh('log'))];
      await one.append(bytes('1'));
      await two.append(bytes('2'));
      expect((await take(one.read(), 9)).map(({ value }) => text(value))).toEqual(['1']);
    });

    it('is followed as it grows, until the signal', async () => {
      const name = fresh('log');
      const [mine, theirs] = [await opened().store.events(name), await opened().other.events(name)];
      await mine.append(bytes('before'));
      const stop = new AbortController();
      const events = theirs.read({ follow: true, signal: stop.signal })[Symbol.asyncIterator]();
      const next = async (): Promise<string | undefined> =>
        text(((await events.next()) as IteratorYieldResult<{ value: Uint8Array }>).value.value);
      expect(await next()).toBe('before');
      await mine.append(bytes('after'));
      expect(await next()).toBe('after');
      const last = events.next();
      stop.abort();
      expect((await last).done).toBe(true);
    });

    it('of many who write at once nothing is lost, and followers see each event once', async () => {
      const name = fresh('log');
      const [mine, theirs] = [await opened().store.events(name), await opened().other.events(name)];
      const following = take(theirs.read({ follow: true }), 60);
      const sequences = await Promise.all(
        Array.from({ length: 60 }, (_, i) => (i % 2 ? mine : theirs).append(bytes(`${i}`))),
      );
      const seen = await following;
      expect(new Set(sequences).size).toBe(60);
      expect(seen.map(({ sequence }) => sequence)).toEqual([...sequences].sort((a, b) => a - b));
      expect(new Set(seen.map(({ value }) => text(value))).size).toBe(60);
    });
  });
}
