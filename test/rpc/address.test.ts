import { describe, expect, it } from 'vitest';
import { formatAddress, parseAddress } from '../../src/rpc/address.js';

describe('an address', () => {
  it.each([
    ['10.0.0.5:7070', '10.0.0.5', 7070],
    ['localhost:1', 'localhost', 1],
    ['[::1]:65535', '[::1]', 65535],
  ])('%s has host and port', (text, host, port) => {
    expect(parseAddress(text)).toEqual({ host, port });
    expect(formatAddress(host, port)).toBe(text);
  });

  it('puts brackets around IPv6', () => {
    expect(formatAddress('::1', 7070)).toBe('[::1]:7070');
  });

  it.each([
    '',
    'localhost',
    ':7070',
    'localhost:',
    'localhost:0',
    'localhost:65536',
    'a b:1',
    '::1:7070',
    'http://x:1',
  ])('"%s" is none', (text) => {
    expect(() => parseAddress(text)).toThrow(expect.objectContaining({ code: 'MLIP_E_RPC_ADDRESS' }) as Error);
  });
});
