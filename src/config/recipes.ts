/** Recipes: whole configurations with a name, in recipes/*.yaml of the package. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { MlipError } from '../core/errors.js';
import { packageRoot } from '../core/package-root.js';
import type { Assignment } from './origin.js';
import { nearest } from './suggest.js';
import { readYamlSource } from './yaml-source.js';

const RECIPES = join(packageRoot, 'recipes');

/** Names of the recipes that ship with mlip. */
export function recipeNames(): string[] {
  return readdirSync(RECIPES)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => basename(file, '.yaml'))
    .sort();
}

/** The values of a configuration, those of its base first. */
export function readRecipeOrFile(recipeOrFile: string): Assignment[] {
  if (recipeNames().includes(recipeOrFile)) return readRecipe(recipeOrFile);
  if (existsSync(recipeOrFile) && statSync(recipeOrFile).isFile()) return readFile(recipeOrFile);
  throw unknownRecipe(recipeOrFile);
}

function readRecipe(name: string): Assignment[] {
  const file = join(RECIPES, `${name}.yaml`);
  return readYamlSource(file, (line) => ({ kind: 'recipe', name: `${name} (recipes/${name}.yaml:${line})` }))
    .assignments;
}

function readFile(file: string): Assignment[] {
  const shown = relative(process.cwd(), file).startsWith('..') ? file : relative(process.cwd(), file);
  const { base, assignments } = readYamlSource(file, (line) => ({ kind: 'file', name: `${shown}:${line}` }));
  if (base === undefined) return assignments;
  const name = String(base.value);
  if (!recipeNames().includes(name)) throw unknownRecipe(name, base.origin.name);
  return [...readRecipe(name), ...assignments];
}

function unknownRecipe(name: string, where?: string): MlipError {
  const looksLikeFile = /[/\\]|\.(ya?ml|json)$/.test(name);
  const guess = nearest(name, recipeNames());
  return new MlipError(
    'MLIP_E_CONFIG_UNKNOWN_RECIPE',
    looksLikeFile && where === undefined ? `there is no file ${name}` : `there is no recipe named ${name}`,
    {
      where,
      remedy: `${guess === undefined ? '' : `Did you mean ${guess}? `}Recipes: ${recipeNames().join(', ')}; or name a YAML file.`,
    },
  );
}
