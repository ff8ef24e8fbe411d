/** What rows of lists of images have in common: where the image is, the split, and what is wrong where a row is not right. */
import { dirname, resolve } from 'node:path';
import { z } from 'zod';

export interface ImageRow {
  /** Line of the file on which the row starts, from 1. */
  line: number;
  /** Absolute path of the image. */
  image: string;
  /** The image as the file names it. */
  imageName: string;
}

/** Something wrong with a row: the line, the field if it is one field's fault, and what is wrong with it. */
export interface RowFault {
  line: number;
  field?: string;
  problem: string;
}

/** A line as a reader hands it over: parsed but not yet checked, or the reason why it cannot be parsed. */
export type RawRecord = { line: number; record: unknown } | { line: number; fault: RowFault };

export const text = z.string({ error: 'must be text' });

export type Split = 'train' | 'valid' | 'test';

/** Names of splits as data sets write them. */
const SPLIT_NAMES: Record<string, Split> = {
  train: 'train',
  training: 'train',
  valid: 'valid',
  validate: 'valid',
  validation: 'valid',
  val: 'valid',
  dev: 'valid',
  test: 'test',
  testing: 'test',
};

export const splitSchema = text.transform((name, context): Split => {
  const split = SPLIT_NAMES[name.trim().toLowerCase()];
  if (split === undefined) context.addIssue({ code: 'custom', message: `is ${quote(name)}, not train, valid or test` });
  return split;
});

/** Why `image` cannot name an image file, or undefined. */
function faultOfImagePath(path: string): string | undefined {
  if (path.includes('\0')) return 'holds a NUL character';
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(path))
    return 'is a URL: download the images and give paths relative to the manifest';
  if (/\.tar#/.test(path))
    return 'is a member of a tar shard, which mlip does not read: unpack the shard and give file paths';
  return undefined;
}

export const imageSchema = z.string({ error: 'must be the path of an image, as text' }).superRefine((path, context) => {
  const fault = faultOfImagePath(path);
  if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
});

/** Paths in a list are relative to the directory of the list. */
export function resolveBeside(list: string, path: string): string {
  return resolve(dirname(resolve(list)), path);
}

/** The fields of a parsed line, blank ones taken as absent, or its faults. */
export function parseFields<Fields extends object>(
  schema: z.ZodType<Fields>,
  required: readonly string[],
  record: unknown,
  line: number,
): Fields | RowFault[] {
  if (typeof record !== 'object' || record === null || Array.isArray(record)) {
    return [{ line, problem: `is not an object with the fields ${required.join(' and ')}` }];
  }
  const present = Object.fromEntries(Object.entries(record).filter(([, value]) => !isBlank(value)));
  const absent = required.filter((field) => !(field in present));
  if (absent.length > 0) return absent.map((field) => ({ line, field, problem: 'is missing' }));

  const parsed = schema.safeParse(present);
  return parsed.success ? parsed.data : parsed.error.issues.map((issue) => faultOf(issue, line));
}

function faultOf(issue: z.core.$ZodIssue, line: number): RowFault {
  return { line, field: issue.path.join('.'), problem: issue.message };
}

function isBlank(value: unknown): boolean {
  return value === null || value === undefined || (typeof value === 'string' && value.trim() === '');
}

function quote(value: string): string {
  return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
}
