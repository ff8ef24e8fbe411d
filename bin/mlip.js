#!/usr/bin/env node
// Entry point of the `mlip` command: the compiled command line of src/cli.
import { existsSync } from 'node:fs';

const main = new URL('../dist/src/cli/main.js', import.meta.url);
if (!existsSync(main)) {
  console.error('mlip: not built yet. Run `npm run build` in the project first.');
  process.exit(1);
}
await import(main.href);
