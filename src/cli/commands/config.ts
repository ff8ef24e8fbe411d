/** `mlip config show`: the configuration that a command line would run with. */
import { Command } from 'commander';
import { formatOrigin } from '../../config/origin.js';
import { showConfig } from '../../config/show.js';
import { addConfigOptions, addExamples, configOf, type ConfigOptions } from '../options.js';
import { answer, answerJson } from '../terminal.js';

interface ShowOptions extends ConfigOptions {
  origin?: boolean;
  json?: boolean;
}

export function configCommand(): Command {
  return new Command('config').description('show the configuration').addCommand(showCommand());
}

function showCommand(): Command {
  const command = new Command('show')
    .description('print the resolved configuration as YAML: default < recipe < file < MLIP_* < flag')
    .argument('<recipe|file>', 'name of a recipe, or path of a YAML file')
    .option('--origin', 'say of each value where it was set')
    .option('--json', 'print {config, origins} as one JSON object')
    .action(show);
  addConfigOptions(command);
  return addExamples(
    command,
    'mlip config show mlip-nano > my.yaml',
    'mlip config show my.yaml --origin --set optimizer.learningRate=1e-4',
  );
}

function show(recipeOrFile: string, options: ShowOptions): void {
  const { config, origins } = configOf(recipeOrFile, options);
  if (!options.json) return answer(showConfig(config, options.origin ? origins : undefined).trimEnd());
  const named = [...origins].map(([path, origin]) => [path, formatOrigin(origin)]);
  answerJson({ config, origins: Object.fromEntries(named) as Record<string, string> });
}
