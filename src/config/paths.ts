/** The keys of a configuration that are paths, which mean something only in the directory of whoever wrote them. */
import { resolve } from 'node:path';
import type { Config } from './schema.js';

/** The same configuration for processes in other directories. What is empty stays empty. */
export function withAbsolutePaths(config: Config): Config {
  const { data, knowledge, initialWeights } = config;
  return {
    ...config,
    initialWeights: absolute(initialWeights),
    data: { ...data, manifest: absolute(data.manifest), vocabulary: absolute(data.vocabulary) },
    knowledge: { ...knowledge, graph: absolute(knowledge.graph), embeddings: absolute(knowledge.embeddings) },
  };
}

function absolute(path: string): string {
  return path === '' ? '' : resolve(path);
}
