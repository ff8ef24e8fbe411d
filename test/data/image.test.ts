/** Decoding of images: MGCA's transform as OpenCV computes it, and every kind of file that must be refused. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodeSquare } from '../../src/data/image.js';
import { fixture, temporaryDirectory } from './corpus.js';

const LIMITS = { maxPixels: 1_000_000 };
const directory = temporaryDirectory();

interface Raw {
  width: number;
  height: number;
  channels: 1 | 2 | 3 | 4;
}

async function png(name: string, raw: Raw, pixels: Uint8Array | Uint16Array): Promise<string> {
  const path = join(directory, name);
  const colours = raw.channels < 3 ? (pixels instanceof Uint16Array ? 'grey16' : 'b-w') : 'srgb';
  await sharp(pixels, { raw }).toColourspace(colours).png().toFile(path);
  return path;
}

/** A grey image of one value. */
function flat(name: string, width: number, height: number, value = 200): Promise<string> {
  return png(name, { width, height, channels: 1 }, new Uint8Array(width * height).fill(value));
}

function meanAndMax(a: Uint8Array, b: Uint8Array): { mean: number; max: number } {
  const differences = Array.from(a, (value, i) => Math.abs(value - b[i]));
  return { mean: differences.reduce((sum, d) => sum + d, 0) / a.length, max: Math.max(...differences) };
}

describe('decodeSquare', () => {
  it.each(['wide-grey8', 'tall-grey16', 'colour'])('scales and pads %s as OpenCV does', async (name) => {
    const { pixels } = await decodeSquare(fixture('images', `${name}.png`), 40, LIMITS);
    const expected = await sharp(fixture('squares', `${name}.png`))
      .greyscale()
      .raw()
      .toBuffer();
    const { mean, max } = meanAndMax(pixels, expected);
    expect(pixels).toHaveLength(1600);
    expect(mean).toBeLessThan(0.5);
    expect(max).toBeLessThanOrEqual(4);
  });

  it('scales small images up (a quarter of a pixel off OpenCV)', async () => {
    const { pixels, width, height } = await decodeSquare(fixture('images', 'small-grey8.png'), 40, LIMITS);
    const expected = await sharp(fixture('squares', 'small-grey8.png')).greyscale().raw().toBuffer();
    expect([width, height]).toEqual([16, 20]);
    expect(meanAndMax(pixels, expected).mean).toBeLessThan(4);
  });

  it('pads with black, the odd column on the right', async () => {
    const { pixels } = await decodeSquare(await flat('odd.png', 33, 40), 40, LIMITS);
    const line = [...pixels.subarray(0, 40)];
    expect(line).toEqual([0, 0, 0, ...new Array<number>(33).fill(200), 0, 0, 0, 0]);
  });

  it('maps 16 bits onto 8', async () => {
    const values = Uint16Array.from({ length: 1600 }, (_, i) => Math.floor(i / 40) * 1680);
    const path = await png('deep.png', { width: 40, height: 40, channels: 1 }, values);
    expect((await sharp(path).metadata()).depth).toBe('ushort');
    const { pixels, bits } = await decodeSquare(path, 40, LIMITS);
    expect(bits).toBe(16);
    const error = Array.from(pixels, (value, i) => Math.abs(value - values[i] / 257));
    expect(Math.max(...error)).toBeLessThanOrEqual(1);
  });

  it('lays transparent images on black', async () => {
    const pixels = Uint8Array.from({ length: 1600 * 2 }, (_, i) => (i % 2 === 0 ? 200 : i < 1600 ? 0 : 255));
    const grey = await decodeSquare(await png('la.png', { width: 40, height: 40, channels: 2 }, pixels), 40, LIMITS);
    expect([grey.pixels[0], grey.pixels[1599]]).toEqual([0, 200]);
    const colour = Uint8Array.from({ length: 1600 * 4 }, (_, i) => (i % 4 < 3 ? 180 : 128));
    const rgba = await decodeSquare(await png('rgba.png', { width: 40, height: 40, channels: 4 }, colour), 40, LIMITS);
    expect(Math.abs(rgba.pixels[820] - 90)).toBeLessThanOrEqual(1);
  });

  it('turns images upright', async () => {
    const path = join(directory, 'turned.jpg');
    const ramp = Uint8Array.from({ length: 80 * 40 }, (_, i) => 3 * (i % 80));
    await sharp(ramp, { raw: { width: 80, height: 40, channels: 1 } })
      .jpeg({ quality: 100 })
      .withMetadata({ orientation: 6 })
      .toFile(path);
    const { pixels, width, height } = await decodeSquare(path, 40, LIMITS);
    expect([width, height]).toEqual([40, 80]);
    const [top, bottom] = [pixels[20], pixels[39 * 40 + 20]];
    expect(top).toBeLessThan(10);
    expect(bottom).toBeGreaterThan(225);
  });

  it('reads one-bit, palette and CMYK images', async () => {
    const bits = join(directory, 'bits.png');
    await sharp(await flat('white.png', 40, 40, 255))
      .png({ palette: true, colours: 2 })
      .toFile(bits);
    expect((await decodeSquare(bits, 20, LIMITS)).pixels[200]).toBe(255);
    const cmyk = join(directory, 'cmyk.jpg');
    await sharp(await flat('mid.png', 40, 40, 128))
      .toColourspace('cmyk')
      .jpeg()
      .toFile(cmyk);
    expect(Math.abs((await decodeSquare(cmyk, 20, LIMITS)).pixels[200] - 128)).toBeLessThan(16);
  });
});

