/** What every store promises of its objects. */
import { describe, expect, it } from 'vitest';
import { readObject } from '../../../src/bus/store.js';
import { bytes, codeOf, fresh, text, type Opened } from './opened.js';

export function objectsContract(opened: () => Opened): void {
  async function* pieces(...parts: Uint8Array[]): AsyncGenerator<Uint8Array> {
    yield* parts;
  }

  describe('objects', () => {
    const large = Buffer.alloc(3_000_001, 'mlip');

    it('come back as they were put, from memory and from a stream', async () => {
      const name = fresh('bucket');
      const [mine, theirs] = [await opened().store.objects(name), await opened().other.objects(name)];
      const info = await mine.put('step-1/model.bin', large);
      expect(info).toMatchObject({ name: 'step-1/model.bin', bytes: large.length });
      expect(info.sha256).toMatch(/^[0-9a-f]{64}$/);
      expect(await theirs.put('copy', pieces(large.subarray(0, 1_000_000), large.subarray(1_000_000)))).toEqual({
        ...info,
        name: 'copy',
      });
      for (const object of ['step-1/model.bin', 'copy']) {
        expect(large.equals(await readObject(theirs, object))).toBe(true);
      }
      expect(await mine.find('copy')).toEqual({ ...info, name: 'copy' });
      expect((await theirs.list()).map((object) => object.name)).toEqual(['copy', 'step-1/model.bin']);
    });

    it('may be empty, be replaced and be removed', async () => {
      const objects = await opened().store.objects(fresh('bucket'));
      expect(await objects.list()).toEqual([]);
      await objects.put('a', new Uint8Array());
      expect((await readObject(objects, 'a')).length).toBe(0);
      await objects.put('a', bytes('one'));
      await objects.put('a', bytes('two'));
      expect(text(await readObject(objects, 'a'))).toBe('two');
      expect(await objects.list()).toHaveLength(1);
      expect(await objects.remove('a')).toBe(true);
      expect(await objects.remove('a')).toBe(false);
      expect(await objects.find('a')).toBeNull();
      expect(await objects.list()).toEqual([]);
      expect(await codeOf(readObject(objects, 'a'))).toBe('MLIP_E_STORE_MISSING');
      await objects.put('a', bytes('three'));
      expect(text(await readObject(objects, 'a'))).toBe('three');
    });

    it('objects are listed while others are removed', async () => {
      const bucket = fresh('bucket');
      const [mine, theirs] = [await opened().store.objects(bucket), await opened().other.objects(bucket)];
      await mine.put('stays', bytes('here'));
      for (let round = 0; round < 5; round++) {
        const names = Array.from({ length: 8 }, (_, i) => `goes/${i}`);
        for (const name of names) await mine.put(name, bytes('soon gone'));
        const removing = Promise.all(names.map((name) => theirs.remove(name)));
        const lists = await Promise.all(Array.from({ length: 8 }, () => mine.list()));
        await removing;
        for (const list of lists) expect(list.map(({ name }) => name)).toContain('stays');
      }
    });

    it('an object whose source fails is not there, and the failure is the source’s own', async () => {
      const objects = await opened().store.objects(fresh('bucket'));
      await objects.put('a', bytes('before'));
      const broken = async function* (): AsyncGenerator<Uint8Array> {
        yield large;
        throw new Error('the source broke');
      };
      await expect(objects.put('a', broken())).rejects.toThrow('the source broke');
      await expect(objects.put('b', broken())).rejects.toThrow('the source broke');
      expect(text(await readObject(objects, 'a'))).toBe('before');
      expect((await objects.list()).map(({ name }) => name)).toEqual(['a']);
    });

    it.each(['', '../x', 'a/../b', '/a', 'a\\b', '.hidden'])('the name %j is refused', async (name) => {
      const objects = await opened().store.objects(fresh('bucket'));
      for (const refused of [
        objects.put(name, large),
        readObject(objects, name),
        objects.find(name),
        objects.remove(name),
      ]) {
        expect(await codeOf(refused)).toBe('MLIP_E_STORE_NAME');
      }
    });
  });
}
