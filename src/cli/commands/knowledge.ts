/** `mlip knowledge ...`: what is known about the field, and where reports speak of it. */
import { Command } from 'commander';
import { knowledgeInspectCommand } from './knowledge-inspect.js';
import { knowledgeLinkCommand } from './knowledge-link.js';

export function knowledgeCommand(): Command {
  return new Command('knowledge')
    .description('knowledge graphs, and the links from reports to their concepts')
    .addCommand(knowledgeLinkCommand())
    .addCommand(knowledgeInspectCommand());
}
