// The parts of `mlip ablate` that train nothing: axes, variants, statistics, table, chart, what goes with what.
import { describe, expect, it } from 'vitest';
import { resolveConfig } from '../../src/config/load.js';
import type { Config } from '../../src/config/schema.js';
import { AXES, axesOf, parseAxes, without } from '../../src/evaluation/ablation/axes.js';
import { ablationChart } from '../../src/evaluation/ablation/chart.js';
import { scaleFor } from '../../src/evaluation/ablation/chart-scale.js';
import { emptyReport, isFinished, withRun, withVariants } from '../../src/evaluation/ablation/report.js';
import type { AblationBase, FinishedRun } from '../../src/evaluation/ablation/report.js';
import { differences } from '../../src/evaluation/ablation/same-base.js';
import { metricsOf, summariseRuns, type MetricValues } from '../../src/evaluation/ablation/scores.js';
import { settingText } from '../../src/evaluation/ablation/settings.js';
import { ablationTable } from '../../src/evaluation/ablation/table.js';
import { chooseVariants, variantsOf } from '../../src/evaluation/ablation/variants.js';

const WHOLE = [
  ...['loss.divergence.enabled=true', 'loss.local.weight=1', 'loss.prototypes.weight=1', 'loss.itm.weight=1'],
  ...['loss.ts.weight=1', 'loss.falseNegatives=mask', 'knowledge.enabled=true'],
];
const configOf = (...set: string[]): Config => resolveConfig({ recipeOrFile: 'clip-nano', set }).config;
const whole = configOf(...WHOLE);
const settingsOf = (config: Config, variant: string): string[] =>
  variantsOf(config, axesOf(config))
    .find(({ name }) => name === variant)!
    .settings.map(settingText);

describe('axes', () => {
  it('are those that the configuration trains with', () => {
    expect(axesOf(whole)).toEqual(AXES);
    expect(axesOf(configOf('loss.itm.weight=1'))).toEqual(['itm']);
    expect(axesOf(configOf())).toEqual([]);
  });

  it.each(AXES)('%s is off in the variant without it, and all others are on', (axis) => {
    const [variant] = chooseVariants(variantsOf(whole, AXES), [`-${axis}`]);
    expect(axesOf(variant.config)).toEqual(AXES.filter((other) => other !== axis));
  });

  it('take knowledge with them where nothing is left for it to act on', () => {
    const onlyLocal = configOf('loss.local.weight=1', 'knowledge.enabled=true');
    expect(without(['local'], onlyLocal).map(settingText)).toEqual(['loss.local.weight=0', 'knowledge.enabled=false']);
    expect(without(['local'], whole).map(settingText)).toEqual(['loss.local.weight=0']);
    expect(without(['local', 'prototypes'], whole).map(settingText)).toContain('knowledge.enabled=false');
  });

  it.each([
    [['divergance'], 'there is no axis "divergance"', 'Did you mean divergence? '],
    [['itm', 'itm'], 'the axis itm is named twice', 'Name each axis once'],
    [['ts'], 'clip-nano trains without ts (text swapping)', 'Axes that it has: itm.'],
  ])('%j are refused where only itm is on', (names, message, remedy) => {
    expect(() => parseAxes(names, configOf('loss.itm.weight=1'))).toThrow(
      expect.objectContaining({
        code: 'MLIP_E_USAGE',
        message: expect.stringContaining(message) as string,
        remedy: expect.stringContaining(remedy) as string,
      }) as Error,
    );
  });
});

describe('variants', () => {
  it('are the whole, without each axis, and the global contrast alone', () => {
    const names = variantsOf(whole, parseAxes(['itm', 'knowledge'], whole)).map(({ name }) => name);
    expect(names).toEqual(['full', '-itm', '-knowledge', 'global']);
    expect(axesOf(variantsOf(whole, ['itm'])[2].config)).toEqual([]);
    expect(settingsOf(whole, 'full')).toEqual([]);
  });

  it('leave out the global contrast alone where it is the same as another', () => {
    expect(variantsOf(configOf('loss.itm.weight=1'), ['itm']).map(({ name }) => name)).toEqual(['full', '-itm']);
  });

  it('that cannot be trained are refused with the reason', () => {
    const config = configOf('loss.itm.weight=1', 'loss.global.weight=0');
    expect(() => variantsOf(config, ['itm'])).toThrow(
      /the variant -itm cannot be trained: loss.*one of the five losses/,
    );
  });

  it('are chosen by name, in their own order', () => {
    const variants = variantsOf(whole, ['itm', 'ts']);
    expect(chooseVariants(variants, ['global', '-itm']).map(({ name }) => name)).toEqual(['-itm', 'global']);
    expect(() => chooseVariants(variants, ['-its'])).toThrow('there is no variant "-its"');
  });
});

const values = (retrievalR1: number, probeAuroc: number | null = 0.7): MetricValues => ({
  ...{ retrievalR1, retrievalR10: 0.5, zeroShotAuroc: 0.6, probeAuroc },
});

