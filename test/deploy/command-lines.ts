/** Whether mlip understands what a pod or a service of compose gives it on its command line. */
import { createProgram } from '../../src/cli/program.js';
import type { Command } from 'commander';

/** What is wrong with it, in mlip's own words; null where nothing is. Nothing is carried out. */
export function commandLineFault(args: readonly string[]): string | null {
  const program = createProgram();
  everyCommand(program, (command) => command.action(() => undefined));
  try {
    program.parse([...args], { from: 'user' });
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

function everyCommand(command: Command, change: (command: Command) => void): void {
  command.commands.forEach((child) => {
    if (child.commands.length === 0) change(child);
    everyCommand(child, change);
  });
}
