/**
 * Weights from elsewhere as initial weights of a model: one safetensors file of mlip's names, which a run takes with the key
 * initialWeights. What the sources don't hold is left out of it and stays random.
 */
import { requireFiniteWeights } from '../checkpoint/finite-weights.js';
import { VOCABULARY_MARK, vocabularyMark } from '../checkpoint/initial-weights.js';
import type { Config } from '../config/schema.js';
import type { HostTensors } from '../core/host-tensor.js';
import { modelLayout } from '../encoders/model-layout.js';
import type { Layout } from '../encoders/layout.js';
import { writeSafetensors } from '../safetensors/safetensors.js';
import { requireBertConfig } from './bert-config.js';
import type { Part } from './family.js';
import { matchWeights, type Match } from './match.js';
import { publishFile, requireFree } from './publish.js';
import { openWeights, type WeightSource } from './source.js';
import { modelVocabulary } from './vocabulary.js';

export interface ImportOptions {
  config: Config;
  /** Files or folders of weights; what is not given stays random. */
  vision?: string | undefined;
  text?: string | undefined;
  /** File to write. */
  out: string;
  /** Replaces a file that is there. */
  force?: boolean | undefined;
}

export interface SourceReport {
  part: Part;
  path: string;
  family: string;
  /** What stands before the names in the file, e.g. `bert.`. */
  prefix: string;
  tensors: number;
  /** Tensors that did not fit as they were. */
  converted: { name: string; what: string }[];
  /** Names of the file that the model has no place for. */
  unused: string[];
}

export interface ImportReport {
  out: string;
  bytes: number;
  sha256: string;
  recipe: string;
  sources: SourceReport[];
  /** Parameters that the file holds. */
  imported: string[];
  /** Parameters and running statistics of the model that start as in a run without initial weights. */
  missing: string[];
}

/**
 * @throws MLIP_E_WEIGHTS_*, MLIP_E_TENSORS_*, MLIP_E_DATA_VOCABULARY; nothing is written then
 */
export async function importWeights(options: ImportOptions): Promise<ImportReport> {
  const { config, out, force = false } = options;
  requireFree(out, force);
  const sources = await openSources(options);
  const vocabulary = await modelVocabulary(config, sources.get('text'));
  const layout = modelLayout(config, vocabulary?.length ?? config.data.vocabularySize);
  const matches = Array.from(sources, ([part, source]) => ({ source, match: matchWeights(source, part, layout) }));
  const read = await Promise.all(matches.map(({ source, match }) => convert(source, match)));
  const tensors = inOrder(new Map(read.flatMap((part) => [...part])), layout);
  const digest = await publishFile(out, (draft) => writeSafetensors(draft, tensors, metadataOf(vocabulary)));
  return {
    ...{ out, ...digest, recipe: config.name, imported: [...tensors.keys()] },
    sources: matches.map(({ source, match }) => describe(source, match)),
    missing: layout.map(({ name }) => name).filter((name) => !tensors.has(name)),
  };
}

async function openSources({ config, vision, text }: ImportOptions): Promise<Map<Part, WeightSource>> {
  const sources = new Map<Part, WeightSource>();
  if (vision !== undefined) sources.set('vision', await openWeights(vision));
  if (text !== undefined) {
    const source = await openWeights(text);
    await requireBertConfig(source, config.model.text);
    sources.set('text', source);
  }
  return sources;
}

function metadataOf(vocabulary: readonly string[] | undefined): Record<string, string> {
  if (vocabulary === undefined) return { format: 'pt' };
  return { format: 'pt', [VOCABULARY_MARK]: vocabularyMark(vocabulary) };
}

/** The tensors that are taken, under the model's names and in its shapes. */
async function convert(source: WeightSource, { taken }: Match): Promise<HostTensors> {
  const read = await source.read(new Set(taken.map((each) => each.source)));
  requireFiniteWeights(read, source.path);
  return new Map(
    taken.map(({ name, source: from, conversion }) => {
      const tensor = read.get(from)!;
      return [name, conversion?.apply(tensor) ?? tensor];
    }),
  );
}

function inOrder(tensors: HostTensors, layout: Layout): HostTensors {
  const present = layout.filter(({ name }) => tensors.has(name));
  return new Map(present.map(({ name }) => [name, tensors.get(name)!]));
}

function describe({ path }: WeightSource, { family, prefix, taken, unused }: Match): SourceReport {
  const converted = taken.flatMap(({ name, conversion }) => (conversion ? [{ name, what: conversion.what }] : []));
  return { part: family.part, path, family: family.title, prefix, tensors: taken.length, converted, unused };
}
