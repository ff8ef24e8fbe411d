// Several runs of a directory, in a real browser.
import { cpSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readFileSync, writeFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Dashboard } from '../../src/dashboard/serve.js';
import { noBrowser, startBrowser } from '../support/chromium.js';
import { expectNoSidewaysScrolling, logIn, openPage } from './browser.js';
import { TOKEN, type Written } from './run-directory.js';
import { serve } from './served.js';
import { wholeRun } from './whole-run.js';

describe.skipIf(noBrowser)('a directory of runs', () => {
  let browser: Browser;
  let run: Written;
  let dashboard: Dashboard;
  beforeAll(async () => {
    [browser, run] = await Promise.all([startBrowser(), wholeRun()]);
    const other = join(dirname(run.out), 'second');
    cpSync(run.out, other, { recursive: true });
    const config = join(other, 'config.yaml');
    writeFileSync(config, `${readFileSync(config, 'utf8').replace('0.001', '0.002')}seed: 3\n`);
    dashboard = await serve(dirname(run.out));
  });
  afterAll(async () => {
    await browser.close();
    await dashboard.close();
    run.remove();
  });

  it('is a list, from which each is opened, and two are compared by what differs', async () => {
    const { page, complaints, close } = await openPage(browser);
    await logIn(page, dashboard.url, TOKEN);
    await page.getByRole('heading', { name: 'Runs' }).waitFor();
    expect(await page.getByRole('row').count()).toBe(3);
    await page.getByRole('link', { name: 'first' }).click();
    await page.getByRole('heading', { name: 'first', level: 1 }).waitFor();
    await page.getByLabel('Compare with').selectOption('second');
    const rows = page.getByRole('table', { name: 'Configuration' }).getByRole('row');
    await expect.poll(() => rows.count()).toBe(3);
    expect(await rows.nth(1).innerText()).toMatch(/optimizer.learningRate\s+0.001\s+0.002/);
    expect(await rows.nth(2).innerText()).toMatch(/seed\s+–\s+3/);
    await page.goBack();
    await page.getByRole('heading', { name: 'Runs' }).waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  it('fits a phone', async () => {
    const { page, close } = await openPage(browser, { viewport: { width: 360, height: 740 }, isMobile: true });
    await logIn(page, dashboard.url, TOKEN);
    await page.getByRole('heading', { name: 'Runs' }).waitFor();
    await expectNoSidewaysScrolling(page);
    await close();
  });
});
