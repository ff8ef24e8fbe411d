/** One row of a manifest: its fields and their types. */
import { z } from 'zod';
import { imageSchema, parseFields, resolveBeside, splitSchema, text } from './image-row.js';
import type { ImageRow, RowFault, Split } from './image-row.js';

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
    uncertain: z.boolean({ error: 'must be true or false' }).optional(),
  })
  .refine((link) => link.end > link.start, { error: 'must end after its start' });

const fieldsSchema = z.object({
  image: imageSchema,
  report: z.string({ error: 'must be the text of a report' }),
  study: z.union([text, number.transform(String)], { error: 'must be text or a number' }).optional(),
  view: text.optional(),
  split: splitSchema.optional(),
  labels: z.array(text, { error: 'must be a list of texts' }).default([]),
  links: z.array(linkSchema, { error: 'must be a list of {start, end, concept, negated, uncertain}' }).default([]),
  boxes: z.array(boxSchema, { error: 'must be a list of {x, y, width, height, label}' }).default([]),
  mask: text.optional(),
});

const rowSchema = fieldsSchema.superRefine(({ report, links }, context) => {
  for (const [i, { end }] of links.entries()) {
    if (end <= report.length) continue;
    const message = `is ${end}, the report has ${report.length} characters`;
    context.addIssue({ code: 'custom', path: ['links', i, 'end'], message });
  }
});

/** A box in pixels of the image as stored; x and y are its top left corner. */
export type Box = z.infer<typeof boxSchema>;
/** UTF-16 units `start` to `end - 1` of the report mention the concept. */
export type Link = z.infer<typeof linkSchema>;

export interface ManifestRow extends ImageRow {
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

/** Turns a parsed line into a row or into its faults. Fields that mlip does not know are left aside. */
export function parseRow(record: unknown, line: number, manifest: string): ManifestRow | RowFault[] {
  const fields = parseFields(rowSchema, ['image', 'report'], record, line);
  if (Array.isArray(fields)) return fields;
  const mask = fields.mask === undefined ? undefined : resolveBeside(manifest, fields.mask);
  return { ...fields, line, image: resolveBeside(manifest, fields.image), imageName: fields.image, mask };
}
