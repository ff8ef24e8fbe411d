/** A configuration as YAML that loads back, with each value's origin as a comment where asked. */
import { Document, isMap, isScalar, isSeq, visit, type YAMLMap } from 'yaml';
import type { Origins } from './load.js';
import { formatOrigin } from './origin.js';
import type { Config } from './schema.js';

/** @param origins adds `# recipe mlip-nano (...)` to each value. */
export function showConfig(config: Config, origins?: Origins): string {
  const document = new Document(config);
  visit(document, { Seq: (_, list) => void (list.flow = true) });
  if (origins !== undefined) annotate(document.contents as YAMLMap, '', origins);
  return document.toString({ lineWidth: 0 });
}

function annotate(section: YAMLMap, prefix: string, origins: Origins): void {
  for (const { key, value } of section.items) {
    const path = `${prefix}${String(key)}`;
    if (isMap(value)) annotate(value, `${path}.`, origins);
    else if ((isScalar(value) || isSeq(value)) && origins.has(path))
      value.comment = ` ${formatOrigin(origins.get(path)!)}`;
  }
}
