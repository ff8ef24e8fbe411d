/** The share of each part of the method in the time of a step, and whether the proxies cost what their passes explain. */
import { readCases } from './side.js';

/** In the order in which they are added; the Python side knows them by the same names. `encoders` has the global heads. */
export const PARTS = ['encoders', 'contrast', 'divergence', 'local', 'knowledge', 'prototypes', 'itm', 'ts'] as const;
export type Part = (typeof PARTS)[number];

/** Milliseconds of forward and backward pass with the first part, the first two, and so on. */
export type PartTimes = readonly number[];

/** What each part adds to those before it. */
export function added(times: PartTimes): number[] {
  return times.map((time, index) => time - (index === 0 ? 0 : times[index - 1]));
}

export function describeShares({ ours, theirs }: { ours: PartTimes; theirs: PartTimes }): string[] {
  const [own, other] = [sharesOf(ours), sharesOf(theirs)];
  const lines = PARTS.map((part, index) => `method, ${part}: ${own[index]} (ours), ${other[index]} (theirs)`);
  return [
    'method: what each part adds to forward and backward pass, in this order, and its share:',
    ...lines,
    `method: both proxies take ${proxyCost(ours)} (ours) and ${proxyCost(theirs)} (theirs) times as long as the encoders; the multiplications of their passes explain ${explained()}.`,
  ];
}

function sharesOf(times: PartTimes): string[] {
  const whole = times.at(-1)!;
  return added(times).map((time) => `${time.toFixed(0)} ms, ${((100 * time) / whole).toFixed(1)} %`);
}

/** Time of both proxies in units of the encoders' time. */
function proxyCost(times: PartTimes): string {
  const costs = added(times);
  const proxies = costs[PARTS.indexOf('itm')] + costs[PARTS.indexOf('ts')];
  return (proxies / costs[0]).toFixed(2);
}

function explained(): string {
  const { fusion, encoders } = multiplications();
  return (fusion / encoders).toFixed(2);
}

/** Of a forward pass; those of the backward pass are twice as many for both. */
export function multiplications(): { encoders: number; fusion: number } {
  const { batch, vision, text, fusion } = readCases().method;
  const tokens = (vision.imageSize / vision.patchSize) ** 2 + 1;
  const { pieces } = text;
  const image = vision.layers * layerOf(tokens, tokens, vision.width, vision.mlpWidth);
  const report = text.layers * layerOf(pieces, pieces, text.width, text.mlpWidth);
  const pair =
    fusion.layers * (layerOf(pieces, pieces, text.width, fusion.mlpWidth) + attentionOf(pieces, tokens, text.width));
  return { encoders: batch * (image + report), fusion: 3 * batch * pair };
}

function layerOf(queries: number, keys: number, width: number, mlpWidth: number): number {
  return attentionOf(queries, keys, width) + 2 * queries * width * mlpWidth;
}

/** Projections of queries, keys, values and output, then scores and their use. */
function attentionOf(queries: number, keys: number, width: number): number {
  return 2 * (queries + keys) * width ** 2 + 2 * queries * keys * width;
}
