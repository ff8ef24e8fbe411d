/** Batches for evaluation: in order, from the centre, of one shape. */
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { evaluationBatches, type EvaluationBatch } from '../../src/data/evaluation-batches.js';
import { decodeSquare } from '../../src/data/image.js';
import { readManifest } from '../../src/data/manifest.js';
import { splitPairs } from '../../src/data/pairs.js';
import { createTokenizer } from '../../src/data/tokenizer.js';
import { readVocabulary } from '../../src/data/vocabulary.js';
import { DATA, fixture, imageName, recordingLog, writeCorpus } from './corpus.js';

const SIZE = 16;
const CONFIG = {
  data: DATA,
  model: { vision: { imageSize: SIZE } },
  evaluation: { batchSize: 4 },
  timeouts: { dataMs: 20_000 },
};
const tokenizer = createTokenizer(await readVocabulary(fixture('vocab.txt')), DATA.maxPieces);

async function batchesOf(path: string, damaged: number[] = [], config = CONFIG) {
  const { train } = splitPairs(await readManifest(path));
  for (const row of damaged) writeFileSync(train[row].image, 'damaged');
  const log = recordingLog();
  const batches: EvaluationBatch[] = [];
  for await (const batch of evaluationBatches(train, tokenizer, config, log)) batches.push(batch);
  return { batches, log, train };
}

describe('evaluationBatches', () => {
  it('hands out all pairs in order and fills the last batch up with its first pair', async () => {
    const { batches, train } = await batchesOf(await writeCorpus(6));
    expect(batches.map(({ pairs }) => pairs.map(({ imageName: name }) => name))).toEqual([
      [0, 1, 2, 3].map(imageName),
      [4, 5].map(imageName),
    ]);
    const { images, pieceIds, pieceMask } = batches[1];
    const image = (i: number) => [...images.subarray(i * SIZE * SIZE, (i + 1) * SIZE * SIZE)];
    const pieces = (i: number) => [...pieceIds.subarray(i * DATA.maxPieces, (i + 1) * DATA.maxPieces)];
    expect([image(2), pieces(2)]).toEqual([image(0), pieces(0)]);
    expect(image(1)).not.toEqual(image(0));
    expect(pieces(0)).toEqual([...tokenizer.tokenize(train[4].text).ids]);
    expect(pieceMask).toHaveLength(4 * DATA.maxPieces);

    const { pixels } = await decodeSquare(train[5].image, DATA.resize, DATA);
    const expected = Array.from(
      { length: SIZE * SIZE },
      (_, i) => pixels[(2 + Math.floor(i / SIZE)) * DATA.resize + 2 + (i % SIZE)],
    );
    expect(image(1)).toEqual(expected);
  });

  it('leaves unusable images out and says so', async () => {
    const { batches, log } = await batchesOf(await writeCorpus(9), [1, 8]);
    expect(batches.map(({ pairs }) => pairs.map(({ imageName: name }) => name))).toEqual([
      [0, 2, 3].map(imageName),
      [4, 5, 6, 7].map(imageName),
    ]);
    expect(log.lines.map(({ level, fields }) => [level, fields['image']])).toEqual([
      ['warn', imageName(1)],
      ['warn', imageName(8)],
    ]);
  });

  it('ends at timeouts.dataMs and names the images it waits for', async () => {
    const path = await writeCorpus(2);
    const side = 6000;
    const large = sharp(new Uint8Array(side * side), { raw: { width: side, height: side, channels: 1 } });
    await large.png({ compressionLevel: 1 }).toFile(join(dirname(path), imageName(1)));
    const config = { ...CONFIG, data: { ...DATA, maxPixels: side * side }, timeouts: { dataMs: 5 } };
    await expect(batchesOf(path, [], config)).rejects.toMatchObject({
      code: 'MLIP_E_DATA_DEADLINE',
      where: expect.stringContaining(`line 2 ${imageName(1)}`) as string,
    });
  });
});
