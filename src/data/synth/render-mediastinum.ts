/** The mediastinum: heart, great vessels, airways, and a stomach that has slipped above the diaphragm. */
import { findingOf, mediastinumAt, type Anatomy } from './anatomy.js';
import { depthIn, mix, ramp, regionOf, SIDES, signOf, type Ellipse, type Point } from './geometry.js';
import { domeAt } from './lung.js';
import { fill, type Scene } from './scene.js';
import { curve, PROFILES } from './stroke.js';

export function drawMediastinum(scene: Scene): void {
  drawHeartAndVessels(scene);
  drawAirways(scene);
  if (scene.subject.anatomy.hiatalHernia) drawHiatalHernia(scene);
}

/** Heart and vessels displace lung; the aorta may wind or be calcified. */
function drawHeartAndVessels(scene: Scene): void {
  const { grid, subject, tissue } = scene;
  const { anatomy } = subject;
  const vessels = vesselEllipses(anatomy);
  const heart = depthField(scene, heartEllipses(anatomy));
  const others = depthField(scene, vessels);
  const halfWidth = anatomy.aorta === 'tortuous' ? 0.2 : 0.15;
  const inside = new Uint8Array(grid.size);
  grid.scan({ left: -1, right: 1, top: -1.1, bottom: 1 }, (y, start, first, last) => {
    const middle = mediastinumAt(anatomy, y);
    const half = mix(0.11, halfWidth, ramp(-1, -0.5, y));
    for (let column = first, index = start + first; column <= last; column++, index++) {
      const band = Math.max(-1, 4 * (half - Math.abs(grid.coordinates[column] - middle)));
      const depth = smoothMax(smoothMax(band, others[index]), heart[index]);
      if (depth <= 0) continue;
      fill(scene, index, 0.92 * ramp(0, 0.2, depth));
      tissue[index] += 0.07 * ramp(0, 0.7, heart[index]) + 0.03 * ramp(0, 0.5, depth);
      if (heart[index] > 0) inside[index] = 1;
    }
  });
  if (findingOf(subject.findings, 'cardiomegaly')) scene.regions.push({ label: 'cardiomegaly', inside });
  if (anatomy.aorta === 'calcified') drawCalcifiedKnob(scene, vessels[0]);
}

/** Depth in the rounded union of ellipses: 1 at a centre, 0 at the edge, negative outside. */
function depthField({ grid }: Scene, ellipses: readonly Ellipse[]): Float32Array {
  const field = grid.field(-1);
  for (const ellipse of ellipses) {
    const depthAt = depthIn(ellipse);
    grid.scan(regionOf(ellipse, 1.2), (y, start, first, last) => {
      for (let column = first; column <= last; column++) {
        field[start + column] = smoothMax(field[start + column], depthAt(grid.coordinates[column], y));
      }
    });
  }
  return field;
}

/** The larger of two depths, rounded where they meet. */
const smoothMax = (a: number, b: number): number => 0.5 * (a + b + Math.sqrt((a - b) * (a - b) + 0.012)) - 0.02;

/** Left ventricle, right atrium and outflow tract; together as wide as the cardiothoracic ratio says. */
export function heartEllipses(anatomy: Anatomy): Ellipse[] {
  const { right, left } = anatomy.lungs;
  const width = anatomy.cardiothoracicRatio * (right.lateralU + left.lateralU);
  // It rests on the lower dome: the other may be pushed up.
  const base = Math.max(right.domeY, left.domeY) + 0.06;
  const centre = { x: mediastinumAt(anatomy, 0.2), y: base - 0.31 * width };
  const place = (x: number, y: number): Point => ({ x: centre.x + x * width, y: centre.y + y * width });
  return [
    { centre: place(0.22, 0.05), halfWidth: 0.47 * width, halfHeight: 0.31 * width, tilt: 0.55 },
    { centre: place(-0.1, -0.02), halfWidth: 0.25 * width, halfHeight: 0.44 * width },
    { centre: place(0.1, -0.25), halfWidth: 0.23 * width, halfHeight: 0.4 * width, tilt: -0.25 },
  ];
}

/** Aortic knob first, pulmonary trunk, superior vena cava; a tortuous aorta bulges on both sides. */
function vesselEllipses(anatomy: Anatomy): Ellipse[] {
  const at = (x: number, y: number): Point => ({ x: x + mediastinumAt(anatomy, y), y });
  const knob = { normal: 0.11, calcified: 0.13, tortuous: 0.17 }[anatomy.aorta];
  const ellipses = [
    { centre: at(0.11, -0.46), halfWidth: knob, halfHeight: 1.15 * knob },
    { centre: at(0.08, -0.2), halfWidth: 0.13, halfHeight: 0.2 },
    { centre: at(0.06, -0.33), halfWidth: 0.13, halfHeight: 0.2 },
    { centre: at(-0.1, -0.5), halfWidth: 0.09, halfHeight: 0.34 },
  ];
  if (anatomy.aorta !== 'tortuous') return ellipses;
  const ascending = { centre: at(-0.14, -0.3), halfWidth: 0.16, halfHeight: 0.26 };
  return [...ellipses, ascending, { centre: at(0.16, -0.1), halfWidth: 0.13, halfHeight: 0.5 }];
}

function drawCalcifiedKnob({ grid, tissue }: Scene, { centre, halfWidth }: Ellipse): void {
  const arc = [-2.2, -1.4, -0.6, 0.2, 1].map((angle) => ({
    x: centre.x + 0.9 * halfWidth * Math.cos(angle),
    y: centre.y + 0.9 * halfWidth * Math.sin(angle),
  }));
  grid.stroke(tissue, curve(arc, 0.022), 0.32, PROFILES.soft);
}

/** A stomach above the diaphragm: a round shadow behind the heart with gas on top of fluid. */
function drawHiatalHernia(scene: Scene): void {
  const { grid, subject, lungs, tissue } = scene;
  const y = domeAt(lungs.left.shape, 0.2) - 0.16;
  const sac: Ellipse = { centre: { x: mediastinumAt(subject.anatomy, y) + 0.1, y }, halfWidth: 0.25, halfHeight: 0.2 };
  const depthAt = depthIn(sac);
  grid.each(regionOf(sac), (px, py, index) => {
    const depth = depthAt(px, py);
    if (depth <= 0) return;
    fill(scene, index, 0.8 * ramp(0, 0.2, depth));
    tissue[index] += 0.14 * ramp(0, 0.15, depth) - 0.32 * ramp(0.12, 0.3, depth) * ramp(0.02, -0.03, py - y);
  });
}

/** Trachea and main bronchi, dark within the mediastinum. */
function drawAirways({ grid, subject, tissue }: Scene): void {
  const at = (x: number, y: number): Point => ({ x: x + mediastinumAt(subject.anatomy, y) * ramp(-1.5, -0.6, y), y });
  const carina = at(0, -0.36);
  grid.stroke(tissue, curve([at(0, -1.6), at(0, -1.2), at(0, -0.8), carina], 0.062, 0.058), -0.22);
  for (const side of SIDES) {
    const end = at(signOf(side) * 0.2, side === 'right' ? -0.16 : -0.2);
    grid.stroke(tissue, curve([carina, end], 0.045, 0.035), -0.14);
  }
}
