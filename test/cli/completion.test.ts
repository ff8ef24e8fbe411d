// Completion in the real shells: commands, their options, what these take, and files.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mlip } from './run-cli.js';

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mlip-completion-'));
  mkdirSync(join(folder, 'here', 'runs'), { recursive: true });
  writeFileSync(join(folder, 'here', 'pairs.jsonl'), '');
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { status, stdout, stderr } = await mlip(['completion', shell]);
    expect(status, stderr).toBe(0);
    writeFileSync(join(folder, shell), stdout);
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

/** As the shell would complete the last word of the line. */
type Complete = (line: string) => string[];

function run(shell: string, args: string[], env: NodeJS.ProcessEnv = {}): string[] {
  const options = {
    encoding: 'utf8',
    cwd: join(folder, 'here'),
    env: { ...process.env, ...env, TERM: 'dumb' },
  } as const;
  const { status, stdout, stderr } = spawnSync(shell, args, options);
  expect(status, stderr).toBe(0);
  return stdout
    .split('\n')
    .map((line) => line.split('\t')[0].trim())
    .filter((line) => line !== '');
}

/** What bash calls at a TAB; its option that falls back on files is heeded here. */
const bash: Complete = (line) => {
  const words = line.split(' ');
  const script = `
    source ../bash
    compopt() { [[ $1 == -o ]] && paths=yes; true; }
    COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}
    _mlip
    [[ $paths == yes && \${#COMPREPLY[@]} == 0 ]] && COMPREPLY=($(compgen -f -- '${words.at(-1)!}'))
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  return run('bash', ['--norc', '-c', script]);
};

const fish: Complete = (line) => run('fish', ['--no-config', '-c', `source ../fish; complete -C '${line}'`]);

/**
 * A zsh in a zsh, whose completion is asked for what it would offer. Only after its prompt does it read key by key: before that a
 * Ctrl-U is the terminal's. Markers are written in two parts, so that the echo of a command is not taken for what it prints.
 */
const zsh: Complete = (line) => {
  const script = `
    zmodload zsh/zpty
    zpty shell zsh -f -i
    zpty -w shell "PS1=ASK: ; autoload -Uz compinit; compinit -u -d ${folder}/dump; source ../zsh"
    zpty -w shell 'compadd() { if [[ \${@[(I)-O|-A|-D]} -gt 0 ]]; then builtin compadd "$@"; return; fi; builtin compadd -O found "$@"; (( $#found )) && print -lr -- "<"$^found">"; builtin compadd "$@" }'
    zpty -w shell 'bindkey "^I" complete-word; zstyle ":completion:*" list-grouped false; print REA""DY'
    zpty -r shell text '*READY*ASK:*'
    zpty -n -w shell '${line}'$'\\t'$'\\C-e'$'\\C-u'"print E''ND"$'\\n'
    zpty -r shell text '*END*'
    print -r -- $text`;
  const found = run('zsh', ['-f', '-c', script]).flatMap((text) =>
    [...text.matchAll(/<([^<>]+)>/g)].map(([, word]) => word),
  );
  return [...new Set(found)];
};

const isThere = (shell: string): boolean => spawnSync(shell, ['--version']).status === 0;
for (const shell of ['bash', 'zsh', 'fish'].filter((name) => !isThere(name))) {
  process.stderr.write(`${shell} is missing: its completion is not tested\n`);
}

describe.each<[string, Complete]>([
  ['bash', bash],
  ['fish', fish],
  ['zsh', zsh],
])('in %s', (shell, complete) => {
  it.skipIf(!isThere(shell))('completes commands, also those within others', () => {
    expect(complete('mlip sta')).toEqual(['status']);
    expect(complete('mlip s').sort()).toEqual(['scale', 'status', 'stop', 'submit']);
    expect(complete('mlip knowledge li')).toEqual(['link']);
    expect(complete('mlip --debug knowledge li')).toEqual(['link']);
    expect(complete('mlip status knowledge li')).toEqual([]);
  });

  it.skipIf(!isThere(shell))('completes options, and what they take', () => {
    expect(complete('mlip status --wa')).toEqual(['--watch']);
    expect(complete('mlip knowledge link --js')).toEqual(['--json']);
    expect(complete('mlip status --deb')).toEqual(['--debug']);
    expect(complete('mlip train --wat')).toEqual([]);
    expect(complete('mlip status -o w')).toEqual(['wide']);
    expect(complete('mlip status --output ').sort()).toEqual(['json', 'text', 'wide']);
    expect(complete('mlip completion f')).toEqual(['fish']);
    expect(complete('mlip train clip-n')).toEqual(['clip-nano']);
  });

  it.skipIf(!isThere(shell))('completes files where one is wanted, and only there', () => {
    expect(complete('mlip train --data pai')).toEqual(['pairs.jsonl']);
    expect(complete('mlip status ru').map((path) => path.replace('/', ''))).toEqual(['runs']);
    expect(complete('mlip train --steps pai')).toEqual([]);
    expect(complete('mlip pai')).toEqual([]);
  });
});

it.skipIf(!isThere('bash'))('completes what follows an equals sign, which bash takes for a word', () => {
  expect(bash('mlip status --output = j')).toEqual(['json']);
  expect(bash('mlip status --output =').sort()).toEqual(['json', 'text', 'wide']);
});

it.skipIf(!isThere('zsh'))('completes what follows an equals sign in zsh', () => {
  expect(zsh('mlip status --output=j')).toEqual(['json']);
});

it('names the shells that there are', async () => {
  const { status, stderr } = await mlip(['completion', 'tcsh']);
  expect([status, stderr]).toEqual([2, expect.stringContaining('Allowed choices are bash, zsh, fish')]);
});
