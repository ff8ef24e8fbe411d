/** `mlip weights inspect`: what a file of weights holds. */
import { Command } from 'commander';
import { addExamples } from '../options.js';
import { answer, answerJson } from '../terminal.js';

export function weightsInspectCommand(): Command {
  const command = new Command('inspect')
    .description('say what a file of weights holds: encoders and their sizes, names, shapes, types')
    .argument('<file|dir>', 'safetensors file, or folder of a Hugging Face model')
    .option('--json', 'print the report as one JSON object')
    .action(inspect);
  return addExamples(
    command,
    'mlip weights inspect deit_base.safetensors',
    'mlip weights inspect BioClinicalBERT --json | jq .encoders',
  );
}

async function inspect(path: string, { json }: { json?: boolean }): Promise<void> {
  const { inspectWeights } = await import('../../weights/inspect.js');
  const { describeWeights } = await import('../weights-text.js');
  const report = await inspectWeights(path);
  if (json) answerJson(report);
  else answer(describeWeights(report));
}
