/** `mlip weights ...`: weights of other libraries in and out. */
import { Command } from 'commander';
import { weightsExportCommand } from './weights-export.js';
import { weightsImportCommand } from './weights-import.js';
import { weightsInspectCommand } from './weights-inspect.js';

export function weightsCommand(): Command {
  return new Command('weights')
    .description('exchange weights with timm, transformers and torchvision')
    .addCommand(weightsImportCommand())
    .addCommand(weightsExportCommand())
    .addCommand(weightsInspectCommand());
}
