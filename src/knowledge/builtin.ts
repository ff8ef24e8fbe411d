/** The chest radiography graph that ships with mlip, written by hand. */
import { join } from 'node:path';
import { packageRoot } from '../core/package-root.js';

/** Its directory, which also holds its embeddings. */
export function builtinGraphPath(): string {
  return join(packageRoot, 'knowledge', 'chest-radiography');
}

/** Where the embeddings of a graph are looked for unless another file is named. */
export function embeddingsPathOf(graphDirectory: string): string {
  return join(graphDirectory, 'embeddings.safetensors');
}
