/** Hila and the branching vessels of the lungs. Congestion widens them, above all in the upper lobes. */
import type { Random } from '../../core/random.js';
import { findingOf, mediastinumAt } from './anatomy.js';
import { between } from './chance.js';
import { depthIn, regionOf, SIDES, type Ellipse, type Point, type Side } from './geometry.js';
import type { Scene } from './scene.js';
import { curve } from './stroke.js';

const CONGESTION = { mild: 1.35, moderate: 1.5, severe: 1.6 };
const BRANCHES = 7;

export function drawVessels(scene: Scene): void {
  const edema = findingOf(scene.subject.findings, 'edema');
  const width = edema ? CONGESTION[edema.severity] : 1;
  for (const side of SIDES) {
    const hilum = hilumOf(scene, side);
    drawHilum(scene, hilum);
    const draw = scene.draw('vessels', side);
    for (let i = 0; i < BRANCHES; i++) {
      // Up through lateral to down; the lower lobes have the wider vessels unless there is congestion.
      const share = (i + 0.7 * draw.uniform()) / BRANCHES;
      const angle = -1.5 + 3 * share;
      const radius = 0.016 * width * (edema ? 1 : 0.7 + 0.5 * share);
      const from = { x: hilum.x, y: hilum.y + 0.3 * (share - 0.5) };
      drawBranch(scene, draw, scene.lungs[side].sign, { from, angle, radius, length: 0.22, level: 0 });
    }
  }
}

/** Where the vessels enter a lung: the left hilum stands a little higher. */
export function hilumOf({ subject, lungs }: Scene, side: Side): Point {
  const { shape, sign } = lungs[side];
  const y = shape.apex.y + (side === 'left' ? 0.56 : 0.6) * (shape.domeY - shape.apex.y);
  return { x: mediastinumAt(subject.anatomy, y) + sign * 0.22, y };
}

function drawHilum({ grid, subject, tissue }: Scene, centre: Point): void {
  const size = subject.anatomy.prominentHila ? 1.65 : 1;
  const hilum: Ellipse = { centre, halfWidth: 0.1 * size, halfHeight: 0.17 * size };
  const density = subject.anatomy.prominentHila ? 0.2 : 0.1;
  const depthAt = depthIn(hilum);
  grid.each(regionOf(hilum), (x, y, index) => {
    tissue[index] += density * Math.sqrt(Math.max(0, depthAt(x, y)));
  });
}

interface Branch {
  from: Point;
  /** Direction in lung coordinates: 0 is outwards, positive downwards. */
  angle: number;
  radius: number;
  length: number;
  level: number;
}

/** A tapering, slightly bent vessel that splits in two, three generations deep. */
function drawBranch(scene: Scene, draw: Random, sign: -1 | 1, branch: Branch): void {
  const { from, angle, radius, length, level } = branch;
  const step = (at: Point, heading: number): Point => ({
    x: at.x + 0.5 * sign * length * Math.cos(heading),
    y: at.y + 0.5 * length * Math.sin(heading),
  });
  const bend = between(draw, -0.25, 0.25);
  const middle = step(from, angle - bend);
  const end = step(middle, angle + bend);
  scene.grid.stroke(scene.vessels, curve([from, middle, end], radius, 0.72 * radius, 3), 5.5 * radius);
  if (level === 2) return;
  for (const turn of [-0.36, 0.36]) {
    const heading = angle + turn + between(draw, -0.2, 0.2);
    drawBranch(scene, draw, sign, {
      from: end,
      angle: heading,
      radius: 0.66 * radius,
      length: 0.82 * length,
      level: level + 1,
    });
  }
}
