/** One row of a manifest: its fields, their types, and what is wrong where they are not right. */
import { dirname, resolve } from 'node:path';
import { z } from 'zod';

const text = z.string({ error: 'must be text' });
const number = z.number({ error: 'must be a number' });
const offset = z.int({ error: 'must be a whole number' }).nonnegative({ error: 'must not be negative' });

const boxSchema = z.object({
  label: text.optional(),
  x: number,
  y: number,
  width: number.positive({ error: 'must be above 0' }),
  height: number.positive({ error: 'must be above 0' }),
});

const linkSchema = z
  .object({
    start: offset,
    end: offset,
    concept: text,
    negated: z.boolean({ error: 'must be true or false' }).optional(),
  })
  .refine((link) => link.end > link.start, { error: 'must end after its start' });

export const SPLITS = ['train', 'valid', 'test'] as const;
export type Split = (typeof SPLITS)[number];

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

const splitSchema = text.transform((name, context): Split => {
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

const imageSchema = z.string({ error: 'must be the path of an image, as text' }).superRefine((path, context) => {
  const fault = faultOfImagePath(path);
  if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
});

const rowSchema = z.object({
  image: imageSchema,
  report: z.string({ error: 'must be the text of a report' }),
  study: z.union([text, number.transform(String)], { error: 'must be text or a number' }).optional(),
  view: text.optional(),
  split: splitSchema.optional(),
  labels: z.array(text, { error: 'must be a list of texts' }).default([]),
  links: z.array(linkSchema, { error: 'must be a list of {start, end, concept, negated}' }).default([]),
  boxes: z.array(boxSchema, { error: 'must be a list of {x, y, width, height, label}' }).default([]),
  mask: text.optional(),
});

/** A box in pixels of the image as stored; x and y are its top left corner. */
export type Box = z.infer<typeof boxSchema>;
/** Characters `start` to `end - 1` of the report mention the concept. */
export type Link = z.infer<typeof linkSchema>;

export interface ManifestRow {
  /** Line of the manifest on which the row starts, from 1. */
  line: number;
  /** Absolute path of the image. */
  image: string;
  /** The image as the manifest names it. */
  imageName: string;
  report: string;
  study?: string | undefined;
  view?: string | undefined;
  split?: Split | undefined;
  labels: string[];
  links: Link[];
  boxes: Box[];
  /** Absolute path of the mask. */
  mask?: string | undefined;
}

/** Something wrong with a row: the line, the field if it is one field's fault, and what is wrong with it. */
export interface RowFault {
  line: number;
  field?: string;
  problem: string;
}

/** A line as a reader hands it over: parsed but not yet checked, or the reason why it cannot be parsed. */
export type RawRecord = { line: number; record: unknown } | { line: number; fault: RowFault };

/** Turns a parsed line into a row or into its faults. Fields that mlip does not know are left aside. */
export function parseRow(record: unknown, line: number, manifest: string): ManifestRow | RowFault[] {
  if (typeof record !== 'object' || record === null || Array.isArray(record)) {
    return [{ line, problem: 'is not an object with the fields image and report' }];
  }
  const present = Object.fromEntries(Object.entries(record).filter(([, value]) => !isBlank(value)));
  const absent = (['image', 'report'] as const).filter((field) => !(field in present));
  if (absent.length > 0) return absent.map((field) => ({ line, field, problem: 'is missing' }));

  const parsed = rowSchema.safeParse(present);
  if (!parsed.success) return parsed.error.issues.map((issue) => faultOf(issue, line));
  return toRow(parsed.data, line, dirname(resolve(manifest)));
}

function toRow(fields: z.infer<typeof rowSchema>, line: number, directory: string): ManifestRow {
  const mask = fields.mask === undefined ? undefined : resolve(directory, fields.mask);
  return { ...fields, line, image: resolve(directory, fields.image), imageName: fields.image, mask };
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
