/** The versions of what is compared with. */
import { spawnSync } from 'node:child_process';

const CODE = `
import json, platform
from importlib.metadata import version
print(json.dumps({"python": platform.python_version(), **{p: version(p) for p in ("torch", "torchft-nightly")}}))
`;

export function versionsOf(python: string): Record<string, string> {
  const { stdout } = spawnSync(python, ['-c', CODE], { encoding: 'utf8' });
  return JSON.parse(stdout) as Record<string, string>;
}
