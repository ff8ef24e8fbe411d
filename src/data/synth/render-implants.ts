/** Implants: pacemaker, port, sternal wires, heart valve, shoulder prosthesis, spinal rods. */
import { spineAt } from './anatomy.js';
import { central, line, METAL, plate, venousPath } from './device-parts.js';
import type { Device } from './devices.js';
import { signOf, SIDES, type Side } from './geometry.js';
import { humeralHead } from './render-bones.js';
import { heartEllipses } from './render-mediastinum.js';
import type { Scene } from './scene.js';
import { curve, PROFILES } from './stroke.js';

/** A generator below the clavicle; leads to the right atrium, the right ventricle and the left ventricle's wall. */
export function drawPacemaker(scene: Scene, { count }: Device, side: Side): void {
  const pocket = { x: signOf(side) * 0.72, y: -0.6 };
  plate(scene, { centre: pocket, halfWidth: 0.16, halfHeight: 0.135, tilt: 0.4 * signOf(side) }, 0.75);
  const path = venousPath(scene, side, pocket);
  const y = heartEllipses(scene.subject.anatomy)[0].centre.y;
  const tips = [central(scene, 0.24, y + 0.14), central(scene, -0.22, y - 0.08), central(scene, 0.42, y - 0.12)];
  const bends = [central(scene, -0.12, y + 0.06), central(scene, -0.12, y + 0.02), central(scene, 0.1, y - 0.2)];
  for (let i = 0; i < count; i++) line(scene, [...path, bends[i], tips[i]], 0.011, 0.5);
}

/** Closed loops down the sternum. */
export function drawSternalWires(scene: Scene, { count }: Device): void {
  for (let i = 0; i < count; i++) {
    const y = -0.6 + 0.17 * i;
    const loop = [
      central(scene, -0.07, y),
      central(scene, 0, y - 0.03),
      central(scene, 0.07, y),
      central(scene, 0, y + 0.035),
      central(scene, -0.07, y),
    ];
    line(scene, loop, 0.013, METAL);
  }
}

export function drawPort(scene: Scene, _: Device, side: Side): void {
  const chamber = { x: signOf(side) * 0.6, y: -0.42 };
  plate(scene, { centre: chamber, halfWidth: 0.085, halfHeight: 0.085 }, 0.3);
  plate(scene, { centre: chamber, halfWidth: 0.05, halfHeight: 0.05 }, 0.35);
  line(scene, [chamber, ...venousPath(scene, side, { x: signOf(side) * 0.55, y: -0.66 }).slice(1)], 0.014, 0.26);
}

/** A ring in the heart. */
export function drawValve(scene: Scene): void {
  const heart = heartEllipses(scene.subject.anatomy)[2].centre;
  const ring = Array.from({ length: 9 }, (_, i) => {
    const angle = (i * Math.PI) / 4;
    const [a, b] = [0.1 * Math.cos(angle), 0.055 * Math.sin(angle)];
    return { x: heart.x + 0.02 + 0.8 * a - 0.6 * b, y: heart.y + 0.06 + 0.6 * a + 0.8 * b };
  });
  line(scene, ring, 0.018, METAL);
}

export function drawShoulderProsthesis(scene: Scene, _: Device, side: Side): void {
  const head = humeralHead(scene.lungs[side]);
  plate(scene, { centre: head, halfWidth: 0.14, halfHeight: 0.14 }, METAL);
  const stem = { x: head.x + 0.08 * signOf(side), y: head.y + 0.75 };
  scene.grid.stroke(scene.tissue, curve([head, stem], 0.055, 0.035), METAL, PROFILES.solid);
}

/** Two rods with pairs of screws. */
export function drawSpinalRods(scene: Scene): void {
  const { anatomy } = scene.subject;
  for (const side of SIDES) {
    const rod = [-0.55, -0.25, 0.05, 0.35, 0.65].map((y) => ({ x: spineAt(anatomy, y) + signOf(side) * 0.09, y }));
    line(scene, rod, 0.018, METAL);
    for (const screw of rod) line(scene, [screw, { x: screw.x - signOf(side) * 0.07, y: screw.y + 0.01 }], 0.02, METAL);
  }
}
