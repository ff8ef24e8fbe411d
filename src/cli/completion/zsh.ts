/** Completion for zsh. */
import { caseOf, quoted, steps, valued } from './script.js';
import type { CommandNode, OptionNode, Value } from './tree.js';

export function zshScript(nodes: readonly CommandNode[]): string {
  const byPath = nodes.map((node): [string, CommandNode] => [quoted(node.path), node]);
  return `#compdef mlip
# Completion of mlip for zsh: source <(mlip completion zsh), or as a file _mlip in a directory of $fpath
_mlip() {
  local before=\${words[CURRENT-1]} mlip_path= word
  local -a offered
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "$mlip_path $word" in
      ${steps(nodes)}) mlip_path="\${mlip_path:+$mlip_path }$word" ;;
    esac
  done
  if [[ $PREFIX == --*=* ]]; then before=\${PREFIX%%=*}; compset -P '*='; fi
  case "$mlip_path|$before" in
${caseOf(valued(nodes), (value) => `${offer(value)}; return`)}
  esac
  if [[ $PREFIX == -* ]]; then
    case "$mlip_path" in
${caseOf(byPath, ({ options }) => described('option', options.flatMap(wordsOf)))}
    esac
    return
  fi
  case "$mlip_path" in
${caseOf(byPath, ({ commands, argument }) => [...commandsOf(commands), offer(argument)].join('; '))}
  esac
}
if [[ \${zsh_eval_context[-1]} == loadautofunc ]]; then _mlip "$@"; else compdef _mlip mlip; fi
`;
}

function offer({ words, isPath }: Value): string {
  const paths = isPath ? ['_files'] : [];
  return [...(words.length > 0 ? [`compadd -- ${words.map(quoted).join(' ')}`] : []), ...paths].join('; ') || ':';
}

interface Word {
  name: string;
  description: string;
}

function commandsOf(commands: readonly Word[]): string[] {
  return commands.length > 0 ? [described('command', commands)] : [];
}

function wordsOf({ flags, description }: OptionNode): Word[] {
  return flags.map((name) => ({ name, description }));
}

/** A colon ends the word that is offered. */
function described(what: string, words: readonly Word[]): string {
  const list = words.map(({ name, description }) => quoted(`${name.replaceAll(':', '\\:')}:${description}`));
  return `offered=(${list.join(' ')}); _describe -t ${what}s ${what} offered`;
}
