/** What every store promises of its values. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_VALUE_BYTES, type Entry, type KeyChange, type KeyValue } from '../../../src/bus/store.js';
import { bytes, codeOf, fresh, text, type Opened } from './opened.js';

export function valuesContract(opened: () => Opened): void {
  const plain = (entry: Entry | null): unknown => entry && { value: text(entry.value), revision: entry.revision };

  describe('values', () => {
    const TTL_MS = 1000;
    const bucket = async (options?: { ttlMs?: number }): Promise<[KeyValue, KeyValue]> => {
      const name = fresh('bucket');
      return [await opened().store.keyValue(name, options), await opened().other.keyValue(name, options)];
    };

    it('a key that was never set is null, and is set at revision 0 by the first one only', async () => {
      const [mine, theirs] = await bucket();
      expect(await mine.get('run.1/state')).toBeNull();
      const revision = await mine.compareAndSet('run.1/state', bytes('a'), 0);
      expect(revision).toBeGreaterThan(0);
      expect(await theirs.compareAndSet('run.1/state', bytes('b'), 0)).toBeNull();
      expect(plain(await theirs.get('run.1/state'))).toEqual({ value: 'a', revision });
    });

    it('a change needs the present revision, and makes a higher one', async () => {
      const [mine, theirs] = await bucket();
      const first = (await mine.compareAndSet('key', bytes('a'), 0))!;
      const second = (await theirs.compareAndSet('key', bytes('b'), first))!;
      expect(second).toBeGreaterThan(first);
      expect(await mine.compareAndSet('key', bytes('c'), first)).toBeNull();
      expect(await mine.compareAndSet('key', bytes('c'), second + 100)).toBeNull();
      expect(await mine.compareAndSet('other', bytes('c'), second)).toBeNull();
      expect(text((await mine.get('key'))?.value)).toBe('b');
    });

    it('removal needs the present revision; afterwards the key can be set anew, at a higher revision', async () => {
      const [mine, theirs] = await bucket();
      const first = (await mine.compareAndSet('key', bytes('a'), 0))!;
      expect(await theirs.remove('key', first + 1)).toBe(false);
      expect(await theirs.remove('key', first)).toBe(true);
      expect(await theirs.remove('key', first)).toBe(false);
      expect(await mine.get('key')).toBeNull();
      expect(await mine.keys()).toEqual([]);
      expect(await mine.compareAndSet('key', bytes('b'), first)).toBeNull();
      expect(await mine.compareAndSet('key', bytes('b'), 0)).toBeGreaterThan(first);
    });

    it('of many who set a key at once, one succeeds', async () => {
      const [mine, theirs] = await bucket();
      for (let revision = 0, round = 0; round < 5; round++) {
        const results = await Promise.all(
          Array.from({ length: 10 }, (_, i) => (i % 2 ? mine : theirs).compareAndSet('key', bytes(`${i}`), revision)),
        );
        const winners = results.flatMap((result, i) => (result === null ? [] : [{ result, i }]));
        expect(winners).toHaveLength(1);
        revision = winners[0].result;
        expect(plain(await mine.get('key'))).toEqual({ value: `${winners[0].i}`, revision });
      }
    });

    it('a counter that many increase is never wrong', async () => {
      const [mine, theirs] = await bucket();
      const increase = async (keyValue: KeyValue): Promise<void> => {
        for (;;) {
          const entry = await keyValue.get('counter');
          const next = Number(text(entry?.value) ?? 0) + 1;
          if ((await keyValue.compareAndSet('counter', bytes(`${next}`), entry?.revision ?? 0)) !== null) return;
        }
      };
      await Promise.all(Array.from({ length: 40 }, (_, i) => increase(i % 2 ? mine : theirs)));
      expect(text((await mine.get('counter'))?.value)).toBe('40');
    });

    it('whatever is done, it is what a plain map would do', async () => {
      const key = fc.constantFrom('a', 'b.c', 'b/c');
      const action = fc.record({
        key,
        remove: fc.boolean(),
        stale: fc.boolean(),
        value: fc.uint8Array({ maxLength: 8 }),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(action, { maxLength: 12 }), async (actions) => {
          const [keyValue] = await bucket();
          const model = new Map<string, { value: Uint8Array; revision: number }>();
          for (const { key, remove, stale, value } of actions) {
            const now = model.get(key)?.revision ?? 0;
            const revision = stale ? now + 1000 : now;
            if (remove) {
              expect(await keyValue.remove(key, revision)).toBe(!stale && model.delete(key));
            } else {
              const set = await keyValue.compareAndSet(key, value, revision);
              expect(set === null).toBe(stale);
              if (set !== null) model.set(key, { value: Buffer.from(value), revision: set });
            }
          }
          expect(await keyValue.keys()).toEqual([...model.keys()].sort());
          for (const [key, entry] of model) {
            const found = (await keyValue.get(key))!;
            expect({ ...found, value: Buffer.from(found.value) }).toEqual(entry);
          }
        }),
        { numRuns: 15 },
      );
    });

    it('watching tells the present values, then each change, removal included', async () => {
      const [mine, theirs] = await bucket();
      await mine.compareAndSet('old', bytes('1'), 0);
      await mine.remove('gone', (await mine.compareAndSet('gone', bytes('x'), 0))!);
      const stop = new AbortController();
      const changes = theirs.watch(stop.signal)[Symbol.asyncIterator]();
      const next = async (): Promise<string> => {
        const { key, entry } = ((await changes.next()) as IteratorYieldResult<KeyChange>).value;
        return `${key}=${entry === null ? 'null' : text(entry.value)}`;
      };
      expect(await next()).toBe('old=1');
      const revision = (await mine.compareAndSet('new', bytes('2'), 0))!;
      expect(await next()).toBe('new=2');
      await mine.remove('new', revision);
      expect(await next()).toBe('new=null');
      stop.abort();
      expect((await changes.next()).done).toBe(true);
    });

    it('a value with a time to live is gone after it, unless it is set again, and can then be set at revision 0', async () => {
      const [mine, theirs] = await bucket({ ttlMs: TTL_MS });
      expect(mine.ttlMs).toBe(TTL_MS);
      const stop = new AbortController();
      const changes: string[] = [];
      const watching = (async (): Promise<void> => {
        for await (const { key, entry } of theirs.watch(stop.signal)) changes.push(`${key}:${entry === null}`);
      })();
      const first = (await mine.compareAndSet('kept', bytes('a'), 0))!;
      const left = (await mine.compareAndSet('left', bytes('a'), 0))!;
      let kept = first;
      for (let i = 0; i < 6; i++) {
        await new Promise((go) => setTimeout(go, TTL_MS / 4));
        kept = (await mine.compareAndSet('kept', bytes('a'), kept))!;
        expect(kept).not.toBeNull();
      }
      expect(await theirs.get('kept')).not.toBeNull();
      expect(await theirs.get('left')).toBeNull();
      expect(await theirs.keys()).toEqual(['kept']);
      expect(await mine.compareAndSet('left', bytes('b'), left)).toBeNull();
      expect(await theirs.compareAndSet('left', bytes('b'), 0)).toBeGreaterThan(left);
      if (opened().tellsExpiry) await expect.poll(() => changes).toContain('left:true');
      expect(changes).not.toContain('kept:true');
      stop.abort();
      await watching;
    });

    it('the longer time to live wins, whoever comes first', async () => {
      const name = fresh('bucket');
      const short = await opened().store.keyValue(name, { ttlMs: 1000 });
      const long = await opened().other.keyValue(name, { ttlMs: 60_000 });
      expect(long.ttlMs).toBe(60_000);
      await long.compareAndSet('key', bytes('a'), 0);
      expect((await opened().store.keyValue(name, { ttlMs: 1000 })).ttlMs).toBeGreaterThanOrEqual(1000);
      await new Promise((go) => setTimeout(go, 1300));
      expect(await short.compareAndSet('key', bytes('b'), 0)).toBeNull();
    });

    it.each([
      '',
      '.',
      '..',
      '../up',
      'a/../b',
      '/etc',
      'a//b',
      'a/',
      '.a',
      'a b',
      'a*',
      '>',
      'ä',
      'a\0',
      'x'.repeat(129),
    ])('the key %j is refused', async (key) => {
      const [keyValue] = await bucket();
      for (const refused of [keyValue.get(key), keyValue.compareAndSet(key, bytes(''), 0), keyValue.remove(key, 1)]) {
        expect(await codeOf(refused)).toBe('MLIP_E_STORE_NAME');
      }
    });

    it('a value that is too large is refused; the largest one comes back whole', async () => {
      const [keyValue] = await bucket();
      const largest = new Uint8Array(MAX_VALUE_BYTES).fill(7);
      expect(await codeOf(keyValue.compareAndSet('key', new Uint8Array(MAX_VALUE_BYTES + 1), 0))).toBe(
        'MLIP_E_STORE_TOO_LARGE',
      );
      await keyValue.compareAndSet('key', largest, 0);
      expect(Buffer.compare((await keyValue.get('key'))!.value, largest)).toBe(0);
    });
  });
}
