import { describe, expect, it } from 'vitest';
import { interfaceFor, ownAddressTowards } from '../../src/worker/own-address.js';

describe('the address under which other workers reach this one', () => {
  it.each(['127.0.0.1', 'localhost'])('is the loopback one where the coordinator is %s', async (host) => {
    const own = await ownAddressTowards(host, 7070);
    expect(['127.0.0.1', '::1']).toContain(own);
    expect(interfaceFor(own)).toBe(own);
  });

  it('opens the worker to other machines only where it is another one', () => {
    expect(interfaceFor('10.0.0.5')).toBe('0.0.0.0');
    expect(interfaceFor('fd00::5')).toBe('::');
  });
});
