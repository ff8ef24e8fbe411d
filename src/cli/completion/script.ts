/** Pieces of shell scripts that bash and zsh have in common. */
import type { CommandNode, Value } from './tree.js';

export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Patterns of a path and the word after it that lead to another command: `' train'|'knowledge link'`. */
export function steps(nodes: readonly CommandNode[]): string {
  return nodes.flatMap(({ path, commands }) => commands.map(({ name }) => quoted(`${path} ${name}`))).join('|');
}

/** Patterns of a path and an option before the cursor, and what that takes. */
export function valued(nodes: readonly CommandNode[]): [string, Value][] {
  return nodes.flatMap(({ path, options }) =>
    options.flatMap(({ flags, value }): [string, Value][] =>
      value === null ? [] : [[flags.map((flag) => quoted(`${path}|${flag}`)).join('|'), value]],
    ),
  );
}

/** Branches of a `case`. */
export function caseOf<T>(branches: readonly (readonly [string, T])[], body: (what: T) => string): string {
  return branches.map(([pattern, what]) => `    ${pattern}) ${body(what)} ;;`).join('\n');
}
