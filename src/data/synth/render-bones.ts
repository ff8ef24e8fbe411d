/** Bones of a chest: spine, ribs, clavicles, scapulae and humeri. */
import { mediastinumAt, spineAt } from './anatomy.js';
import { ramp, SIDES, signOf, type Point, type Side } from './geometry.js';
import { WHOLE } from './grid.js';
import { wallAt, type Lung } from './lung.js';
import type { Scene } from './scene.js';
import { curve, PROFILES } from './stroke.js';

const VERTEBRA_HEIGHT = 0.155;
const RIB_PAIRS = 10;
/** Distance of the shoulder joint from the midline. */
export const HUMERAL_HEAD_U = 1.22;

export function drawBones(scene: Scene): void {
  drawSpine(scene);
  for (const side of SIDES) {
    for (let pair = 0; pair < RIB_PAIRS; pair++) drawRib(scene, side, pair);
    drawClavicle(scene, side);
    drawScapula(scene, side);
    drawHumerus(scene, side);
  }
}

/** Vertebral bodies with darker discs between, pedicles as bright ovals, spinous processes as drops. */
function drawSpine({ grid, subject, bone }: Scene): void {
  grid.scan({ ...WHOLE, left: -0.4, right: 0.4 }, (y, start, first, last) => {
    const middle = spineAt(subject.anatomy, y);
    const half = 0.095 + 0.025 * ramp(-1.2, 0.8, y);
    const level = y / VERTEBRA_HEIGHT - Math.floor(y / VERTEBRA_HEIGHT);
    const body = 0.13 - 0.045 * ramp(0.12, 0.02, Math.min(level, 1 - level));
    for (let column = first; column <= last; column++) {
      const off = Math.abs(grid.coordinates[column] - middle);
      if (off > half + 0.02) continue;
      const pedicle = ramp(0.032, 0.01, Math.hypot(off - 0.6 * half, 0.5 * (level - 0.35) * VERTEBRA_HEIGHT));
      const process = ramp(0.03, 0.01, Math.hypot(off, 0.4 * (level - 0.75) * VERTEBRA_HEIGHT));
      bone[start + column] += ramp(half + 0.02, half - 0.015, off) * (body + 0.05 * pedicle + 0.05 * process);
    }
  });
}

/** A posterior arc leaves the spine, runs out and down, and returns in front, fainter and steeper. */
function drawRib({ grid, subject, lungs, bone }: Scene, side: Side, pair: number): void {
  const { inflation, ribs: rib } = subject.anatomy;
  const { shape, sign } = lungs[side];
  const y = shape.apex.y + 0.04 + pair * rib.spacing * { low: 0.9, normal: 1, high: 1.08 }[inflation];
  const drop = rib.slope * (0.11 + 0.022 * pair);
  const radius = rib.radius * (0.85 + 0.03 * pair);
  const wall = Math.max(wallAt(shape, y + 0.6 * drop), 0.5 + 0.12 * Math.min(pair, 3)) + 0.02;
  const at = (share: number, v: number): Point => ({ x: sign * share * wall, y: v });
  const turn = y + 1.6 * drop;
  const posterior = [at(0.1, y), at(0.35, y - 0.02), at(0.68, y + 0.3 * drop), at(0.92, y + drop), at(1, turn)];
  grid.stroke(bone, curve(posterior, radius, 0.6 * radius), 0.1, PROFILES.bone);
  if (pair === RIB_PAIRS - 1) return;
  const anterior = [at(1, turn), at(0.93, turn + 0.13), at(0.72, turn + 0.26), at(0.46, turn + 0.3)];
  grid.stroke(bone, curve(anterior, 0.6 * radius, 1.1 * radius), 0.045, PROFILES.bone);
}

/** An S from the manubrium to the shoulder; its inner end moves when the patient is turned. */
function drawClavicle({ grid, subject, bone, lungs, draw }: Scene, side: Side): void {
  const sign = signOf(side);
  const lift = 0.1 * (draw('clavicle').uniform() - 0.4);
  const inner = mediastinumAt(subject.anatomy, -0.8);
  const y = lungs[side].shape.apex.y + 0.16;
  const path = [
    { x: inner + sign * 0.1, y: y + 0.02 },
    { x: inner * 0.6 + sign * 0.38, y: y - 0.04 },
    { x: sign * 0.74, y: y - 0.15 - lift },
    { x: sign * 1.06, y: y - 0.19 - lift },
  ];
  grid.stroke(bone, curve(path, 0.052, 0.045, 8), 0.15, PROFILES.bone);
}

/** The blade beside (PA) or over (AP) the upper lung, the spine of the scapula and the glenoid. */
function drawScapula({ grid, subject, bone, lungs }: Scene, side: Side): void {
  const sign = signOf(side);
  const inward = subject.anatomy.view === 'PA' ? 0 : 0.16;
  const y = lungs[side].shape.apex.y;
  const blade = [
    { x: sign * (0.98 - inward), y: y + 0.16 },
    { x: sign * (0.9 - inward), y: y + 0.5 },
    { x: sign * (0.98 - inward), y: y + 0.86 },
    { x: sign * (1.14 - 0.4 * inward), y: y + 0.5 },
    { x: sign * 1.22, y: y + 0.2 },
  ];
  grid.stroke(bone, curve(blade, 0.024), 0.085, PROFILES.soft);
  const spine = [
    { x: sign * (0.98 - inward), y: y + 0.2 },
    { x: sign * 1.2, y: y + 0.02 },
  ];
  grid.stroke(bone, curve(spine, 0.04), 0.08, PROFILES.bone);
}

/** Head and shaft; the shaft follows the arm. */
function drawHumerus({ grid, subject, bone, lungs }: Scene, side: Side): void {
  const sign = signOf(side);
  const head = humeralHead(lungs[side]);
  const out = subject.anatomy.arms === 'down' ? 0.1 : 0.38;
  grid.stroke(bone, curve([head, { x: head.x, y: head.y + 0.05 }], 0.14, 0.13, 2), 0.2, PROFILES.bone);
  const shaft = curve([head, { x: head.x + sign * out, y: head.y + 1.1 }], 0.07, 0.06, 8);
  grid.stroke(bone, shaft, 0.18, PROFILES.bone);
}

export const humeralHead = ({ sign, shape }: Lung): Point => ({ x: sign * HUMERAL_HEAD_U, y: shape.apex.y + 0.12 });
