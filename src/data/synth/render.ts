/** A case as a radiograph: grey pixels, the mask of its findings and a box for each of them. */
import type { Case } from './case.js';
import { Grid } from './grid.js';
import { expose, layFilm, projectRegion, type Film } from './film.js';
import { drawBody } from './render-body.js';
import { drawBones } from './render-bones.js';
import { drawDevices } from './render-devices.js';
import { drawFindings } from './render-findings.js';
import { drawMediastinum } from './render-mediastinum.js';
import { drawVessels } from './render-vessels.js';
import { compose, createScene } from './scene.js';

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
  label: string;
}

export interface Radiograph {
  width: number;
  height: number;
  /** Grey values, 8 bit, row by row. */
  pixels: Uint8Array;
  /** 255 where a finding is, else 0; undefined where there is none. */
  mask: Uint8Array | undefined;
  boxes: Box[];
}

/** Grid pixels for each pixel of the film's long side: the body frame reaches a little beyond the film. */
const GRID_SHARE = 1.06;

/** A function that draws cases with the given long side in pixels, one after the other. */
export function createRenderer(longSide: number): (subject: Case) => Radiograph {
  const grid = new Grid(Math.round(GRID_SHARE * longSide));
  return (subject) => {
    grid.releaseFields();
    return renderCase(subject, grid, longSide);
  };
}

function renderCase(subject: Case, grid: Grid, longSide: number): Radiograph {
  const scene = createScene(subject, grid);
  drawBody(scene);
  drawMediastinum(scene);
  drawBones(scene);
  drawVessels(scene);
  drawFindings(scene);
  drawDevices(scene);
  const film = layFilm(subject, grid, longSide);
  const pixels = expose(subject, film, compose(scene));
  const boxes: Box[] = [];
  let mask: Uint8Array | undefined;
  for (const region of scene.regions) {
    const projected = projectRegion(film, region);
    const box = boxOf(projected, film, region.label);
    if (box !== undefined) boxes.push(box);
    if (mask) addMask(mask, projected);
    else mask = projected;
  }
  return { width: film.width, height: film.height, pixels, mask, boxes };
}

function addMask(mask: Uint8Array, other: Uint8Array): void {
  for (let i = 0; i < mask.length; i++) mask[i] |= other[i];
}

/** The smallest box around a mask; undefined where nothing of the region is on the film. */
function boxOf(mask: Uint8Array, { width, height }: Film, label: string): Box | undefined {
  let [left, right, top, bottom] = [width, -1, height, -1];
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      if (mask[row * width + column] === 0) continue;
      if (column < left) left = column;
      if (column > right) right = column;
      if (row < top) top = row;
      bottom = row;
    }
  }
  if (right < 0) return undefined;
  return { x: left, y: top, width: right - left + 1, height: bottom - top + 1, label };
}
