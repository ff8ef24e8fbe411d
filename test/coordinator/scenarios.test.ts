/**
 * Every scenario in transcripts/ answers as its file says. After a wanted change of behaviour, rewrite the files and read
 * the difference:
 *
 *   MLIP_REWRITE=1 npx vitest run test/coordinator/scenarios.test.ts && git diff test/coordinator/transcripts
 */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { transcribe } from './scenario.js';

const folder = join(import.meta.dirname, 'transcripts');
const files = readdirSync(folder).sort();

describe('the coordinator answers as its transcript says', () => {
  it.each(files)('%s', (name) => {
    const path = join(folder, name);
    const expected = readFileSync(path, 'utf8');
    const actual = transcribe(expected);
    if (process.env['MLIP_REWRITE'] === '1') writeFileSync(path, actual);
    else expect(actual).toBe(expected);
  });
});
