/** Crops of the padded square. */
import { describe, expect, it } from 'vitest';
import { centreCrop, copyCrop, randomCrop } from '../../src/data/crop.js';

describe('crops', () => {
  it('are cut from the centre where torchvision cuts them', () => {
    // [side, size] and int(round((side - size) / 2)) in Python, whose halves go to the even neighbour.
    const expected = [
      [256, 224, 16],
      [74, 64, 5],
      [9, 8, 0],
      [11, 8, 2],
      [13, 8, 2],
      [15, 8, 4],
      [8, 8, 0],
    ];
    for (const [side, size, origin] of expected) expect(centreCrop(side, size)).toEqual({ x: origin, y: origin });
  });

  it('are a function of seed, epoch and row', () => {
    const crop = (...key: [number, number, number]) => randomCrop(256, 224, ...key);
    expect(crop(1, 2, 3)).toEqual(crop(1, 2, 3));
    const others = [crop(2, 2, 3), crop(1, 3, 3), crop(1, 2, 4)];
    for (const other of others) expect(other).not.toEqual(crop(1, 2, 3));
  });

  it('reach every place of the square, and no other, equally often', () => {
    const counts = new Array<number>(9).fill(0);
    for (let row = 0; row < 9000; row++) {
      const { x, y } = randomCrop(10, 8, 7, 0, row);
      counts[3 * y + x] += 1;
    }
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(150);
    expect(randomCrop(8, 8, 1, 1, 1)).toEqual({ x: 0, y: 0 });
  });

  it('copy the right pixels to the right place of a batch', () => {
    const square = Uint8Array.from({ length: 25 }, (_, i) => i);
    const batch = new Uint8Array(2 * 4);
    copyCrop(square, { x: 3, y: 1 }, 2, batch, 1);
    expect([...batch]).toEqual([0, 0, 0, 0, 8, 9, 13, 14]);
  });
});
