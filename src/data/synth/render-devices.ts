/** Draws the lines, tubes and implants of a case. */
import type { Device, DeviceKind } from './devices.js';
import type { Side } from './geometry.js';
import {
  drawPacemaker,
  drawPort,
  drawShoulderProsthesis,
  drawSpinalRods,
  drawSternalWires,
  drawValve,
} from './render-implants.js';
import {
  drawCentralLine,
  drawChestTube,
  drawElectrodes,
  drawEndotrachealTube,
  drawNasogastricTube,
} from './render-lines.js';
import type { Scene } from './scene.js';

type Draw = (scene: Scene, device: Device, side: Side) => void;

const DRAW: Record<DeviceKind, Draw> = {
  pacemaker: drawPacemaker,
  sternalWires: drawSternalWires,
  port: drawPort,
  centralLine: drawCentralLine,
  endotrachealTube: drawEndotrachealTube,
  nasogastricTube: drawNasogastricTube,
  chestTube: drawChestTube,
  electrodes: drawElectrodes,
  valve: drawValve,
  shoulderProsthesis: drawShoulderProsthesis,
  spinalRods: drawSpinalRods,
};

export function drawDevices(scene: Scene): void {
  for (const device of scene.subject.devices) DRAW[device.kind](scene, device, device.side ?? 'right');
}
