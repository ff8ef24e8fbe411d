// Zero-shot scores of constructed embeddings, and the files of prompts.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { HostTensor } from '../../src/core/host-tensor.js';
import { FINDING_KINDS } from '../../src/data/synth/findings.js';
import { labelNames, rowsWith, scoreLabel, summariseLabels, unscorable } from '../../src/evaluation/label-scores.js';
import { CHEST_PROMPTS, findPrompts, readPrompts } from '../../src/evaluation/prompts.js';
import { ensemble, zeroShotScores } from '../../src/evaluation/zero-shot.js';

const folder = mkdtempSync(join(tmpdir(), 'mlip-prompts-'));
afterAll(() => rmSync(folder, { recursive: true }));

function tensor(...rows: number[][]): HostTensor {
  return { shape: [rows.length, rows[0].length], data: Float32Array.from(rows.flat()) };
}

describe('zero-shot scores', () => {
  const images = tensor([1, 0], [0, 1], [0.6, 0.8]);

  it('are cosines with the mean of the prompts, which is of length 1 again', () => {
    const present = tensor([1, 0], [0, 1]);
    ensemble(present).forEach((value) => expect(value).toBeCloseTo(Math.SQRT1_2, 12));
    const scores = zeroShotScores(images, { present });
    [Math.SQRT1_2, Math.SQRT1_2, 1.4 * Math.SQRT1_2].forEach((value, at) => expect(scores[at]).toBeCloseTo(value, 6));
  });

  it('are less the cosines with the prompts of absence', () => {
    const scores = zeroShotScores(images, { present: tensor([1, 0]), absent: tensor([0, 1]) });
    [1, -1, -0.2].forEach((value, at) => expect(scores[at]).toBeCloseTo(value, 6));
  });

  it('are the same for all images where the prompts cancel each other', () => {
    expect([...zeroShotScores(images, { present: tensor([1, 0], [-1, 0]) })]).toEqual([0, 0, 0]);
  });
});

describe('the scores of labels', () => {
  const rows = [{ labels: ['b', 'a'] }, { labels: ['a'] }, { labels: [] }, { labels: ['a', 'c'] }, { labels: [] }];

  it('are of each label that a row has, in alphabetical order', () => {
    expect(labelNames(rows)).toEqual(['a', 'b', 'c']);
    expect(rowsWith(rows, 'a')).toEqual([true, true, false, true, false]);
  });

  it('need two rows of each class', () => {
    expect(unscorable(rowsWith(rows, 'a'), 'valid')).toBeUndefined();
    expect(unscorable(rowsWith(rows, 'b'), 'valid')).toBe('1 of 5 rows of the split valid have it');
    expect(unscorable([true, true, false], 'test')).toBe('only 1 of 3 rows of the split test lack it');
  });

  it('are AUROCs, with their mean as macro AUROC', () => {
    const positive = rowsWith(rows, 'a');
    const right = scoreLabel('a', Float64Array.of(3, 3, 1, 2, 0), positive);
    const half = scoreLabel('other', Float64Array.of(1, 1, 1, 1, 1), positive);
    expect(right).toEqual({ label: 'a', positives: 3, negatives: 2, auroc: 1, standardError: 0 });
    const leftOut = [{ label: 'b', reason: 'rare' }];
    expect(summariseLabels([right, half], leftOut)).toMatchObject({ macroAuroc: 0.75, chance: 0.5, leftOut });
  });
});

describe('prompts', () => {
  function write(name: string, text: string): string {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  }

  it('of mlip are there for every label of a synthetic corpus, present and absent', async () => {
    const file = await readPrompts(CHEST_PROMPTS);
    for (const label of [...FINDING_KINDS, 'normal']) {
      const prompts = findPrompts(file, label);
      expect(prompts?.present.length, label).toBeGreaterThanOrEqual(3);
      expect(prompts?.absent.length, label).toBeGreaterThanOrEqual(3);
    }
  });

  it('are cleaned as reports are; labels are found however they are spelled', async () => {
    const file = await readPrompts(write('own.json', '{"Pleural_Effusion": ["There is fluid.", "Effusion, 2.5 cm!"]}'));
    const expected = { present: ['there is fluid', 'effusion 2.5 cm'], absent: [] };
    expect(findPrompts(file, 'pleural effusion')).toEqual(expected);
    expect(findPrompts(file, 'PLEURAL-EFFUSION')).toEqual(expected);
    expect(findPrompts(file, 'effusion')).toBeUndefined();
  });

  it.each([
    ['list.yaml', '- effusion', 'is no list of labels with prompts', ''],
    ['empty.yaml', '{}', 'is no list of labels with prompts', ''],
    ['broken.yaml', 'a: [', 'cannot be read', ''],
    ['text.yaml', 'effusion: fluid', 'must be a list of prompts', ', label effusion'],
    ['none.yaml', 'effusion: []', 'needs at least one prompt', ', label effusion'],
    ['number.yaml', 'effusion: [fluid, 3]', '1 must be text', ', label effusion'],
    ['blank.yaml', 'effusion: {present: [fluid, "..."]}', 'present.1 has no words', ', label effusion'],
    ['key.yaml', 'effusion: {yes: [fluid]}', 'present must be a list of prompts', ', label effusion'],
  ])('in %s (%s) are refused', async (name, text, fault, place) => {
    const path = write(name, text);
    await expect(readPrompts(path)).rejects.toMatchObject({
      code: 'MLIP_E_EVALUATION_PROMPTS',
      message: expect.stringContaining(fault) as string,
      where: path + place,
    });
  });

  it('that are not there are named', async () => {
    const path = join(folder, 'missing.yaml');
    await expect(readPrompts(path)).rejects.toMatchObject({ code: 'MLIP_E_EVALUATION_PROMPTS', where: path });
  });
});
