/** What every store promises of its queues. */
import { describe, expect, it } from 'vitest';
import { MAX_VALUE_BYTES, type WorkQueue } from '../../../src/bus/store.js';
import { bytes, codeOf, fresh, text, type Opened } from './opened.js';

export function queueContract(opened: () => Opened): void {
  describe('a queue', () => {
    const VISIBILITY_MS = 1000;
    const queues = async (): Promise<[WorkQueue, WorkQueue]> => {
      const name = fresh('queue');
      const options = { visibilityMs: VISIBILITY_MS };
      return [await opened().store.queue(name, options), await opened().other.queue(name, options)];
    };

    it('hands out each item once, the oldest first, until it is done', async () => {
      const [mine, theirs] = await queues();
      const ids = [await mine.submit(bytes('1')), await theirs.submit(bytes('2')), await mine.submit(bytes('3'))];
      expect(new Set(ids).size).toBe(3);
      expect((await theirs.list()).map(({ id, value }) => [id, text(value)])).toEqual([
        [ids[0], '1'],
        [ids[1], '2'],
        [ids[2], '3'],
      ]);
      const first = (await mine.take({ waitMs: 0 }))!;
      const second = (await theirs.take({ waitMs: 0 }))!;
      const third = (await mine.take({ waitMs: 0 }))!;
      expect([first, second, third].map(({ id, value, attempt }) => [id, text(value), attempt])).toEqual([
        [ids[0], '1', 1],
        [ids[1], '2', 1],
        [ids[2], '3', 1],
      ]);
      expect(await theirs.take({ waitMs: 0 })).toBeNull();
      expect(await mine.depth()).toBe(3);
      await second.done();
      await second.done();
      expect(await mine.depth()).toBe(2);
      expect((await mine.list()).map(({ value }) => text(value))).toEqual(['1', '3']);
      await first.done();
      await third.done();
      expect(await theirs.depth()).toBe(0);
    });

    it('tells when an item was submitted', async () => {
      const [mine] = await queues();
      const before = Date.now();
      await mine.submit(bytes('1'));
      const [{ submittedAt }] = await mine.list();
      expect(submittedAt.getTime()).toBeGreaterThanOrEqual(before - 50);
      expect(submittedAt.getTime()).toBeLessThanOrEqual(Date.now() + 50);
    });

    it('waits for an item, and gives up in time', async () => {
      const [mine, theirs] = await queues();
      const started = performance.now();
      expect(await theirs.take({ waitMs: 150 })).toBeNull();
      expect(performance.now() - started).toBeGreaterThanOrEqual(140);
      const taking = theirs.take({ waitMs: 20_000 });
      await mine.submit(bytes('late'));
      expect(text((await taking)?.value)).toBe('late');
    });

    it('an item that is given back comes at once, before younger ones', async () => {
      const [mine, theirs] = await queues();
      await mine.submit(bytes('1'));
      await mine.submit(bytes('2'));
      await (await mine.take({ waitMs: 0 }))!.giveBack();
      const again = (await theirs.take({ waitMs: 500 }))!;
      expect([text(again.value), again.attempt]).toEqual(['1', 2]);
    });

    it('an item comes again where its taker is silent, and stays where it is kept', async () => {
      const [mine, theirs] = await queues();
      await mine.submit(bytes('silent'));
      await mine.submit(bytes('kept'));
      const silent = (await mine.take({ waitMs: 0 }))!;
      const kept = (await mine.take({ waitMs: 0 }))!;
      let again = null;
      while (again === null) {
        expect(await kept.inProgress()).toBe(true);
        again = await theirs.take({ waitMs: VISIBILITY_MS / 4 });
      }
      expect([text(again.value), again.attempt]).toEqual(['silent', 2]);
      expect(await silent.inProgress()).toBe(false);
      // Too late to give it back to a third.
      await silent.giveBack();
      expect(await again.inProgress()).toBe(true);
      expect(await mine.take({ waitMs: 0 })).toBeNull();
      // Finished is finished, whoever says so.
      await silent.done();
      expect(await theirs.depth()).toBe(1);
      await again.done();
      await kept.done();
      expect(await theirs.depth()).toBe(0);
      expect(await mine.take({ waitMs: VISIBILITY_MS * 1.2 })).toBeNull();
    });

    it('many takers share the items, none twice, none lost', async () => {
      const [mine, theirs] = await queues();
      const submitted = await Promise.all(
        Array.from({ length: 30 }, (_, i) => (i % 2 ? mine : theirs).submit(bytes(`${i}`))),
      );
      const taken: string[] = [];
      const work = async (queue: WorkQueue): Promise<void> => {
        for (let item = await queue.take({ waitMs: 0 }); item !== null; item = await queue.take({ waitMs: 0 })) {
          taken.push(item.id);
          await item.done();
        }
      };
      await Promise.all([mine, theirs, mine, theirs].map(work));
      expect(taken.sort()).toEqual(submitted.sort());
    });

    it('the longer time of visibility wins', async () => {
      const name = fresh('queue');
      await opened().store.queue(name, { visibilityMs: 1000 });
      const long = await opened().other.queue(name, { visibilityMs: 30_000 });
      expect(long.visibilityMs).toBe(30_000);
      await long.submit(bytes('1'));
      await long.take({ waitMs: 0 });
      const short = await opened().store.queue(name, { visibilityMs: 1000 });
      expect(await short.take({ waitMs: 1300 })).toBeNull();
    });

    it('an item that nobody works on can be withdrawn, and the others keep their order', async () => {
      const [mine, theirs] = await queues();
      const ids = [];
      for (const value of ['1', '2', '3', '4']) ids.push(await mine.submit(bytes(value)));
      const first = (await theirs.take({ waitMs: 0 }))!;
      expect(await mine.withdraw(ids[2])).toBe(true);
      expect(await mine.withdraw(ids[2])).toBe(false);
      expect(await mine.withdraw('of-nobody')).toBe(false);
      expect(await mine.withdraw('../items')).toBe(false);
      // Somebody works on it, and goes on undisturbed.
      expect(await mine.withdraw(ids[0])).toBe(false);
      expect(await first.inProgress()).toBe(true);
      expect((await theirs.list()).map(({ value }) => text(value))).toEqual(['1', '2', '4']);
      await first.giveBack();
      expect(await theirs.withdraw(ids[0])).toBe(true);
      const left = [(await theirs.take({ waitMs: 500 }))!, (await mine.take({ waitMs: 500 }))!];
      expect(left.map(({ value }) => text(value))).toEqual(['2', '4']);
      for (const item of left) await item.done();
      expect(await mine.withdraw(ids[1])).toBe(false);
      expect(await mine.depth()).toBe(0);
    });

    it('an item that is withdrawn and taken at the same time is one or the other', async () => {
      const [mine, theirs] = await queues();
      for (let round = 0; round < 10; round++) {
        const id = await mine.submit(bytes(`${round}`));
        const [withdrawn, taken] = await Promise.all([mine.withdraw(id), theirs.take({ waitMs: 0 })]);
        expect(withdrawn && taken !== null).toBe(false);
        await taken?.done();
        if (!withdrawn && taken === null) expect(await mine.withdraw(id)).toBe(true);
        expect(await mine.depth()).toBe(0);
      }
    });

    it('an item that is too large is refused', async () => {
      const [mine] = await queues();
      expect(await codeOf(mine.submit(new Uint8Array(MAX_VALUE_BYTES + 1)))).toBe('MLIP_E_STORE_TOO_LARGE');
      expect(await mine.depth()).toBe(0);
    });
  });
}
