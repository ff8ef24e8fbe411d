/** What every store promises of itself. */
import { expect, it } from 'vitest';
import { bytes, codeOf, take, type Opened } from './opened.js';

export function wholeContract(opened: () => Opened): void {
  it.each(['', '..', 'a/b', 'a.b', 'a b', '*', 'x'.repeat(65)])('the name %j is refused everywhere', async (name) => {
    for (const refused of [
      opened().store.keyValue(name),
      opened().store.queue(name, { visibilityMs: 1000 }),
      opened().store.events(name),
      opened().store.objects(name),
    ]) {
      expect(await codeOf(refused)).toBe('MLIP_E_STORE_NAME');
    }
  });

  it('after closing, everything says that the store is closed, and what watched has ended', async () => {
    const closing = await opened().again();
    const keyValue = await closing.keyValue('closing');
    const queue = await closing.queue('closing', { visibilityMs: 1000 });
    const events = await closing.events('closing');
    const objects = await closing.objects('closing');
    const watching = take(keyValue.watch(new AbortController().signal), 9);
    const following = take(events.read({ follow: true }), 9);
    const taking = codeOf(queue.take({ waitMs: 20_000 }));
    await new Promise((go) => setTimeout(go, 100));
    await closing.close();
    expect(await watching).toEqual([]);
    expect(await following).toEqual([]);
    expect(await taking).toBe('MLIP_E_STORE_CLOSED');
    for (const refused of [
      keyValue.get('a'),
      keyValue.compareAndSet('a', bytes(''), 0),
      queue.submit(bytes('')),
      events.append(bytes('')),
      objects.put('a', bytes('')),
    ]) {
      expect(await codeOf(refused)).toBe('MLIP_E_STORE_CLOSED');
    }
  });
}
