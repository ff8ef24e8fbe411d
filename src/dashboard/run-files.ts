/** The files of an output directory that grow while a run goes on, and the place in each up to which somebody knows them. */
import { join } from 'node:path';
import { parseJson } from '../core/json.js';
import { parseMetricsLine } from '../rpc/run-events.js';
import type { FilePlace } from './growing-file.js';

export const GROWING = ['metrics', 'events', 'ranks', 'logs'] as const;

export type GrowingFile = (typeof GROWING)[number];

export function pathOf(directory: string, file: GrowingFile): string {
  return join(directory, `${file}.jsonl`);
}

export type Places = Record<GrowingFile, FilePlace | null>;

export const NOWHERE: Places = { metrics: null, events: null, ranks: null, logs: null };

/** As the id of a server-sent event: `metrics=7:120;events=;...`. */
export function formatPlaces(places: Places): string {
  return GROWING.map((file) => {
    const place = places[file];
    return `${file}=${place === null ? '' : `${place.mark}:${place.offset}`}`;
  }).join(';');
}

/** Null for what is no such id. */
export function parsePlaces(text: string): Places | null {
  const parts = text.split(';').map((part) => /^(\w+)=(?:(\d{1,20}):(\d{1,16}))?$/.exec(part));
  const found = new Map(parts.map((part) => [part?.[1], part]));
  if (parts.length !== GROWING.length || !GROWING.every((file) => found.get(file))) return null;
  const placeOf = (file: GrowingFile): FilePlace | null => {
    const [, , mark, offset] = found.get(file)!;
    return mark === undefined ? null : { mark: Number(mark), offset: Number(offset) };
  };
  return { metrics: placeOf('metrics'), events: placeOf('events'), ranks: placeOf('ranks'), logs: placeOf('logs') };
}

export type Line = Record<string, unknown>;

/** Null for a line that is no object, as one that a crash has cut short. */
export function parseLine(text: string): Line | null {
  return objectOf(parseJson(text));
}

/** The same for a line of metrics.jsonl, with NaN for what is not finite. */
export function parseNumbers(text: string): Line | null {
  try {
    return objectOf(parseMetricsLine(text));
  } catch {
    return null;
  }
}

function objectOf(value: unknown): Line | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Line) : null;
}
