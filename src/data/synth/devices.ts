/** Which lines, tubes and implants a synthetic case has. Bedside (AP) radiographs show more of them. */
import type { Random } from '../../core/random.js';
import { chance } from './chance.js';
import type { View } from './anatomy.js';
import type { Finding } from './findings.js';
import { SIDES, type Side } from './geometry.js';

export const DEVICE_KINDS = [
  'pacemaker',
  'sternalWires',
  'port',
  'centralLine',
  'endotrachealTube',
  'nasogastricTube',
  'chestTube',
  'electrodes',
  'valve',
  'shoulderProsthesis',
  'spinalRods',
] as const;
export type DeviceKind = (typeof DEVICE_KINDS)[number];

export interface Device {
  kind: DeviceKind;
  /** Side of the patient; undefined for what lies in the middle or on both sides. */
  side?: Side;
  /** Leads of a pacemaker, wires of a sternum, electrodes. */
  count: number;
}

/** Probability by view. A chest tube needs something to drain. */
const PREVALENCE: Record<DeviceKind, Record<View, number>> = {
  pacemaker: { PA: 0.18, AP: 0.18 },
  sternalWires: { PA: 0.15, AP: 0.2 },
  port: { PA: 0.13, AP: 0.08 },
  centralLine: { PA: 0.03, AP: 0.3 },
  endotrachealTube: { PA: 0, AP: 0.28 },
  nasogastricTube: { PA: 0, AP: 0.3 },
  chestTube: { PA: 0.2, AP: 0.5 },
  electrodes: { PA: 0.04, AP: 0.5 },
  valve: { PA: 0.06, AP: 0.08 },
  shoulderProsthesis: { PA: 0.06, AP: 0.05 },
  spinalRods: { PA: 0.05, AP: 0.03 },
};
const COUNTS: Partial<Record<DeviceKind, readonly number[]>> = {
  pacemaker: [1, 2, 3],
  sternalWires: [4, 5, 6],
  electrodes: [3, 4, 5],
};
const MIDLINE: readonly DeviceKind[] = [
  'sternalWires',
  'endotrachealTube',
  'nasogastricTube',
  'electrodes',
  'valve',
  'spinalRods',
];

export function sampleDevices(draw: Random, view: View, findings: readonly Finding[]): Device[] {
  const devices: Device[] = [];
  for (const kind of DEVICE_KINDS) {
    // Each kind takes the same draws whether it is there or not, so that kinds stay independent.
    const present = chance(draw, PREVALENCE[kind][view]);
    const side = kind === 'chestTube' ? drainedSide(findings) : draw.pick(SIDES);
    const count = draw.pick(COUNTS[kind] ?? [1]);
    if (!present || (kind === 'chestTube' && !side) || collides(kind, side, devices)) continue;
    devices.push(MIDLINE.includes(kind) ? { kind, count } : { kind, side, count });
  }
  return devices;
}

/** The side that a chest tube drains: of a pneumothorax first, else of a one-sided larger effusion. */
function drainedSide(findings: readonly Finding[]): Side | undefined {
  const drained =
    findings.find(({ kind }) => kind === 'pneumothorax') ??
    findings.find(({ kind, severity, sides }) => kind === 'effusion' && severity !== 'mild' && sides.length === 1);
  return drained?.sides[0];
}

/** A port and a generator do not lie in the same pocket. */
const collides = (kind: DeviceKind, side: Side | undefined, devices: readonly Device[]): boolean =>
  kind === 'port' && devices.some((other) => other.kind === 'pacemaker' && other.side === side);
