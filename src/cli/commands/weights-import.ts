/** `mlip weights import`: initial weights of a run from those of timm, Hugging Face or torchvision. */
import { Command } from 'commander';
import { resolveConfig } from '../../config/load.js';
import { MlipError } from '../../core/errors.js';
import { addExamples, setOption } from '../options.js';
import { answer, answerJson } from '../terminal.js';

interface ImportCommandOptions {
  vision?: string;
  text?: string;
  out: string;
  set: string[];
  force?: boolean;
  json?: boolean;
}

export function weightsImportCommand(): Command {
  const command = new Command('import')
    .description('make initial weights of a run from those of timm (DeiT, MAE), Hugging Face (BERT) or torchvision')
    .argument('<recipe|file>', 'configuration of the run that starts from them')
    .option('--vision <file|dir>', 'weights of an image encoder, as safetensors')
    .option(
      '--text <file|dir>',
      'weights of a BERT, as safetensors; layers after those of the model go to its fusion encoder',
    )
    .requiredOption('--out <file>', 'safetensors file to write')
    .addOption(setOption())
    .option('--force', 'replace a file that is there')
    .option('--json', 'print the report, with every unused and every missing name, as one JSON object')
    .action(importFrom);
  return addExamples(
    command,
    'mlip weights import mlip-vit-b16 --vision deit_base.safetensors --out init.safetensors',
    'mlip weights import mlip-vit-b16 --vision deit_base.safetensors --text BioClinicalBERT \\',
    '    --set data.vocabulary=BioClinicalBERT/vocab.txt --out init.safetensors',
    'mlip train mlip-vit-b16 --data M --set initialWeights=init.safetensors \\',
    '    --set data.vocabulary=BioClinicalBERT/vocab.txt',
  );
}

async function importFrom(recipeOrFile: string, { set, json, ...options }: ImportCommandOptions): Promise<void> {
  if (options.vision === undefined && options.text === undefined) throw nothingToImport();
  const { config } = resolveConfig({ recipeOrFile, env: process.env, set });
  const { importWeights } = await import('../../weights/import-weights.js');
  const { describeImport } = await import('../weights-text.js');
  const report = await importWeights({ config, ...options });
  if (json) answerJson(report);
  else answer(describeImport(report));
}

function nothingToImport(): MlipError {
  return new MlipError('MLIP_E_USAGE', 'there is nothing to import', {
    where: 'mlip weights import',
    remedy: 'Give --vision, --text or both.',
  });
}
