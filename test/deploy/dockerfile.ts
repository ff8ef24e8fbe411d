/** Reads a Dockerfile, as far as those of mlip go; throws where one says something else. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/core/package-root.js';

export interface Instruction {
  name: string;
  text: string;
}

export interface Stage {
  name: string;
  /** An image, or the stage before it. */
  base: string;
  instructions: Instruction[];
}

const INSTRUCTIONS = new Set('ARG FROM WORKDIR COPY RUN LABEL ENV USER EXPOSE HEALTHCHECK ENTRYPOINT CMD'.split(' '));

export function readDockerfile(name: string): Stage[] {
  return stagesOf(readFileSync(join(packageRoot, 'deploy/docker', name), 'utf8'));
}

export function stagesOf(text: string): Stage[] {
  const stages: Stage[] = [];
  const globals = new Map<string, string>();
  for (const { name, text: rest } of instructionsOf(text)) {
    if (name === 'FROM') {
      const [image, , stage = ''] = rest.split(/\s+/);
      stages.push({ name: stage, base: expanded(image, globals), instructions: [] });
    } else if (stages.length === 0) {
      if (name !== 'ARG') throw new Error(`${name} before FROM`);
      const [key, value] = rest.split('=');
      globals.set(key, value);
    } else stages.at(-1)!.instructions.push({ name, text: rest });
  }
  return stages;
}

/** As a JSON array: the form in which no shell stands between. */
export function execForm(instructions: readonly Instruction[], name: string): string[] {
  const found = instructions.findLast((instruction) => instruction.name === name);
  return JSON.parse(found?.text.replace(/^[^[]*/, '') ?? '[]') as string[];
}

/** KEY=value of all instructions of that name, such as ENV and LABEL. */
export function assignments(instructions: readonly Instruction[], name: string): Record<string, string> {
  const text = instructions.flatMap((instruction) => (instruction.name === name ? instruction.text : [])).join(' ');
  const pairs = text.matchAll(/([\w.]+)=("[^"]*"|\S+)/g);
  return Object.fromEntries(Array.from(pairs, ([, key, value]) => [key, value.replace(/^"|"$/g, '')]));
}

function instructionsOf(text: string): Instruction[] {
  const lines = text.split('\n').filter((line) => !line.trimStart().startsWith('#'));
  const whole = lines
    .join('\n')
    .replace(/\\\n\s*/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '');
  return whole.map((line) => {
    const [, name, rest] = /^(\w+)\s+(.*)$/.exec(line) ?? [];
    if (!INSTRUCTIONS.has(name)) throw new Error(`not an instruction that is known here: ${line}`);
    return { name, text: rest };
  });
}

function expanded(text: string, values: ReadonlyMap<string, string>): string {
  return text.replace(/\$\{(\w+)\}/g, (_, name: string) => values.get(name) ?? '');
}
