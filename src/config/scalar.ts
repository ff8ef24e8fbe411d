/** Values that arrive as text, from the environment or from `--set`. */
import { parse } from 'yaml';

/** `12`, `1e-4`, `true`, `text`, `"12"` as YAML reads them; what YAML refuses stays text and fails the schema. */
export function parseScalar(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return text;
  }
}
