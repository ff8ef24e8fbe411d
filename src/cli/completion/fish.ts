/** Completion for fish. */
import type { CommandNode, OptionNode, Value } from './tree.js';

export function fishScript(nodes: readonly CommandNode[]): string {
  const paths = nodes.flatMap(({ path, commands }) => commands.map(({ name }) => quoted(`${path} ${name}`)));
  return `# Completion of mlip for fish: mlip completion fish | source
function __mlip_at
  set -l path ''
  for word in (commandline -opc)[2..-1]
    if contains -- "$path $word" ${paths.join(' ')}
      set path (string trim -- "$path $word")
    end
  end
  test "$path" = "$argv[1]"
end
complete -c mlip -f
${nodes.flatMap(linesOf).join('\n')}
`;
}

function linesOf({ path, commands, options, argument }: CommandNode): string[] {
  const at = `complete -c mlip -n ${quoted(`__mlip_at ${quoted(path)}`)}`;
  return [
    ...commands.map(({ name, description }) => `${at} -a ${name} -d ${quoted(description)}`),
    ...options.map(
      ({ flags, description, value }) => `${at} ${flagsOf(flags)} -d ${quoted(description)}${takes(value)}`,
    ),
    ...(argument.words.length > 0 ? [`${at} -a ${quoted(argument.words.join(' '))}`] : []),
    ...(argument.isPath ? [`${at} -F`] : []),
  ];
}

function flagsOf(flags: OptionNode['flags']): string {
  return flags.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`)).join(' ');
}

/** -x: a value, and no file; -r -F: a file. */
function takes(value: Value | null): string {
  if (value === null) return '';
  const words = value.words.length > 0 ? ` -a ${quoted(value.words.join(' '))}` : '';
  return `${value.isPath ? ' -r -F' : ' -x'}${words}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
