/**
 * Which findings a synthetic case has. Findings that would hide each other do not share a zone of a lung, so that what
 * the report says can be seen.
 */
import type { Random } from '../../core/random.js';
import { between, chance, shuffled, weighted } from './chance.js';
import { SIDES, type Side } from './geometry.js';

export const FINDING_KINDS = [
  'effusion',
  'cardiomegaly',
  'consolidation',
  'pneumothorax',
  'nodule',
  'atelectasis',
  'edema',
] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];

export const SEVERITIES = ['mild', 'moderate', 'severe'] as const;
export type Severity = (typeof SEVERITIES)[number];

export const ZONES = ['upper', 'mid', 'lower'] as const;
export type Zone = (typeof ZONES)[number];

export interface Finding {
  kind: FindingKind;
  severity: Severity;
  /** Sides of the patient; both for a bilateral finding, none for the heart. */
  sides: readonly Side[];
  /** The zone of a consolidation, nodule or atelectasis; the other kinds have their own place. */
  zone: Zone;
  /** Greatest diameter of a nodule in centimetres. */
  sizeCm: number;
}

const HOW_MANY = { 0: 17, 1: 30, 2: 32, 3: 21 };
/** Of the hard corpus: more films without a finding, and findings that are rare. */
const HOW_MANY_HARD = { 0: 38, 1: 28, 2: 22, 3: 12 };
const PREVALENCE_HARD: Record<FindingKind, number> = {
  effusion: 10,
  cardiomegaly: 8,
  consolidation: 6,
  pneumothorax: 2,
  nodule: 3,
  atelectasis: 8,
  edema: 5,
};
const SEVERITY_WEIGHTS = { mild: 3, moderate: 4, severe: 3 };
const BILATERAL: Record<FindingKind, number> = {
  effusion: 0.25,
  cardiomegaly: 0,
  consolidation: 0.15,
  pneumothorax: 0,
  nodule: 0.12,
  atelectasis: 0.2,
  edema: 1,
};
/** Draws after which a finding that finds no free place is left out. */
const ATTEMPTS = 6;

/** Findings of a case: none to three kinds, each kind at most once. */
export function sampleFindings(draw: Random, hard = false): Finding[] {
  const taken = new Set<string>();
  const findings: Finding[] = [];
  const order = hard ? byPrevalence(draw) : shuffled(draw, FINDING_KINDS);
  for (const kind of order.slice(0, Number(weighted(draw, hard ? HOW_MANY_HARD : HOW_MANY)))) {
    const finding = placeFinding(draw, kind, taken);
    if (!finding) continue;
    placesOf(finding).forEach((place) => taken.add(place));
    findings.push(finding);
  }
  return findings;
}

/** All kinds in random order, frequent ones more often first. */
function byPrevalence(draw: Random): FindingKind[] {
  const order: FindingKind[] = [];
  const left: Partial<Record<FindingKind, number>> = { ...PREVALENCE_HARD };
  while (order.length < FINDING_KINDS.length) {
    const kind = weighted(draw, left as Record<FindingKind, number>);
    order.push(kind);
    delete left[kind];
  }
  return order;
}

function placeFinding(draw: Random, kind: FindingKind, taken: ReadonlySet<string>): Finding | undefined {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const finding = sampleFinding(draw, kind);
    if (placesOf(finding).every((place) => !taken.has(place))) return finding;
  }
  return undefined;
}

function sampleFinding(draw: Random, kind: FindingKind): Finding {
  const sides = kind === 'cardiomegaly' ? [] : chance(draw, BILATERAL[kind]) ? SIDES : [draw.pick(SIDES)];
  const sizeCm = Math.round(between(draw, 1.5, 6.5) * 10) / 10;
  const severity = kind === 'nodule' ? severityOfSize(sizeCm) : weighted(draw, SEVERITY_WEIGHTS);
  return { kind, severity, sides, zone: sampleZone(draw, kind, severity), sizeCm };
}

const severityOfSize = (sizeCm: number): Severity => (sizeCm < 2 ? 'mild' : sizeCm <= 3 ? 'moderate' : 'severe');

function sampleZone(draw: Random, kind: FindingKind, severity: Severity): Zone {
  if (kind !== 'atelectasis') return draw.pick(ZONES);
  // Bands of atelectasis lie anywhere; a whole lobe collapses upwards or downwards.
  return weighted(draw, severity === 'mild' ? { upper: 1, mid: 1, lower: 3 } : { upper: 1, mid: 0, lower: 2 });
}

/** What a finding occupies: zones of a side. Faint or thin findings leave room for others. */
function placesOf(finding: Finding): string[] {
  if (finding.kind === 'cardiomegaly') return finding.severity === 'severe' ? ['left lower'] : [];
  return finding.sides.flatMap((side) => zonesOf(finding).map((zone) => `${side} ${zone}`));
}

function zonesOf({ kind, severity, zone }: Finding): readonly Zone[] {
  const bySeverity = (mild: Zone[], moderate: Zone[], severe: Zone[]): Zone[] => ({ mild, moderate, severe })[severity];
  switch (kind) {
    case 'effusion':
      return bySeverity(['lower'], ['lower'], ['lower', 'mid']);
    case 'pneumothorax':
      return bySeverity(['upper'], ['upper', 'mid'], ['upper', 'mid', 'lower']);
    case 'edema':
      return bySeverity([], ['mid'], ['mid']);
    default:
      return [zone];
  }
}
