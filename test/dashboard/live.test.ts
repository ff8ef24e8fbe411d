// The dashboard of a run that goes on, in a real browser.
import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Browser, Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tokenFileOf } from '../../src/security/token-source.js';
import { noBrowser, startBrowser } from '../support/chromium.js';
import { mlip, type CliResult } from '../cli/run-cli.js';
import { metrics, smallRun, until, untilStep, type SmallRun } from '../cli/small-run.js';
import { logIn, openPage, stepShown, valueOf } from './browser.js';

describe.skipIf(noBrowser)('the dashboard of a run that trains', () => {
  let browser: Browser;
  let small: SmallRun;
  let training: Promise<CliResult>;
  let child: ChildProcess;
  let url = '';
  let token = '';
  beforeAll(async () => {
    [browser, small] = await Promise.all([startBrowser(), smallRun()]);
    let said = '';
    training = mlip(small.train('live', '--workers', '2', '--steps', '100000', '--dashboard-port', '0'), {
      onStart: (started) => {
        child = started;
        child.stderr!.on('data', (chunk) => (said += String(chunk)));
      },
    });
    await untilStep(small.path('live'), 3);
    await until(() => /the dashboard is at (\S+)/.test(said));
    url = /the dashboard is at (\S+)/.exec(said)![1];
    token = readFileSync(tokenFileOf(small.path('live')), 'utf8').trim();
  });
  afterAll(async () => {
    child.kill('SIGINT');
    await training;
    await browser.close();
    small.remove();
  });

  it('draws every part of the loss, and goes on while the run does', async () => {
    const { page, complaints, close } = await openPage(browser);
    await logIn(page, url, token);
    await page.getByRole('heading', { name: 'live' }).waitFor();
    await page.getByText('connected', { exact: true }).waitFor();
    const step = await stepShown(page);
    const parts = Object.keys(JSON.parse(metrics(small.path('live'))[0]) as object).filter((key) =>
      key.startsWith('loss'),
    );
    expect(await page.locator('figure:has(canvas)').count()).toBeGreaterThanOrEqual(parts.length + 5);
    await expect.poll(() => stepShown(page), { timeout: 20_000 }).toBeGreaterThan(step + 5);
    const part = (name: string): Locator => page.getByRole('region', { name, exact: true });
    await expect.poll(() => part('Time of a step').getByRole('img').count(), { timeout: 20_000 }).toBe(2);
    expect(await part('Workers').getByRole('img').getAttribute('aria-label')).toMatch(/Worker 0 from .* Worker 1 from/);
    await part('Workers').getByText('generation 1 of 2 worker(s)').waitFor();
    await part('Log lines').getByText('training starts at step 0').waitFor();
    const losses = metrics(small.path('live')).map((line) => (JSON.parse(line) as { loss: number }).loss);
    expect(losses.map((loss) => Number(loss.toPrecision(4)))).toContain(
      Number(Number(await valueOf(page, 'Loss')).toPrecision(4)),
    );
    expect(complaints).toEqual([]);
    await close();
  });

  it('lets nobody in with a wrong token, and says what is wrong and what to do', async () => {
    const { page, complaints, close } = await openPage(browser);
    await logIn(page, url, 'a-token-that-somebody-made-up');
    const alert = page.getByRole('alert');
    await expect.poll(() => alert.innerText()).toContain('MLIP_E_TOKEN_WRONG that is not the token of this run');
    expect(await alert.innerText()).toContain('OUT/token');
    expect(await page.locator('canvas').count()).toBe(0);
    await page.getByLabel('Token of the run').fill(token);
    await page.keyboard.press('Enter');
    await page.locator('canvas').first().waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  it('takes the token of a link, and leaves it neither in the address nor in the history', async () => {
    const { page, close } = await openPage(browser);
    await page.goto(`${url}#token=${token}`);
    await page.locator('canvas').first().waitFor();
    expect(page.url()).toBe(url);
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByLabel('Token of the run').waitFor();
    await page.goBack().catch(() => undefined);
    expect(page.url()).not.toContain(token);
    await close();
  });
});
