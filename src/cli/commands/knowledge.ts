/** `mlip knowledge ...`: graphs of medical concepts, their embeddings, and where reports speak of them. */
import { Command } from 'commander';
import { knowledgeCheckCommand } from './knowledge-check.js';
import { knowledgeImportCommand } from './knowledge-import.js';
import { knowledgeInspectCommand } from './knowledge-inspect.js';
import { knowledgeLinkCommand } from './knowledge-link.js';
import { knowledgeNeighboursCommand } from './knowledge-neighbours.js';
import { knowledgeTrainCommand } from './knowledge-train.js';

export function knowledgeCommand(): Command {
  return new Command('knowledge')
    .description('graphs of concepts, their embeddings, and the links from reports to them')
    .addCommand(knowledgeLinkCommand())
    .addCommand(knowledgeInspectCommand())
    .addCommand(knowledgeCheckCommand())
    .addCommand(knowledgeTrainCommand())
    .addCommand(knowledgeNeighboursCommand())
    .addCommand(knowledgeImportCommand());
}
