/**
 * Prompts of zero-shot classification: for each label, sentences as a report would say that it is there, and optionally
 * that it is not. A YAML or JSON file, `label: [prompts]` or `label: {present: [prompts], absent: [prompts]}`;
 * prompts/chest.yaml of the package where the user gives none.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { MlipError, messageOf } from '../core/errors.js';
import { packageRoot } from '../core/package-root.js';
import { cleanPrompt } from '../data/report.js';

/** Prompts of a label, as the report encoder reads them. */
export interface LabelPrompts {
  present: string[];
  /** Empty where the file gives none. */
  absent: string[];
}

export interface PromptFile {
  path: string;
  /** By the label as the file names it. */
  prompts: ReadonlyMap<string, LabelPrompts>;
}

/** What is said of the labels of `mlip data synth`, and of the commonest ones of chest radiographs. */
export const CHEST_PROMPTS = join(packageRoot, 'prompts', 'chest.yaml');

const prompt = z
  .string({ error: 'must be text' })
  .transform(cleanPrompt)
  .refine((text) => text !== '', { error: 'has no words' });
const list = (kind: string) => z.array(prompt, { error: `must be a list of ${kind}` });
const some = list('prompts').min(1, { error: 'needs at least one prompt' });
const labelSchema = z.union([some, z.strictObject({ present: some, absent: list('prompts').default([]) })]);
const fileSchema = z.record(z.string(), z.unknown());

/** @throws MLIP_E_EVALUATION_PROMPTS where the file is missing or not of that form */
export async function readPrompts(path: string): Promise<PromptFile> {
  const parsed = fileSchema.safeParse(await parseFile(path));
  if (!parsed.success || Object.keys(parsed.data).length === 0)
    throw refused(path, 'is no list of labels with prompts');
  const entries = Object.entries(parsed.data).map(
    ([label, value]) => [label, promptsOf(value, `${path}, label ${label}`)] as const,
  );
  return { path, prompts: new Map(entries) };
}

/** Labels are compared without regard to case, `_` and `-`: `pleural_effusion` is `Pleural Effusion`. */
export function findPrompts({ prompts }: PromptFile, label: string): LabelPrompts | undefined {
  const key = plainName(label);
  return [...prompts].find(([name]) => plainName(name) === key)?.[1];
}

/** A label without what spellings differ by. */
export function plainName(label: string): string {
  const words = label.toLowerCase().split(/[\s_-]+/);
  return words.filter((word) => word !== '').join(' ');
}

async function parseFile(path: string): Promise<unknown> {
  try {
    return parse(await readFile(path, 'utf8')) as unknown;
  } catch (cause) {
    throw refused(path, `cannot be read: ${messageOf(cause).split('\n')[0]}`, cause);
  }
}

function promptsOf(value: unknown, where: string): LabelPrompts {
  const parsed = labelSchema.safeParse(value);
  if (!parsed.success) throw refused(where, faultOf(parsed.error));
  return Array.isArray(parsed.data) ? { present: parsed.data, absent: [] } : parsed.data;
}

/** What is wrong with the form that the value comes nearest to. */
function faultOf(error: z.ZodError): string {
  const [issue] = error.issues;
  const deeper = issue.code === 'invalid_union' ? issue.errors.flat() : error.issues;
  const { path, message } = [...deeper].sort((a, b) => b.path.length - a.path.length)[0];
  return [path.join('.'), message].filter((part) => part !== '').join(' ');
}

function refused(where: string, fault: string, cause?: unknown): MlipError {
  return new MlipError('MLIP_E_EVALUATION_PROMPTS', `prompts: ${fault}`, {
    where,
    remedy: `Give YAML or JSON of the form \`label: [prompts]\` or \`label: {present: [...], absent: [...]}\`; ${CHEST_PROMPTS} is an example.`,
    cause,
  });
}
