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
  anatomy: Anatomy;
  findings: readonly Finding[];
  devices: readonly Device[];
  technique: Technique;
}

export function sampleCase(seed: number, row: number): Case {
  const draws = (purpose: string): Random => random(seed, 'synth', row, purpose);
  const findings = sampleFindings(draws('findings'));
  const anatomy = sampleAnatomy(draws('anatomy'), findings);
  const devices = sampleDevices(draws('devices'), anatomy.view, findings);
  return { seed, row, findings, anatomy, devices, technique: sampleTechnique(draws('technique')) };
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
