/** Lines and tubes, of plastic with a radiopaque stripe, and the electrodes on the skin. */
import { between } from './chance.js';
import { central, line, plate, venousPath } from './device-parts.js';
import type { Device } from './devices.js';
import { signOf, type Side } from './geometry.js';
import { domeAt, pointIn } from './lung.js';
import type { Scene } from './scene.js';

/** By the internal jugular vein: in from the neck. */
export function drawCentralLine(scene: Scene, _: Device, side: Side): void {
  const from = { x: signOf(side) * 0.24, y: -1.4 };
  const path = [from, { x: signOf(side) * 0.2, y: -1 }, ...venousPath(scene, side, from).slice(2)];
  line(scene, path, 0.018, 0.34);
}

export function drawEndotrachealTube(scene: Scene): void {
  const path = [{ x: 0.02, y: -1.6 }, { x: 0.015, y: -1.1 }, central(scene, 0, -0.52)];
  for (const wall of [-0.032, 0.032]) {
    line(
      scene,
      path.map(({ x, y }) => ({ x: x + wall, y })),
      0.014,
      0.3,
    );
  }
}

/** Through the oesophagus into the stomach. */
export function drawNasogastricTube(scene: Scene): void {
  const { lungs } = scene;
  const stomach = domeAt(lungs.left.shape, 0.3);
  const path = [{ x: -0.06, y: -1.6 }, { x: -0.05, y: -1 }, central(scene, 0.03, -0.3), central(scene, 0.05, 0.2)];
  line(scene, [...path, { x: 0.16, y: stomach + 0.05 }, { x: 0.42, y: stomach + 0.24 }], 0.019, 0.36);
}

/** From the side of the chest up along its inner wall. */
export function drawChestTube(scene: Scene, _: Device, side: Side): void {
  const lung = scene.lungs[side];
  const entry = { x: lung.sign * 1.25, y: 0.3 };
  line(scene, [entry, pointIn(lung, 0.95, 0.72), pointIn(lung, 0.78, 0.45), pointIn(lung, 0.6, 0.16)], 0.03, 0.36);
}

/** Discs on the skin with their leads. */
export function drawElectrodes(scene: Scene, { count }: Device): void {
  const draw = scene.draw('electrodes');
  const places = [
    { x: -0.85, y: -0.55 },
    { x: 0.85, y: -0.5 },
    { x: 0.95, y: 0.35 },
    { x: -0.92, y: 0.42 },
    { x: 0.3, y: 0.05 },
  ];
  for (const place of places.slice(0, count)) {
    const centre = { x: place.x + between(draw, -0.08, 0.08), y: place.y + between(draw, -0.08, 0.08) };
    plate(scene, { centre, halfWidth: 0.05, halfHeight: 0.05 }, 0.34);
    const hang = { x: centre.x * between(draw, 0.8, 1.1), y: centre.y + 0.4 };
    line(scene, [centre, hang, { x: 1.5 * Math.sign(place.x), y: 1.2 + 0.3 * draw.uniform() }], 0.011, 0.36);
  }
}