describe('statistics', () => {
  it('are mean and standard deviation, divided by n - 1', () => {
    const { retrievalR1, retrievalR10 } = summariseRuns([values(0.1), values(0.2), values(0.6)]);
    expect(retrievalR1!.mean).toBeCloseTo(0.3, 12);
    expect(retrievalR1!.deviation).toBeCloseTo(Math.sqrt((0.04 + 0.01 + 0.09) / 2), 12);
    expect(retrievalR1!.values).toEqual([0.1, 0.2, 0.6]);
    expect(retrievalR10!.deviation).toBe(0);
  });

  it('have no deviation for one seed, and are missing where no run has the metric', () => {
    const { retrievalR1, probeAuroc } = summariseRuns([values(0.1, null)]);
    expect(retrievalR1).toEqual({ mean: 0.1, deviation: null, values: [0.1] });
    expect(probeAuroc).toBeNull();
  });

  it('take the mean of both directions of retrieval', () => {
    const recall = (r1: number) => ({ r1, r5: 0.5, r10: 2 * r1 });
    const score = { pairs: 8, imageToReport: recall(0.1), reportToImage: recall(0.3) };
    const scores = { macroAuroc: 0.8, chance: 0.5, labels: [], leftOut: [] };
    const { retrievalR1, retrievalR10, zeroShotAuroc, probeAuroc } = metricsOf(score, scores, null);
    expect(retrievalR1).toBeCloseTo(0.2, 12);
    expect(retrievalR10).toBeCloseTo(0.4, 12);
    expect([zeroShotAuroc, probeAuroc]).toEqual([0.8, null]);
  });
});

const rows = [
  { variant: 'full', summaries: summariseRuns([values(0.1), values(0.3)]) },
  { variant: '-itm', summaries: summariseRuns([values(0.05, null)]) },
  { variant: 'global', summaries: summariseRuns([]) },
];

it('the table has a row a variant, with the spread where there are several seeds', () => {
  expect(ablationTable(rows).split('\n')).toEqual([
    '| variant | seeds | retrieval R@1 | retrieval R@10 | zero-shot AUROC | linear probe AUROC |',
    '| --- | ---: | ---: | ---: | ---: | ---: |',
    '| `full` | 2 | 20.0 ± 14.1 % | 50.0 ± 0.0 % | 0.600 ± 0.000 | 0.700 ± 0.000 |',
    '| `-itm` | 1 | 5.0 % | 50.0 % | 0.600 | - |',
    '| `global` | 0 | - | - | - | - |',
  ]);
});

describe('the chart', () => {
  it('has a dot for each mean and each seed, and a bar where there is a spread', () => {
    const chart = ablationChart(rows);
    expect(chart.match(/class="mean"/g)).toHaveLength(4 + 3);
    expect(chart.match(/class="seed"/g)).toHaveLength(2 * 4 + 3);
    expect(chart.match(/class="bar"/g)).toHaveLength(4);
    expect(chart.match(/class="whole"/g)).toHaveLength(4);
    expect(chart).not.toContain('NaN');
  });

  it('is drawn before there is a score, too', () => {
    const chart = ablationChart([rows[2]]);
    expect(chart).toContain('>global</text>');
    expect(chart).not.toMatch(/NaN|Infinity/);
  });

  it.each([
    [
      [0.12, 0.31],
      [0.1, 0.2, 0.3, 0.4],
    ],
    [
      [0.702, 0.711],
      [0.7, 0.705, 0.71, 0.715],
    ],
    [[0.5], [0.495, 0.5, 0.505]],
    [
      [0, 1],
      [0, 0.5, 1],
    ],
  ])('has round ticks around %j', (shown, ticks) => {
    const scale = scaleFor(shown);
    expect(scale.ticks).toEqual(ticks);
    expect([scale.from, scale.to]).toEqual([ticks[0], ticks[ticks.length - 1]]);
  });
});

describe('the report', () => {
  const base: AblationBase = { recipe: 'clip-nano', manifest: 'corpus/manifest.jsonl', prompts: null, config: whole };
  const planned = variantsOf(whole, ['itm']);
  const run = (seed: number, r1: number) => ({ seed, metrics: values(r1) }) as FinishedRun;
  const failed = (seed: number) => ({ seed, error: { code: 'MLIP_E_WORKER_LOST' as const, message: 'gone' } });

  it('keeps runs by variant and seed, and sums them up', () => {
    const first = withRun(withRun(withVariants(emptyReport(base), planned), '-itm', run(2, 0.2)), '-itm', run(1, 0.4));
    expect(first.variants.map(({ variant }) => variant)).toEqual(['full', '-itm', 'global']);
    expect(first.variants[1].runs.map(({ seed }) => seed)).toEqual([1, 2]);
    expect(first.variants[1].summaries.retrievalR1!.mean).toBeCloseTo(0.3, 12);
    expect([isFinished(first, '-itm', 2), isFinished(first, '-itm', 3), isFinished(first, 'full', 2)]).toEqual([
      ...[true, false, false],
    ]);
    const narrowed = withVariants(first, chooseVariants(planned, ['global']));
    expect(narrowed.variants.map(({ variant }) => variant)).toEqual(['global', 'full', '-itm']);
    expect(isFinished(narrowed, '-itm', 2)).toBe(true);
  });

  it('does not count a failed run as finished, and forgets the failure once it succeeds', () => {
    const broken = withRun(withVariants(emptyReport(base), planned), 'full', failed(1));
    expect(isFinished(broken, 'full', 1)).toBe(false);
    expect(broken.variants[0].failed).toHaveLength(1);
    const repaired = withRun(broken, 'full', run(1, 0.3));
    expect(repaired.variants[0]).toMatchObject({ failed: [], runs: [{ seed: 1 }] });
  });

  it('goes on only with what changes no score', () => {
    const change = (...set: string[]): AblationBase => ({ ...base, config: configOf(...WHOLE, ...set) });
    expect(differences(change('seed=9', 'engine.threads=4', 'data.manifest=x', 'timeouts.stepMs=9'), base)).toEqual([]);
    expect(differences(change('steps=7', 'loss.itm.weight=0.5'), base)).toEqual([
      'steps is 7, not 500',
      'loss.itm.weight is 0.5, not 1',
    ]);
    expect(differences({ ...base, manifest: 'other.jsonl' }, base)).toEqual([
      'the manifest is "other.jsonl", not "corpus/manifest.jsonl"',
    ]);
  });
});
