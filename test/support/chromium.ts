// A real browser, where this machine has one.
import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

const PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

const path = [process.env['CHROMIUM'], ...PATHS].find((name) => name !== undefined && existsSync(name));

/** For `describe.skipIf`: the tests of a page say so where there is no browser. */
export const noBrowser = path === undefined;
if (noBrowser)
  process.stderr.write('no Chromium on this machine: the tests of the dashboard in a browser are skipped\n');

/** It asks nobody outside for anything. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--enable-precise-memory-info',
];

export function startBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: path!, headless: true, args: ARGUMENTS });
}
