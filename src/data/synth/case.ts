/** A synthetic case: all that its picture shows and its report may say, as a function of the seed and the row. */
import { random, type Random } from '../../core/random.js';
import { sampleAnatomy, type Anatomy } from './anatomy.js';
import { between, chance, weighted } from './chance.js';
import { sampleDevices, type Device } from './devices.js';
import { sampleFindings, type Finding, type FindingKind } from './findings.js';

export type Exposure = 'under' | 'normal' | 'over';

/** How the film was taken: what turns attenuation into grey values. */
export interface Technique {
  exposure: Exposure;
  /** Steepness of the tone curve. */
  contrast: number;
  /** Turn of the body on the film, in radians, and its offset, in units. */
  tilt: number;
  offset: { x: number; y: number };
  /** Free space around the lungs: share of their height. */
  margin: number;
  /** Width over height of the film. */
  aspect: number;
  /** Whether the collimator's black border shows. */
  collimated: boolean;
  /** Standard deviation of the noise in grey values. */
  noise: number;
}

export interface Case {
  seed: number;
  row: number;
  /** Row of the first film of its study, itself in most studies: films of a study have one report. */
  study: number;
  /** Whether it is of the hard corpus. */
  hard: boolean;
  anatomy: Anatomy;
  findings: readonly Finding[];
  devices: readonly Device[];
  technique: Technique;
}

export function sampleCase(seed: number, row: number, hard = false): Case {
  const draws = (purpose: string): Random => random(seed, 'synth', row, purpose);
  const findings = sampleFindings(draws('findings'), hard);
  const anatomy = sampleAnatomy(draws('anatomy'), findings);
  const devices = sampleDevices(draws('devices'), anatomy.view, findings);
  return {
    ...{ seed, row, study: row, hard, findings, anatomy, devices },
    technique: sampleTechnique(draws('technique')),
  };
}

/** In the hard corpus, the first two of so many rows are films of one study; the held-out rows are others. */
const STUDY_STRIDE = 8;

/**
 * A case of the hard corpus, in which pairs are false negatives of each other: findings are rarer and unevenly so, many
 * films without a finding have a report that others have word for word, and some studies have two films.
 */
export function sampleHardCase(seed: number, row: number): Case {
  const own = sampleCase(seed, row, true);
  if (row % STUDY_STRIDE !== 1) return own;
  const first = sampleCase(seed, row - 1, true);
  // The report says how the film was exposed, so that both are alike in this.
  return { ...first, row, technique: { ...own.technique, exposure: first.technique.exposure } };
}

/** The labels of a manifest row: the kinds of its findings, or `normal`. */
export function labelsOf({ findings }: Case): (FindingKind | 'normal')[] {
  return findings.length > 0 ? findings.map(({ kind }) => kind) : ['normal'];
}

function sampleTechnique(draw: Random): Technique {
  return {
    exposure: weighted(draw, { under: 0.15, normal: 0.7, over: 0.15 }),
    contrast: between(draw, 1.75, 2.35),
    tilt: 0.035 * draw.normal(),
    offset: { x: between(draw, -0.06, 0.06), y: between(draw, -0.05, 0.05) },
    margin: between(draw, 0.1, 0.24),
    aspect: between(draw, 0.84, 1.14),
    collimated: chance(draw, 0.15),
    noise: between(draw, 1.2, 3.6),
  };
}
