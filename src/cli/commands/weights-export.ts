/** `mlip weights export`: the encoders of a checkpoint as timm, transformers or torchvision load them. */
import { Command, Option } from 'commander';
import type { ExportTarget } from '../../weights/export-weights.js';
import { addExamples } from '../options.js';
import { answer, answerJson } from '../terminal.js';

interface ExportCommandOptions {
  checkpoint: string;
  to: ExportTarget;
  out: string;
  force?: boolean;
  json?: boolean;
}

const TARGETS: readonly ExportTarget[] = ['timm', 'transformers', 'torchvision', 'mlip'];

export function weightsExportCommand(): Command {
  const command = new Command('export')
    .description('write an encoder of a checkpoint as another library loads it, and print the lines that do so')
    .requiredOption('--checkpoint <dir>', 'OUT/checkpoints/step-N of a run, or OUT for its newest')
    .addOption(
      new Option('--to <library>', 'timm and torchvision take the image encoder, transformers the report encoder')
        .choices(TARGETS)
        .makeOptionMandatory(),
    )
    .requiredOption('--out <dir>', 'directory to write')
    .option('--force', 'replace files that are there')
    .option('--json', 'print {out, to, files, tensors, leftOut, usage} as one JSON object')
    .action(exportTo);
  return addExamples(
    command,
    'mlip weights export --checkpoint runs/first --to timm --out encoder',
    'mlip weights export --checkpoint runs/first/checkpoints/step-200 --to transformers --out bert',
  );
}

async function exportTo({ checkpoint, json, ...options }: ExportCommandOptions): Promise<void> {
  const { readTrainedModel } = await import('../../evaluation/trained-model.js');
  const { exportWeights } = await import('../../weights/export-weights.js');
  const { describeExport } = await import('../weights-text.js');
  const report = await exportWeights(await readTrainedModel(checkpoint), options);
  if (json) answerJson(report);
  else answer(describeExport(report));
}
