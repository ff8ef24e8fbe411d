/** What all commands have in common that ask something of a run: how it is named, who is let in, how the answer is given. */
import type { Command } from 'commander';
import type { CommandReply } from '../../rpc/service.js';
import { addAccessOptions } from '../access.js';
import type { RunChoice } from '../status/find-run.js';
import { addStoreOptions } from '../store-options.js';
import { answer, answerJson } from '../terminal.js';

export interface ControlOptions extends RunChoice {
  json?: boolean;
}

/** After the arguments that are the command's own. */
export function addRunChoice(command: Command): Command {
  command
    .argument('[out]', 'output directory of the run')
    .option('--coordinator <host:port>', 'address of its coordinator')
    .option('--run <name>', 'name of the run in the store; not needed where there is one only');
  addStoreOptions(command);
  return addAccessOptions(command, 'then that of the output directory');
}

export function addReplyOption(command: Command): Command {
  return command.option('--json', 'print {changed, text} as one JSON object');
}

export function showReply({ changed, text }: CommandReply, { json }: { json?: boolean }): void {
  if (json) answerJson({ changed, text });
  else answer(text);
}
