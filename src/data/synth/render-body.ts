/** The trunk of a chest: skin, fat and muscle, breasts, the abdomen below the domes, and the air of the lungs. */
import { WHOLE } from './grid.js';
import { clamp, depthIn, mix, ramp, regionOf, SIDES, signOf, type Ellipse } from './geometry.js';
import { domeAt } from './lung.js';
import { FULL_AIR, type Scene } from './scene.js';

export function drawBody(scene: Scene): void {
  drawTrunk(scene);
  drawAbdomen(scene);
  if (scene.subject.anatomy.sex === 'female') drawBreasts(scene);
  drawLungAir(scene);
}

/** Trunk, neck, shoulders and arms: thickness of the body along the ray. */
function drawTrunk({ grid, subject, tissue }: Scene): void {
  const { habitus, arms } = subject.anatomy;
  const width = { slim: 1.12, average: 1.22, large: 1.38 }[habitus];
  const density = { slim: 0.92, average: 1, large: 1.06 }[habitus];
  grid.scan(WHOLE, (y, start, first, last) => {
    const halfWidth = trunkHalfWidth(width, y);
    const thickness = density * mix(0.88, 1.06, ramp(-1, 0.8, y));
    const armCentre = width + (arms === 'down' ? 0.24 : 0.43 + 0.32 * y);
    const armThickness = 0.62 * density * ramp(-0.75, -0.6, y);
    for (let column = first; column <= last; column++) {
      const u = Math.abs(grid.coordinates[column]);
      const trunk = thickness * ramp(0, 0.03, halfWidth - u) * (0.4 + 0.6 * chord(u / halfWidth));
      tissue[start + column] = Math.max(trunk, armThickness * chord((u - armCentre) / 0.21));
    }
  });
}

/** Length of the ray through a cylinder at a share of its radius. */
const chord = (share: number): number => (share * share < 1 ? Math.sqrt(1 - share * share) : 0);

/** Half width of the silhouette: neck, the slope of the shoulders, then the rib cage and its soft tissue. */
function trunkHalfWidth(width: number, y: number): number {
  const neck = 0.36 + 0.02 * Math.sin(9 * y);
  if (y < -1.25) return neck;
  const shoulder = neck + (1.75 - neck) * Math.pow(clamp((y + 1.25) / 0.42, 0, 1), 1.35);
  const chest = width + 0.05 * ramp(0.3, 1.1, y);
  return y < -0.75 ? shoulder : mix(1.75, chest, ramp(-0.75, -0.45, y));
}

/** Liver, stomach and bowel: dense below the domes, with gas in the stomach. */
function drawAbdomen(scene: Scene): void {
  const { grid, subject, tissue, lungs } = scene;
  const cloud = scene.texture('abdomen');
  const dome = grid.coordinates.map((x) => domeAt(x < 0 ? lungs.right.shape : lungs.left.shape, Math.abs(x)));
  grid.scan({ left: -1.15, right: 1.15, top: -0.2, bottom: WHOLE.bottom }, (y, start, first, last) => {
    for (let column = first; column <= last; column++) {
      const below = y - dome[column];
      if (below <= 0) continue;
      const x = grid.coordinates[column];
      const density = 0.16 * ramp(0, 0.25, below) * ramp(1.15, 0.7, Math.abs(x));
      tissue[start + column] += density * (1 + 0.3 * cloud(3 * x, 3 * y));
    }
  });
  drawStomachGas(scene, { small: 0.07, normal: 0.14, distended: 0.26 }[subject.anatomy.bubble]);
}

/** A dark ellipse with a soft edge, close below the left dome. */
function drawStomachGas({ grid, tissue, lungs }: Scene, size: number): void {
  const { shape } = lungs.left;
  const x = shape.domeU + 0.02;
  const centre = { x, y: domeAt(shape, x) + 0.06 + 0.72 * size };
  const gas: Ellipse = { centre, halfWidth: 1.25 * size, halfHeight: 0.72 * size };
  const depthAt = depthIn(gas);
  grid.each(regionOf(gas), (px, py, index) => {
    tissue[index] -= 0.3 * ramp(0, 0.35, depthAt(px, py));
  });
}

function drawBreasts({ grid, tissue, subject, draw }: Scene): void {
  const y = 0.24 + 0.08 * draw('breasts').uniform();
  const size = { slim: 0.32, average: 0.42, large: 0.5 }[subject.anatomy.habitus];
  for (const side of SIDES) {
    const breast: Ellipse = { centre: { x: signOf(side) * 0.62, y }, halfWidth: size, halfHeight: 0.9 * size };
    const depthAt = depthIn(breast);
    grid.scan(regionOf(breast), (py, start, first, last) => {
      const hang = 0.15 * ramp(-0.7, 0.3, py - y);
      for (let column = first; column <= last; column++) {
        const depth = depthAt(grid.coordinates[column], py);
        if (depth > 0) tissue[start + column] += hang * Math.sqrt(Math.min(1, 1.6 * depth));
      }
    });
  }
}

/** The air of both lungs: thin along their borders, with the mottle of small vessels. */
function drawLungAir({ grid, air, lungs, texture }: Scene): void {
  const mottle = texture('mottle');
  for (const side of SIDES) {
    const { region, depth } = lungs[side];
    grid.scan(region, (y, start, first, last) => {
      for (let column = first; column <= last; column++) {
        const inward = depth[start + column];
        if (inward <= 0) continue;
        const thickness = 0.45 * ramp(0, 0.035, inward) + 0.55 * ramp(0, 0.3, inward);
        air[start + column] = FULL_AIR * thickness * (1 + 0.035 * mottle(14 * grid.coordinates[column], 14 * y));
      }
    });
  }
}
