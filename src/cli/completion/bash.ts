/** Completion for bash. */
import { caseOf, quoted, steps, valued } from './script.js';
import type { CommandNode, Value } from './tree.js';

/** Bash takes `--output=json` for three words. */
export function bashScript(nodes: readonly CommandNode[]): string {
  return `# Completion of mlip for bash: source <(mlip completion bash)
_mlip() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} path= place
  if [[ $current == = ]]; then current=; elif [[ $before == = ]]; then before=\${COMP_WORDS[COMP_CWORD-2]}; fi
  for ((place = 1; place < COMP_CWORD; place++)); do
    case "$path \${COMP_WORDS[place]}" in
      ${steps(nodes)}) path="\${path:+$path }\${COMP_WORDS[place]}" ;;
    esac
  done
  COMPREPLY=()
  compopt +o default
  case "$path|$before" in
${caseOf(valued(nodes), (value) => offer(value))}
  esac
  if [[ $current == -* ]]; then
    case "$path" in
${caseOf(
  nodes.map((node) => [quoted(node.path), node]),
  ({ options }) => wordsOf(options.flatMap(({ flags }) => flags)),
)}
    esac
    return
  fi
  case "$path" in
${caseOf(
  nodes.map((node) => [quoted(node.path), node]),
  ({ commands, argument }) => offer({ ...argument, words: [...commands.map(({ name }) => name), ...argument.words] }),
)}
  esac
}
complete -F _mlip mlip
`;
}

function offer({ words, isPath }: Value): string {
  const paths = isPath ? 'compopt -o default' : '';
  return [words.length > 0 ? wordsOf(words) : '', paths, 'return'].filter(Boolean).join('; ');
}

function wordsOf(words: readonly string[]): string {
  return `COMPREPLY=($(compgen -W ${quoted(words.join(' '))} -- "$current"))`;
}
