/** Draws the findings of a case and keeps their regions. */
import type { Finding, FindingKind } from './findings.js';
import type { Side } from './geometry.js';
import { drawAtelectasis, drawPneumothorax } from './render-collapse.js';
import { drawConsolidation, drawEdema, drawEffusion, drawNodule } from './render-opacities.js';
import type { Scene } from './scene.js';

/** Draws a finding on one side: 1 in the pixels of the grid where it can be seen. */
type Draw = (scene: Scene, finding: Finding, side: Side) => Uint8Array;

/** The heart is drawn with the mediastinum. */
const DRAW: Record<Exclude<FindingKind, 'cardiomegaly'>, Draw> = {
  effusion: drawEffusion,
  consolidation: drawConsolidation,
  pneumothorax: drawPneumothorax,
  nodule: drawNodule,
  atelectasis: drawAtelectasis,
  edema: drawEdema,
};

export function drawFindings(scene: Scene): void {
  for (const finding of scene.subject.findings) {
    if (finding.kind === 'cardiomegaly') continue;
    for (const side of finding.sides) {
      scene.regions.push({ label: finding.kind, inside: DRAW[finding.kind](scene, finding, side) });
    }
  }
}
