/**
 * The body of a synthetic case: how wide, how old, how deeply inspired, how turned; what its findings push and pull
 * included. Lengths are units of the body frame (geometry.ts).
 */
import type { Random } from '../../core/random.js';
import { between, chance, weighted } from './chance.js';
import type { Finding, FindingKind } from './findings.js';
import { signOf, type Side } from './geometry.js';

export type View = 'PA' | 'AP';
export type Inflation = 'low' | 'normal' | 'high';
export type Habitus = 'slim' | 'average' | 'large';
export type Aorta = 'normal' | 'tortuous' | 'calcified';
export type Bubble = 'small' | 'normal' | 'distended';

/** The outline of a lung, in lung coordinates (u = distance from the midline). */
export interface LungShape {
  side: Side;
  apex: { u: number; y: number };
  /** u of the lateral wall at its widest, of the mediastinal border, and of the top of the dome. */
  lateralU: number;
  medialU: number;
  domeU: number;
  /** y of the top of the diaphragm, and how far the costophrenic angle lies below it. */
  domeY: number;
  domeDepth: number;
}

export interface Anatomy {
  view: View;
  sex: 'female' | 'male';
  age: number;
  inflation: Inflation;
  habitus: Habitus;
  lungs: Record<Side, LungShape>;
  /** Width of the heart over the inner width of the chest. */
  cardiothoracicRatio: number;
  /** x by which the mediastinum lies off the midline. */
  mediastinalShift: number;
  aorta: Aorta;
  /** Sideways bow of the spine at mid-chest, in x; 0 where it is straight. */
  spineBow: number;
  /** Side to which the patient is turned: clavicles, trachea and heart move there. */
  rotation: Side | 'none';
  /** The side whose dome stands too high. */
  elevatedDome: Side | 'none';
  bubble: Bubble;
  hiatalHernia: boolean;
  prominentHila: boolean;
  arms: 'down' | 'abducted';
  /** Distance of the ribs, their slope and thickness. */
  ribs: { spacing: number; slope: number; radius: number };
}

/** How far rotation moves what lies in front of the spine. */
const ROTATION_SHIFT = 0.1;

export function sampleAnatomy(draw: Random, findings: readonly Finding[]): Anatomy {
  const view = chance(draw, 0.55) ? 'PA' : 'AP';
  const inflation: Inflation = weighted(draw, view === 'PA' ? INFLATION.PA : INFLATION.AP);
  const rotation: Anatomy['rotation'] = weighted(draw, { none: 0.74, right: 0.13, left: 0.13 });
  const elevatedDome = sampleElevatedDome(draw, findings);
  const bow = chance(draw, 0.22) ? between(draw, 0.1, 0.22) : 0;
  return {
    view,
    sex: draw.pick(['female', 'male']),
    age: Math.round(between(draw, 19, 92)),
    inflation,
    habitus: weighted(draw, { slim: 0.25, average: 0.5, large: 0.25 }),
    lungs: sampleLungs(draw, inflation, rotation, (side) => domeRiseOf(findings, elevatedDome, side)),
    cardiothoracicRatio: sampleRatio(draw, findings, inflation),
    mediastinalShift: shiftOf(findings) + (rotation === 'none' ? 0 : ROTATION_SHIFT * signOf(rotation)),
    aorta: weighted(draw, { normal: 0.7, tortuous: 0.16, calcified: 0.14 }),
    spineBow: bow * draw.pick([-1, 1]),
    rotation,
    elevatedDome,
    bubble: weighted(draw, { small: 0.4, normal: 0.42, distended: 0.18 }),
    hiatalHernia: chance(draw, 0.06),
    prominentHila: chance(draw, 0.1),
    arms: view === 'PA' ? 'abducted' : 'down',
    ribs: { spacing: between(draw, 0.145, 0.17), slope: between(draw, 0.8, 1.25), radius: between(draw, 0.03, 0.042) },
  };
}

