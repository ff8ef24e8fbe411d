/** Findings that whiten a lung: effusion, consolidation, nodule, edema. Each returns the region in which it can be seen. */
import { between } from './chance.js';
import { fillLung, openPointIn, ZONE_DOWN, type Share } from './fill-lung.js';
import type { Finding } from './findings.js';
import { clamp, mix, ramp, regionAround, UNIT_CM, type Point, type Side } from './geometry.js';
import { borderAt, pointIn, wallAt } from './lung.js';
import { hilumOf } from './render-vessels.js';
import type { Scene } from './scene.js';
import { curve, PROFILES } from './stroke.js';

/** Fluid: its surface climbs the lateral wall (meniscus). */
export function drawEffusion(scene: Scene, { severity }: Finding, side: Side): Uint8Array {
  const lung = scene.lungs[side];
  const { domeY, apex } = lung.shape;
  const height = domeY - apex.y;
  const [atWall, atBorder] = { mild: [0.78, 1.25], moderate: [0.5, 0.84], severe: [0.16, 0.44] }[severity];
  const lift = between(scene.draw('effusion', side), -0.04, 0.04);
  const share: Share = (y) => {
    const border = borderAt(lung.shape, y);
    const width = wallAt(lung.shape, y) - border;
    return (x) => {
      const across = clamp((lung.sign * x - border) / width, 0, 1);
      const surface = apex.y + height * (lift + mix(atBorder, atWall, across * across * across));
      return 0.97 * ramp(-0.05, 0.05, y - surface);
    };
  };
  return fillLung(scene, lung, lung.region, share, 0.4);
}

/** A cloud with ragged borders and the dark branches of air-filled bronchi in it. */
export function drawConsolidation(scene: Scene, { severity, zone }: Finding, side: Side): Uint8Array {
  const lung = scene.lungs[side];
  const draw = scene.draw('consolidation', side);
  const centre = openPointIn(scene, lung, between(draw, 0.4, 0.6), ZONE_DOWN[zone] + between(draw, -0.04, 0.04));
  const radius = { mild: 0.24, moderate: 0.31, severe: 0.4 }[severity] * between(draw, 0.95, 1.1);
  const density = { mild: 0.55, moderate: 0.75, severe: 0.92 }[severity];
  const cloud = scene.texture('consolidation', side);
  const bronchi = bronchogram(scene, side, centre, radius);
  return fillLung(scene, lung, regionAround(centre, 1.4 * radius), (y) => (x) => {
    const distance = Math.hypot(x - centre.x, y - centre.y) / radius + 0.55 * cloud(5 * x, 5 * y);
    const patchy = 1 + 0.25 * cloud(13 * x + 7, 13 * y);
    return Math.min(0.97, density * ramp(1.05, 0.5, distance) * patchy) * (1 - bronchi(x, y));
  });
}

/** Share of air kept in bronchi that run from the hilum into the cloud. */
function bronchogram(scene: Scene, side: Side, centre: Point, radius: number): (x: number, y: number) => number {
  const { grid } = scene;
  const draw = scene.draw('bronchogram', side);
  const hilum = hilumOf(scene, side);
  const kept = grid.field();
  for (let i = 0; i < 3; i++) {
    const end = { x: centre.x + between(draw, -0.6, 0.6) * radius, y: centre.y + between(draw, -0.6, 0.6) * radius };
    const middle = { x: mix(hilum.x, end.x, 0.6), y: mix(hilum.y, end.y, 0.5) };
    grid.stroke(kept, curve([hilum, middle, end], 0.016, 0.01, 4), 0.26, PROFILES.tube);
  }
  return (x, y) => Math.min(0.5, grid.valueAt(kept, x, y));
}

/** A ball: the chord through it, with a slightly uneven border when it is large. */
export function drawNodule(scene: Scene, { sizeCm, zone }: Finding, side: Side): Uint8Array {
  const lung = scene.lungs[side];
  const draw = scene.draw('nodule', side);
  const radius = sizeCm / 2 / UNIT_CM;
  const centre = openPointIn(scene, lung, between(draw, 0.38, 0.62), ZONE_DOWN[zone] + between(draw, -0.06, 0.04));
  const cloud = scene.texture('nodule', side);
  return fillLung(scene, lung, regionAround(centre, 1.2 * radius), (y) => (x) => {
    const distance =
      Math.hypot(x - centre.x, y - centre.y) / radius + 0.1 * cloud(2 + (3 * x) / radius, (3 * y) / radius);
    return distance >= 1 ? 0 : 0.92 * Math.pow(1 - distance * distance, 0.45);
  });
}

/** Haze around both hila, thicker towards them; with septal lines at the bases from moderate on. */
export function drawEdema(scene: Scene, { severity }: Finding, side: Side): Uint8Array {
  const lung = scene.lungs[side];
  const hilum = hilumOf(scene, side);
  const density = { mild: 0.26, moderate: 0.46, severe: 0.74 }[severity];
  const reach = { mild: 0.6, moderate: 0.72, severe: 0.84 }[severity];
  const cloud = scene.texture('edema', side);
  if (severity !== 'mild') drawSeptalLines(scene, side);
  return fillLung(
    scene,
    lung,
    lung.region,
    (y) => (x) => {
      const distance = Math.hypot(1.15 * (x - hilum.x), 0.85 * (y - hilum.y - 0.12)) / reach;
      return density * ramp(1.1, 0.25, distance) * (1 + 0.3 * cloud(9 * x, 9 * y));
    },
    0.3 * density,
  );
}

/** Short horizontal lines that reach the lateral wall (Kerley B). */
function drawSeptalLines({ grid, lungs, vessels, draw: drawFor }: Scene, side: Side): void {
  const draw = drawFor('septa', side);
  for (let i = 0; i < 9; i++) {
    const down = 0.58 + 0.04 * i;
    const start = pointIn(lungs[side], 1 - between(draw, 0.1, 0.18), down);
    grid.stroke(vessels, curve([start, pointIn(lungs[side], 0.985, down)], 0.008, 0.008, 2), 0.2, PROFILES.soft);
  }
}
