/** Findings in which a lung or a part of it loses its volume: pneumothorax, atelectasis. */
import type { LungShape } from './anatomy.js';
import { between } from './chance.js';
import { fillLung, openBorderAt, openPointIn, ZONE_DOWN, type Share } from './fill-lung.js';
import type { Finding, Zone } from './findings.js';
import { mix, ramp, type Side } from './geometry.js';
import { domeAt, outlineLung, type Lung } from './lung.js';
import { fill, FULL_AIR, type Scene } from './scene.js';
import { curve, PROFILES, type StrokePoint } from './stroke.js';

/** Air between wall and lung: no vessels there, a thin pleural line, a denser lung. */
export function drawPneumothorax(scene: Scene, { severity }: Finding, side: Side): Uint8Array {
  const { grid, air, vessels, tissue } = scene;
  const lung = scene.lungs[side];
  const collapsed = outlineLung(grid, collapse(lung, { mild: 0.15, moderate: 0.3, severe: 0.52 }[severity]));
  const density = { mild: 0.06, moderate: 0.16, severe: 0.34 }[severity];
  const inside = new Uint8Array(grid.size);
  grid.scan(lung.region, (y, start, first, last) => {
    for (let column = first, index = start + first; column <= last; column++, index++) {
      if (lung.depth[index] <= 0) continue;
      const depth = collapsed.depth[index];
      const aboveDome = domeAt(lung.shape, lung.sign * grid.coordinates[column]) - y;
      tissue[index] += 0.13 * ramp(0.02, 0.006, Math.abs(depth)) * ramp(0, 0.05, aboveDome);
      if (depth > 0) fill(scene, index, density);
      if (depth > 0 || aboveDome <= 0.01) continue;
      inside[index] = 1;
      vessels[index] = 0;
      air[index] = Math.max(air[index], 0.85 * FULL_AIR * ramp(0, 0.05, lung.depth[index])) * 1.06;
    }
  });
  return inside;
}

/** The lung drawn back from wall and apex by a share of its width. */
function collapse({ shape }: Lung, share: number): LungShape {
  const width = shape.lateralU - shape.medialU;
  const small = share < 0.2;
  return {
    ...shape,
    apex: { u: shape.apex.u - 0.5 * share * shape.apex.u, y: shape.apex.y + (small ? 0.24 : 0.2 + 0.5 * share) },
    lateralU: shape.lateralU - (small ? 0.45 : 1) * share * width,
  };
}

/** Bands (mild), a basal or apical wedge with bands (moderate), a collapsed lobe against the mediastinum (severe). */
export function drawAtelectasis(scene: Scene, finding: Finding, side: Side): Uint8Array {
  const { grid } = scene;
  const lung = scene.lungs[side];
  const bands = grid.field();
  if (finding.severity !== 'severe') drawBands(scene, finding.zone, side, bands);
  const lobe = lostLobe(scene, lung, finding);
  const share: Share = (y) => (x) => Math.min(0.95, Math.max(grid.valueAt(bands, x, y), lobe(x, y)));
  return fillLung(scene, lung, lung.region, share, 0.2);
}

function drawBands(scene: Scene, zone: Zone, side: Side, bands: Float32Array): void {
  const draw = scene.draw('atelectasis', side);
  for (let i = -1; i <= 1; i++) {
    const down = ZONE_DOWN[zone] + 0.085 * i;
    const start = openPointIn(scene, scene.lungs[side], between(draw, 0.02, 0.16), down);
    const end = openPointIn(scene, scene.lungs[side], between(draw, 0.75, 0.95), down + between(draw, -0.05, 0.05));
    const middle = { x: mix(start.x, end.x, 0.5), y: mix(start.y, end.y, 0.5) + between(draw, -0.02, 0.02) };
    const path = spindle(curve([start, middle, end], 0.036));
    scene.grid.stroke(bands, path, between(draw, 0.5, 0.75), PROFILES.soft);
  }
}

/** The path, thin at both ends. */
const spindle = (path: readonly StrokePoint[]): StrokePoint[] =>
  path.map((point, i) => ({
    ...point,
    radius: point.radius * (0.35 + 0.65 * Math.sin((Math.PI * i) / (path.length - 1))),
  }));

/** Share of air that is lost in a wedge: wide at the mediastinum, pointed outwards, at the base or the apex. */
function lostLobe(scene: Scene, lung: Lung, { zone, severity }: Finding): (x: number, y: number) => number {
  if (severity === 'mild') return () => 0;
  const { apex, domeY, domeDepth, lateralU } = lung.shape;
  const reach = (severity === 'severe' ? 0.52 : 0.36) * (domeY - apex.y);
  const density = severity === 'severe' ? 0.93 : 0.65;
  const open = openBorderAt(scene, lung, domeY - 0.5 * reach);
  return (x, y) => {
    const across = Math.max(-0.15, (lung.sign * x - open) / (lateralU - open));
    if (zone === 'upper') return density * ramp(-0.02, 0.04, apex.y + reach * (1 - 0.2 * across) - y);
    return density * ramp(-0.03, 0.05, y - (domeY + 0.6 * domeDepth) + reach * (1.1 - across));
  };
}