const INFLATION = {
  PA: { low: 0.15, normal: 0.6, high: 0.25 },
  AP: { low: 0.4, normal: 0.5, high: 0.1 },
};

function sampleElevatedDome(draw: Random, findings: readonly Finding[]): Anatomy['elevatedDome'] {
  const side = weighted(draw, { none: 0.88, right: 0.07, left: 0.05 });
  // An effusion or a collapsed lobe hides the dome, so that nobody could tell.
  return findings.some(({ kind }) => kind === 'effusion' || kind === 'atelectasis') ? 'none' : side;
}

/** By how much a dome stands too high: for itself, or drawn up by a lower lobe that lost its air. */
function domeRiseOf(findings: readonly Finding[], elevatedDome: Anatomy['elevatedDome'], side: Side): number {
  if (side === elevatedDome) return 0.26;
  const collapse = findingOf(findings, 'atelectasis');
  if (collapse?.zone !== 'lower' || !collapse.sides.includes(side)) return 0;
  return { mild: 0, moderate: 0.08, severe: 0.14 }[collapse.severity];
}

function sampleLungs(
  draw: Random,
  inflation: Inflation,
  rotation: Anatomy['rotation'],
  domeRise: (side: Side) => number,
): Record<Side, LungShape> {
  const width = between(draw, 0.86, 0.96) - (inflation === 'high' ? 0.03 : 0);
  const apexY = between(draw, -0.96, -0.86) - (inflation === 'high' ? 0.05 : 0);
  const domeY = { low: 0.16, normal: 0.42, high: 0.6 }[inflation] + between(draw, -0.05, 0.05);
  const depth = { low: 0.24, normal: 0.24, high: 0.13 }[inflation] + between(draw, -0.03, 0.03);
  const leftLower = between(draw, 0.02, 0.1);
  const shape = (side: Side): LungShape => ({
    side,
    apex: { u: between(draw, 0.4, 0.46), y: apexY + between(draw, -0.02, 0.02) },
    lateralU: width + (rotation === 'none' ? 0 : side === rotation ? -0.05 : 0.05),
    medialU: 0.09,
    domeU: between(draw, 0.4, 0.5),
    domeY: domeY + (side === 'left' ? leftLower : 0) - domeRise(side),
    domeDepth: depth,
  });
  return { right: shape('right'), left: shape('left') };
}

function sampleRatio(draw: Random, findings: readonly Finding[], inflation: Inflation): number {
  const cardiomegaly = findingOf(findings, 'cardiomegaly');
  if (!cardiomegaly) return inflation === 'high' ? between(draw, 0.36, 0.42) : between(draw, 0.4, 0.48);
  const [low, high] = { mild: [0.54, 0.58], moderate: [0.59, 0.65], severe: [0.66, 0.74] }[cardiomegaly.severity];
  return between(draw, low, high);
}

/** Fluid and air push the mediastinum away, a collapsed lobe pulls it. */
function shiftOf(findings: readonly Finding[]): number {
  let shift = 0;
  for (const { kind, severity, sides } of findings) {
    if (severity !== 'severe' || sides.length !== 1) continue;
    if (kind === 'effusion' || kind === 'pneumothorax') shift -= 0.1 * signOf(sides[0]);
    if (kind === 'atelectasis') shift += 0.1 * signOf(sides[0]);
  }
  return shift;
}

export const findingOf = (findings: readonly Finding[], kind: FindingKind): Finding | undefined =>
  findings.find((finding) => finding.kind === kind);

/** x of the middle of the spine at a level. */
export function spineAt({ spineBow }: Anatomy, y: number): number {
  const angle = Math.max(-Math.PI, Math.min(Math.PI, 1.5 * (y + 0.15)));
  return spineBow * (Math.cos(angle) - 0.35);
}

/** x of the middle of the mediastinum at a level: it follows half of the spine's bow. */
export const mediastinumAt = (anatomy: Anatomy, y: number): number =>
  anatomy.mediastinalShift + 0.5 * spineAt(anatomy, y);
