/** Writes the encoders of a trained model as other libraries name and load them. Numbers are those of the checkpoint. */
import { join } from 'node:path';
import { writeDurably } from '../core/durable-file.js';
import { writeSafetensors } from '../safetensors/safetensors.js';
import { exportMlip } from './export-mlip.js';
import { exportTimm } from './export-timm.js';
import { exportTorchvision } from './export-torchvision.js';
import { exportTransformers } from './export-transformers.js';
import type { ExportedFiles, ExportedModel } from './exported.js';
import { publishFolder, requireFree } from './publish.js';

const EXPORTS = {
  timm: exportTimm,
  transformers: exportTransformers,
  torchvision: exportTorchvision,
  mlip: exportMlip,
} as const satisfies Record<string, (model: ExportedModel) => ExportedFiles>;

export type ExportTarget = keyof typeof EXPORTS;
export const EXPORT_TARGETS = Object.keys(EXPORTS) as ExportTarget[];

const MODEL_FILE = 'model.safetensors';

export interface ExportOptions {
  to: ExportTarget;
  /** Folder to write. */
  out: string;
  /** Replaces files that are there. */
  force?: boolean | undefined;
}

export interface ExportReport {
  out: string;
  to: ExportTarget;
  files: string[];
  tensors: number;
  /** Tensors of the model that the library has no place for: heads, the other encoder. */
  leftOut: string[];
  /** Lines that load the folder. */
  usage: string[];
}

/** @throws MLIP_E_WEIGHTS_ARCHITECTURE, MLIP_E_WEIGHTS_OUT; nothing is written then */
export async function exportWeights(
  model: ExportedModel,
  { to, out, force = false }: ExportOptions,
): Promise<ExportReport> {
  requireFree(out, force);
  const { tensors, texts, usage, metadata } = EXPORTS[to](model);
  await publishFolder(out, async (draft) => {
    // transformers refuses files without the mark of their format.
    await writeSafetensors(join(draft, MODEL_FILE), tensors, { format: 'pt', ...metadata });
    for (const [name, text] of Object.entries(texts)) await writeDurably(join(draft, name), [Buffer.from(text)]);
  });
  const exported = new Set(tensors.values());
  const leftOut = [...model.tensors].filter(([, tensor]) => !exported.has(tensor)).map(([name]) => name);
  return { out, to, files: [MODEL_FILE, ...Object.keys(texts)], tensors: tensors.size, leftOut, usage: usage(out) };
}
