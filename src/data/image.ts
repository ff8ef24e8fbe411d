/**
 * Reads an image file into a square of grey values, as MGCA does: grey (Rec. 601), the long side scaled to `side`, black
 * around it up to the square. sharp decodes and scales in Node's thread pool, off the main thread.
 */
import { readFile, stat } from 'node:fs/promises';
import sharp, { type Metadata, type Sharp } from 'sharp';
import { messageOf, MlipError } from '../core/errors.js';

export interface ImageLimits {
  /** Images of more pixels are refused. */
  maxPixels: number;
}

/** An image in grey, padded to a square. */
export interface SquareImage {
  /** [side, side], row-major */
  pixels: Uint8Array;
  /** Of the file, upright. */
  width: number;
  height: number;
  /** Bits of a channel in the file: 8 or 16. */
  bits: number;
}

/** Below this an image is a thumbnail or a mistake. */
const MIN_SIDE = 8;
/** Long side over short side: even a radiograph of a whole spine or leg stays well below. */
const MAX_ASPECT = 16;
/** How sharp names the depths that are taken: 1 to 8 bits, and 16. */
const BITS: Record<string, number> = { uchar: 8, ushort: 16 };
/** Luma of Rec. 601, as OpenCV's grey has it. */
const LUMA: [number, number, number] = [0.299, 0.587, 0.114];

/** Faults of one file. Any other error says that the storage fails, which must not pass for a bad image. */
const FILE_FAULTS = new Set([
  'ENOENT',
  'ENOTDIR',
  'EISDIR',
  'EACCES',
  'EPERM',
  'ELOOP',
  'ENAMETOOLONG',
  'ERR_FS_FILE_TOO_LARGE',
]);

// Images are decoded side by side, so one thread for each is enough; files are read once, so caching them gains nothing.
sharp.concurrency(1);
sharp.cache(false);

/**
 * @param side of the result in pixels
 * @throws MlipError MLIP_E_DATA_IMAGE where the file is to blame, MLIP_E_DATA_STORAGE where reading failed otherwise
 */
export async function decodeSquare(path: string, side: number, limits: ImageLimits): Promise<SquareImage> {
  const bytes = await readImageFile(path);
  if (bytes.length === 0) throw badImage(path, 'is an empty file', 'Copy the file again, or remove its row.');
  const image = sharp(bytes, { failOn: 'error', limitInputPixels: false });
  const header = await image.metadata().catch((error: unknown) => {
    throw badImage(path, 'is not an image that can be read', 'Give JPEG, PNG, WebP or TIFF files.', error);
  });
  const { width, height } = header.autoOrient;
  requireSaneSize(path, width, height, limits);
  const bits = requireDepth(path, header);
  try {
    const pixels = await toGrey(fitSquare(image, width, height, side), header.channels)
      .raw({ depth: 'uchar' })
      .toBuffer();
    return { pixels, width, height, bits };
  } catch (error) {
    throw badImage(path, 'is damaged or cut short', 'Copy the file again, or remove its row.', error);
  }
}

async function readImageFile(path: string): Promise<Buffer> {
  try {
    if (!(await stat(path)).isFile()) throw badImage(path, 'is not a file', 'Give the path of an image file.');
    return await readFile(path);
  } catch (error) {
    if (error instanceof MlipError) throw error;
    if (FILE_FAULTS.has((error as NodeJS.ErrnoException).code ?? '')) {
      throw badImage(path, 'cannot be opened', 'Check the path: it is relative to the manifest.', error);
    }
    throw new MlipError('MLIP_E_DATA_STORAGE', `an image could not be read: ${messageOf(error)}`, {
      where: path,
      remedy: 'Check the disk or the mount, and resume the run from its last checkpoint.',
      cause: error,
    });
  }
}

function requireSaneSize(path: string, width: number, height: number, { maxPixels }: ImageLimits): void {
  const size = `${width} x ${height} pixels`;
  if (width * height > maxPixels) {
    throw badImage(path, `has ${size}`, `Scale it down, or raise data.maxPixels (now ${maxPixels}).`);
  }
  if (Math.min(width, height) < MIN_SIDE) {
    throw badImage(path, `has only ${size}`, `Give images of at least ${MIN_SIDE} pixels a side.`);
  }
  if (Math.max(width, height) > MAX_ASPECT * Math.min(width, height)) {
    throw badImage(path, `has ${size}`, `Give images at most ${MAX_ASPECT} times as long as wide.`);
  }
}

function requireDepth(path: string, header: Metadata): number {
  const bits = BITS[header.depth];
  if (bits !== undefined) return bits;
  throw badImage(path, `has pixels of type ${header.depth}`, 'Convert it to 8 or 16 bits a channel.');
}

/** Scales the long side to `side` and centres the image on black; an odd row or column goes to the right or below. */
function fitSquare(image: Sharp, width: number, height: number, side: number): Sharp {
  const scale = side / Math.max(width, height);
  const scaled = (length: number): number => Math.max(1, Math.floor(length * scale + 1e-9));
  const [w, h] = [scaled(width), scaled(height)];
  const [left, top] = [Math.floor((side - w) / 2), Math.floor((side - h) / 2)];
  return image
    .autoOrient()
    .flatten({ background: '#000' })
    .resize({ width: w, height: h, fit: 'fill', kernel: 'cubic' })
    .extend({ left, right: side - w - left, top, bottom: side - h - top, background: '#000' });
}

function toGrey(image: Sharp, channels: number): Sharp {
  return channels < 3 ? image.greyscale() : image.recomb([LUMA, LUMA, LUMA]).extractChannel(0);
}

function badImage(path: string, problem: string, remedy: string, cause?: unknown): MlipError {
  const detail = cause === undefined ? '' : `: ${messageOf(cause).trim().split('\n')[0]}`;
  return new MlipError('MLIP_E_DATA_IMAGE', `the image ${problem}${detail}`, { where: path, remedy, cause });
}
