/** `mlip completion`: a script with which a shell completes what is typed. */
import { Argument, Command } from 'commander';
import { addExamples } from '../options.js';
import { answer } from '../terminal.js';

type Shell = 'bash' | 'zsh' | 'fish';

export function completionCommand(): Command {
  const command = new Command('completion')
    .description('print a script with which bash, zsh or fish completes commands, options and their values')
    .addArgument(new Argument('<shell>', 'the shell').choices(['bash', 'zsh', 'fish']))
    .action((shell: Shell) => completion(shell, command.parent!));
  return addExamples(
    command,
    'source <(mlip completion bash)              in ~/.bashrc',
    'source <(mlip completion zsh)               in ~/.zshrc, after compinit',
    'mlip completion fish > ~/.config/fish/completions/mlip.fish',
  );
}

async function completion(shell: Shell, program: Command): Promise<void> {
  const { completionTree } = await import('../completion/tree.js');
  answer((await scriptOf(shell))(completionTree(program)).trimEnd());
}

async function scriptOf(shell: Shell) {
  switch (shell) {
    case 'bash':
      return (await import('../completion/bash.js')).bashScript;
    case 'zsh':
      return (await import('../completion/zsh.js')).zshScript;
    case 'fish':
      return (await import('../completion/fish.js')).fishScript;
  }
}
