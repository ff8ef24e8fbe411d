/** What can stand where on the command line: the commands, with their options and arguments, as shells complete them. */
import type { Command, Option } from 'commander';
import { recipeNames } from '../../config/recipes.js';

/** What may follow: one of some words, a path, or something that only the user knows. */
export interface Value {
  words: readonly string[];
  isPath: boolean;
}

export interface OptionNode {
  /** `-o`, `--output`. */
  flags: readonly string[];
  description: string;
  /** Null for a switch. */
  value: Value | null;
}

export interface CommandNode {
  /** `knowledge link`; empty for mlip itself. */
  path: string;
  commands: readonly { name: string; description: string }[];
  options: readonly OptionNode[];
  /** Of all arguments. */
  argument: Value;
}

/** The program itself first, then its commands with theirs. */
export function completionTree(program: Command): CommandNode[] {
  return nodesOf(program, []);
}

function nodesOf(command: Command, names: readonly string[]): CommandNode[] {
  const helper = command.createHelp();
  // Without the one that commander makes up for help.
  const known = helper.visibleCommands(command).filter((inner) => command.commands.includes(inner));
  const own = helper.visibleOptions(command);
  const inherited = names.length === 0 ? [] : helper.visibleGlobalOptions(command);
  const node = {
    path: names.join(' '),
    commands: known.map((inner) => ({ name: inner.name(), description: inner.description() })),
    options: [...own, ...inherited].map(optionOf),
    argument: argumentOf(command),
  };
  return [node, ...known.flatMap((inner) => nodesOf(inner, [...names, inner.name()]))];
}

function optionOf(option: Option): OptionNode {
  const flags = [option.short, option.long].filter((flag) => flag !== undefined && flag !== null);
  const isSwitch = !option.required && !option.optional;
  const placeholder = /[<[]([^>\]]+)/.exec(option.flags)?.[1] ?? '';
  const value = { words: option.argChoices ?? [], isPath: isPath(placeholder) };
  return { flags, description: option.description, value: isSwitch ? null : value };
}

function argumentOf({ registeredArguments }: Command): Value {
  const names = registeredArguments.map((argument) => argument.name());
  const choices = registeredArguments.flatMap(({ argChoices }) => argChoices ?? []);
  const recipes = names.some((name) => name.startsWith('recipe')) ? recipeNames() : [];
  return { words: [...choices, ...recipes], isPath: names.some(isPath) };
}

function isPath(placeholder: string): boolean {
  return placeholder.split('|').some((name) => ['file', 'dir', 'manifest', 'out', 'library'].includes(name));
}