describe('an image that is refused', () => {
  const whole = readFileSync(fixture('images', 'tall-grey16.png'));

  function file(name: string, content: string | Buffer): string {
    const path = join(directory, name);
    writeFileSync(path, content);
    return path;
  }
  async function cutJpeg(): Promise<string> {
    const jpeg = await sharp(fixture('images', 'colour.png')).jpeg().toBuffer();
    return file('cut.jpg', jpeg.subarray(0, jpeg.length / 2));
  }
  function folder(): string {
    mkdirSync(join(directory, 'folder.png'), { recursive: true });
    return join(directory, 'folder.png');
  }
  function pipe(): string {
    const path = join(directory, 'pipe.png');
    execFileSync('mkfifo', [path]);
    return path;
  }
  it.each<[string, () => string | Promise<string>, string]>([
    ['missing', () => join(directory, 'nowhere.png'), 'cannot be opened'],
    ['a directory', folder, 'is not a file'],
    ['a pipe', pipe, 'is not a file'],
    ['empty', () => file('empty.png', ''), 'is an empty file'],
    ['text', () => file('text.jpg', 'not an image'), 'is not an image'],
    ['a truncated JPEG', cutJpeg, 'is damaged or cut short'],
    ['a truncated PNG', () => file('cut.png', whole.subarray(0, whole.length / 2)), 'is damaged or cut short'],
    [
      'a damaged PNG',
      () => file('bad.png', Buffer.concat([whole.subarray(0, 400), Buffer.alloc(99), whole.subarray(499)])),
      'is damaged',
    ],
    ['above maxPixels', () => flat('huge.png', 1001, 1000), 'has 1001 x 1000 pixels'],
    ['tiny', () => flat('tiny.png', 40, 1), 'has only 40 x 1 pixels'],
    ['a strip', () => flat('strip.png', 400, 20), 'has 400 x 20 pixels'],
    ['of floats', () => fixture('images', 'float.tiff'), 'type float'],
  ])('is %s', async (_, make, problem) => {
    const path = await make();
    await expect(decodeSquare(path, 40, LIMITS)).rejects.toMatchObject({
      code: 'MLIP_E_DATA_IMAGE',
      message: expect.stringContaining(problem) as string,
      where: path,
      remedy: expect.any(String) as string,
    });
  });

  it('is refused by its header, before it is decoded, when it claims to be enormous', async () => {
    const path = join(directory, 'claims.png');
    copyFileSync(fixture('images', 'wide-grey8.png'), path);
    const bytes = readFileSync(path);
    bytes.writeUInt32BE(60_000, 16);
    bytes.writeUInt32BE(60_000, 20);
    writeFileSync(path, repaired(bytes));
    await expect(decodeSquare(path, 40, LIMITS)).rejects.toMatchObject({
      message: expect.stringContaining('60000 x 60000') as string,
    });
  });

  /** Puts the right checksum on the first chunk of a PNG. */
  function repaired(bytes: Buffer): Buffer {
    let crc = 0xffffffff;
    for (const byte of bytes.subarray(12, 29)) {
      crc ^= byte;
      for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    }
    bytes.writeUInt32BE((crc ^ 0xffffffff) >>> 0, 29);
    return bytes;
  }
});
