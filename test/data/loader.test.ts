/** The loader: the same batches whoever asks, decoded ahead, bad images replaced, waits that end. */
import { rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { Config } from '../../src/config/schema.js';
import { planner, shareOf, type Share } from '../../src/core/plan.js';
import { randomCrop } from '../../src/data/crop.js';
import { decodeSquare } from '../../src/data/image.js';
import { createLoader, type StepBatches } from '../../src/data/loader.js';
import { readManifest } from '../../src/data/manifest.js';
import { splitPairs, type Pair } from '../../src/data/pairs.js';
import { createTokenizer } from '../../src/data/tokenizer.js';
import { buildVocabulary } from '../../src/data/vocabulary-trainer.js';
import { DATA, imageName, recordingLog, writeCorpus } from './corpus.js';

const SEED = 11;
const SIZE = 16;
const BATCH = 6;
const MICRO_BATCH = 2;
const STEPS = 8;

interface Corpus {
  path: string;
  pairs: Pair[];
}

async function openCorpus(path: string): Promise<Corpus> {
  return { path, pairs: splitPairs(await readManifest(path)).train };
}

interface Settings {
  rank?: number;
  world?: number;
  batchSize?: number;
  data?: Partial<Config['data']>;
  dataMs?: number;
}

function open({ path, pairs }: Corpus, settings: Settings = {}) {
  const { rank = 0, world = 1, batchSize = BATCH, data = {}, dataMs = 20_000 } = settings;
  const share = shareOf(rank, world, batchSize / MICRO_BATCH);
  const log = recordingLog();
  const plan = planner({ seed: SEED, rows: pairs.length, batchSize, microBatchSize: MICRO_BATCH });
  const whole = createLoader({
    pairs,
    manifestPath: path,
    tokenizer: createTokenizer(
      buildVocabulary(
        pairs.map(({ text }) => text),
        120,
      ),
      DATA.maxPieces,
    ),
    config: { seed: SEED, data: { ...DATA, ...data }, model: { vision: { imageSize: SIZE } }, timeouts: { dataMs } },
    plan,
    endStep: STEPS,
    log,
  });
  const loader = { ...whole, next: (step: number, of: Share = share) => whole.next(step, of) };
  return { loader, log, plan };
}

/** Everything that training sees of some steps, per global micro-batch. */
async function contents({ loader }: ReturnType<typeof open>, from = 0, to = STEPS): Promise<Map<string, unknown>> {
  const seen = new Map<string, unknown>();
  for (let step = from; step < to; step++) {
    const { epoch, microBatches } = await loader.next(step);
    for (const { index, ...batch } of microBatches) seen.set(`${step}/${index}`, { epoch, ...batch });
  }
  loader.close();
  return seen;
}

async function contentsOfWorld(
  corpus: Corpus,
  world: number,
  data?: Partial<Config['data']>,
): Promise<Map<string, unknown>> {
  const ranks = Array.from({ length: world }, (_, rank) => contents(open(corpus, { rank, world, data })));
  return new Map((await Promise.all(ranks)).flatMap((seen) => [...seen]).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function damage(corpus: Corpus, ...rows: number[]): void {
  for (const row of rows) writeFileSync(join(dirname(corpus.path), imageName(row)), 'damaged');
}

const corpus = await openCorpus(await writeCorpus(20));

describe('createLoader', () => {
  it('hands out the planned rows: their image, cropped by seed, epoch and row, and their report', async () => {
    const { loader, plan } = open(corpus);
    const { step, epoch, microBatches } = await loader.next(4);
    loader.close();
    expect([step, epoch]).toEqual([4, 1]);
    expect(microBatches.map(({ index, firstRow }) => [index, firstRow])).toEqual([
      [0, 0],
      [1, 2],
      [2, 4],
    ]);
    expect(microBatches.map(({ rows }) => rows)).toEqual(plan(4).microBatches.map(({ rows }) => rows));

    const { rows, images, pieceIds, pieceMask } = microBatches[1];
    const { pixels } = await decodeSquare(corpus.pairs[rows[1]].image, DATA.resize, DATA);
    const { x, y } = randomCrop(DATA.resize, SIZE, SEED, 1, rows[1]);
    const expected = Array.from(
      { length: SIZE * SIZE },
      (_, i) => pixels[(y + Math.floor(i / SIZE)) * DATA.resize + x + (i % SIZE)],
    );
    expect([...images.subarray(SIZE * SIZE)]).toEqual(expected);

    const vocabulary = buildVocabulary(
      corpus.pairs.map(({ text }) => text),
      120,
    );
    const { ids, length } = createTokenizer(vocabulary, DATA.maxPieces).tokenize(corpus.pairs[rows[1]].text);
    expect(pieceIds.subarray(DATA.maxPieces)).toEqual(ids);
    expect([...pieceMask.subarray(DATA.maxPieces)]).toEqual(Array.from(ids, (_, i) => (i < length ? 1 : 0)));
  });

  it('gives the same micro-batches to one, two and five ranks, with and without a cache', async () => {
    const alone = await contentsOfWorld(corpus, 1);
    expect([...alone.keys()]).toHaveLength(STEPS * (BATCH / MICRO_BATCH));
    expect(await contentsOfWorld(corpus, 2, { cacheMb: 0 })).toEqual(alone);
    expect(await contentsOfWorld(corpus, 5, { prefetchSteps: 5, decodeThreads: 1 })).toEqual(alone);
  });

  it('continues from any step as if it had run from the first', async () => {
    const whole = await contents(open(corpus));
    const resumed = await contents(open(corpus), 5);
    expect([...resumed]).toEqual([...whole].filter(([key]) => Number(key.split('/')[0]) >= 5));
  });

  it('gives an earlier step again when it is asked for', async () => {
    const { loader } = open(corpus);
    const strip = ({ microBatches }: StepBatches) => microBatches;
    const first = strip(await loader.next(2));
    await loader.next(3);
    expect(strip(await loader.next(2))).toEqual(first);
    loader.close();
  });

  it('crops a row differently from epoch to epoch', async () => {
    const { loader } = open(corpus, { batchSize: 20 });
    const crops = new Set<string>();
    for (let epoch = 0; epoch < STEPS; epoch++) {
      const batches = (await loader.next(epoch)).microBatches;
      const batch = batches.find(({ rows }) => rows.includes(7))!;
      const start = batch.rows.indexOf(7) * SIZE * SIZE;
      crops.add(batch.images.subarray(start, start + SIZE * SIZE).join());
    }
    loader.close();
    expect(crops.size).toBeGreaterThan(STEPS / 2);
  });

  it('decodes data.prefetchSteps ahead, and not further', async () => {
    const own = await openCorpus(await writeCorpus(20));
    const { loader, plan } = open(own, { data: { prefetchSteps: 1, maxBadShare: 1 } });
    const rowsOf = (step: number) => plan(step).microBatches.flatMap(({ rows }) => [...rows]);
    await loader.next(0);
    await sleep(1000);
    // Steps 0 to 2 are one epoch: no row occurs twice.
    for (const row of [...rowsOf(1), ...rowsOf(2)]) rmSync(own.pairs[row].image);
    const ahead = await loader.next(1);
    expect(ahead.unusableRows).toBe(0);
    expect(ahead.waitMs).toBeLessThan(200);
    expect((await loader.next(2)).unusableRows).toBeGreaterThan(0);
    loader.close();
  });

  it('has nothing to decode for a rank without micro-batches', async () => {
    const { loader } = open(corpus, { rank: 4, world: 5 });
    expect((await loader.next(0)).microBatches).toEqual([]);
    loader.close();
  });
});

describe('a share that changes', () => {
  const strip = ({ microBatches }: StepBatches) => microBatches;

  it('from step to step gives the micro-batches of that share, and none for an empty one', async () => {
    const alone = open(corpus);
    const { loader } = open(corpus);
    const shares: Share[] = [0, 1, 2, 3].flatMap((start) => [start, 3].map((end) => ({ start, end })));
    for (const [step, { start, end }] of shares.entries()) {
      const expected = strip(await alone.loader.next(step)).slice(start, end);
      expect(strip(await loader.next(step, { start, end }))).toEqual(expected);
      expect(expected).toHaveLength(end - start);
    }
    for (const { loader: open } of [alone, { loader }]) open.close();
  });

  it('keeps what is decoded of micro-batches that stay, in this step and in those after it', async () => {
    const own = await openCorpus(await writeCorpus(20));
    const expected = strip(await open(own).loader.next(2));
    const { loader } = open(own, { data: { prefetchSteps: 1, cacheMb: 0, maxBadShare: 1 } });
    await loader.next(2, { start: 0, end: 3 });
    await loader.next(1, { start: 1, end: 3 });
    // With no cache and no images left, only what is in the making can be handed out.
    for (const { image } of own.pairs) rmSync(image);
    expect(strip(await loader.next(2, { start: 1, end: 3 }))).toEqual(expected.slice(1));
    expect(strip(await loader.next(2, { start: 2, end: 3 }))).toEqual(expected.slice(2));
    await expect(loader.next(2, { start: 1, end: 3 })).rejects.toMatchObject({ code: 'MLIP_E_DATA_IMAGES' });
    loader.close();
  });
});

describe('a run with unusable images', () => {
  it('replaces them by rows of other steps, the same for every world, and names them', async () => {
    const own = await openCorpus(await writeCorpus(20));
    damage(own, 3, 8);
    rmSync(join(dirname(own.path), imageName(15)));
    const alone = await contentsOfWorld(own, 1);
    expect(await contentsOfWorld(own, 3, { cacheMb: 0 })).toEqual(alone);

    const { loader, log, plan } = open(own);
    for (let step = 0; step < STEPS; step++) {
      const { microBatches } = await loader.next(step);
      const planned = plan(step).microBatches.flatMap(({ rows }) => [...rows]);
      const used = microBatches.flatMap(({ rows }) => [...rows]);
      const replaced = planned.filter((row) => [3, 8, 15].includes(row));
      expect(used).toHaveLength(BATCH);
      expect(used.filter((row) => [3, 8, 15].includes(row))).toEqual([]);
      expect(used.filter((row) => !planned.includes(row))).toHaveLength(replaced.length);
    }
    loader.close();
    const warnings = log.lines.filter(({ message }) => message === 'skipped an unusable image');
    expect(warnings.map(({ fields }) => fields['row']).sort()).toEqual(
      [3, 8, 15].map((row) => `${own.path}:${row + 1} ${imageName(row)}`).sort(),
    );
  });

  it('still fills a batch that is the whole training set', async () => {
    const own = await openCorpus(await writeCorpus(6));
    damage(own, 2);
    const { loader } = open(own);
    const { microBatches, unusableRows } = await loader.next(0);
    loader.close();
    const rows = microBatches.flatMap((batch) => [...batch.rows]);
    expect(unusableRows).toBe(1);
    expect(rows).toHaveLength(6);
    expect(rows).not.toContain(2);
  });

  it('ends above data.maxBadShare with the rows named', async () => {
    const own = await openCorpus(await writeCorpus(20));
    damage(own, ...Array.from({ length: 20 }, (_, row) => row));
    const { loader } = open(own);
    await expect(loader.next(0)).rejects.toMatchObject({
      code: 'MLIP_E_DATA_IMAGES',
      message: '5 of 20 training images are unusable',
      where: expect.stringContaining(own.path) as string,
      remedy: expect.stringContaining('mlip data check') as string,
    });
    loader.close();
  });
});

describe('a loader that has to wait', () => {
  it('ends at timeouts.dataMs and names step, rows and cause', async () => {
    const own = await openCorpus(await writeCorpus(6));
    const side = 6000;
    const large = sharp(new Uint8Array(side * side), { raw: { width: side, height: side, channels: 1 } });
    await large.png({ compressionLevel: 1 }).toFile(join(dirname(own.path), imageName(4)));
    const { loader } = open(own, { dataMs: 5, data: { decodeThreads: 1, maxPixels: side * side } });
    await expect(loader.next(0)).rejects.toMatchObject({
      code: 'MLIP_E_DATA_DEADLINE',
      message: expect.stringContaining('the batch of step 1 was not ready after 5 ms') as string,
      where: expect.stringContaining(`${own.path}:5 ${imageName(4)}`) as string,
    });
    loader.close();
  });

  it('rejects a wait when it is closed', async () => {
    const { loader } = open(await openCorpus(await writeCorpus(20)), { data: { decodeThreads: 1 } });
    const waiting = loader.next(0);
    loader.close();
    await expect(waiting).rejects.toMatchObject({ code: 'MLIP_E_INTERRUPTED' });
  });

  it('says so when Node has fewer threads than data.decodeThreads', () => {
    const { loader, log } = open(corpus, { data: { decodeThreads: 1000 } });
    loader.close();
    expect(log.lines[0]).toMatchObject({
      level: 'warn',
      fields: { wanted: 1000, environment: 'UV_THREADPOOL_SIZE=1001' },
    });
  });
});
