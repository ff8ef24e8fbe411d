// The page of a run in a real browser: what it shows of each file, in every form in which somebody looks at it.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, it } from 'vitest';
import type { Dashboard } from '../../src/dashboard/serve.js';
import { noBrowser, startBrowser } from '../support/chromium.js';
import { expectNoSidewaysScrolling, logIn, openPage, stepShown, type Seen } from './browser.js';
import { TOKEN, metricsLine, metricsLines, writtenRun, type Written } from './run-directory.js';
import { serve } from './served.js';
import { CONFIG, wholeRun } from './whole-run.js';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What an accessibility check finds, as `rule: element`. */
async function faultsOf(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate<string[]>(`axe
    .run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'] })
    .then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ': ' + html.slice(0, 200))))`);
}

describe.skipIf(noBrowser)('the page of a run', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());

  let run: Written;
  let dashboard: Dashboard;
  let seen: Seen;
  let page: Page;

  const open = async (options: Parameters<typeof openPage>[1] = {}): Promise<void> => {
    dashboard = await serve(run.out);
    seen = await openPage(browser, options);
    ({ page } = seen);
    await logIn(page, dashboard.url, TOKEN);
    await page.getByText('connected', { exact: true }).waitFor();
  };

  beforeEach(async () => {
    run = await wholeRun();
  });
  afterEach(async () => {
    // Nothing that a page shows makes it complain, or ask anybody but its server.
    expect(seen.complaints).toEqual([]);
    await seen.close();
    await dashboard.close();
    run.remove();
  });

  it('shows where each rank spends its time, as bars and as numbers', async () => {
    await open();
    const time = page.getByRole('region', { name: 'Time of a step' });
    const bars = time.getByRole('img');
    expect(await bars.count()).toBe(2);
    expect(await bars.nth(1).getAttribute('aria-label')).toContain('rank 1: waiting for data 100 ms, encoding 700 ms');
    const widths = await bars
      .nth(1)
      .locator('span')
      .evaluateAll((spans) => spans.map((span) => (span as unknown as { offsetWidth: number }).offsetWidth));
    expect(widths[4]).toBeGreaterThan(4 * widths[0]);
    await time.getByText('Numbers').click();
    expect(await time.getByRole('row', { name: /^0 \(worker 0\)/ }).innerText()).toContain('500 ms');
    run.append('ranks.jsonl', {
      time: '',
      step: 230,
      generation: 3,
      ranks: [{ rank: 0, worker: 0, host: 'h', microBatches: 1, phaseSeconds: { data: 3 } }],
    });
    await time.getByText('Step 230').waitFor();
    expect(await bars.count()).toBe(1);
  });

  it('shows who took part when, what happened, and what a newer version has added', async () => {
    await open();
    const workers = page.getByRole('region', { name: 'Workers' });
    const picture = workers.getByRole('img');
    expect(await picture.getAttribute('aria-label')).toMatch(/Worker 1 from \S+ to \S+: its connection broke/);
    expect(await picture.locator('.stay').count()).toBe(3);
    expect(await picture.locator('.loss').count()).toBe(1);
    expect(await picture.locator('.generation').count()).toBe(3);
    expect(await page.locator('.tile', { hasText: 'Checkpoint' }).innerText()).toContain('step 150');
    expect(await workers.getByRole('listitem').first().innerText()).toContain('somethingNew {"answer":42}');
    run.append('events.jsonl', {
      run: 'r',
      time: '2026-01-05T12:03:20Z',
      kind: 'left',
      worker: 2,
      reason: 'it was told to go',
    });
    await workers.getByText('worker 2 is gone: it was told to go').waitFor();
    expect(await picture.locator('.loss').count()).toBe(2);
  });

  it('shows the log with what failed first on top, and finds lines by level, process and text', async () => {
    await open();
    const logs = page.getByRole('region', { name: 'Logs' });
    expect(await logs.getByRole('listitem').first().innerText()).toContain('MLIP_E_PEER_LOST');
    const lines = logs.getByRole('region', { name: 'Log lines' }).getByRole('listitem');
    await expect.poll(() => lines.count()).toBe(3);
    // What processes say is text.
    expect(await lines.first().innerText()).toContain('worker 1 is gone <b>now</b>');
    await logs.getByLabel('Level').selectOption('debug');
    await expect.poll(() => lines.count()).toBe(4);
    await logs.getByLabel('From').selectOption('coordinator');
    await expect.poll(() => lines.count()).toBe(2);
    await logs.getByLabel('With').fill('WAITING');
    await expect.poll(() => lines.count()).toBe(1);
    const line = { time: '2026-01-05T12:05:00Z', level: 'info', name: 'coordinator', message: 'waiting for nobody' };
    run.append('logs.jsonl', { ...line, name: 'worker 0' }, line);
    await expect.poll(() => lines.count()).toBe(2);
    expect(await lines.first().innerText()).toContain('waiting for nobody');
  });

  it('shows what retrieval finds, with pictures', async () => {
    await open();
    const retrieval = page.getByRole('region', { name: 'Retrieval' });
    expect(await retrieval.getByRole('row', { name: /^200 / }).innerText()).toMatch(/25 %\s+50 %\s+75 %/);
    const pictures = retrieval.getByRole('img');
    await expect.poll(() => pictures.count()).toBe(3);
    await pictures.first().scrollIntoViewIfNeeded();
    const width = () =>
      pictures.first().evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth);
    await expect.poll(width).toBe(16);
    expect(await pictures.first().getAttribute('alt')).toBe('Image images/0.png, edema');
    expect(await retrieval.getByText('its own is number 2').count()).toBe(1);
    expect(await retrieval.locator('.right').first().innerText()).toContain('report of pair 0');
  });

  it('shows the configuration with its origins', async () => {
    await open();
    const row = page
      .getByRole('region', { name: 'Configuration' })
      .last()
      .getByRole('row', { name: /^batchSize / });
    expect(await row.innerText()).toMatch(/32\s+flag --set batchSize=32/);
  });

  it('goes back when the run does', async () => {
    await open();
    expect(await stepShown(page)).toBe(200);
    const lines = metricsLines(1, 150).map((line) => `${JSON.stringify({ ...line, loss: 7 })}\n`);
    writeFileSync(join(run.out, '.draft'), lines.join(''));
    renameSync(join(run.out, '.draft'), join(run.out, 'metrics.jsonl'));
    await expect.poll(() => stepShown(page)).toBe(150);
    await expect.poll(() => page.locator('figure .value').first().innerText()).toBe('7');
    run.append('metrics.jsonl', metricsLine(151, { loss: 6.5 }));
    await expect.poll(() => page.locator('figure .value').first().innerText()).toBe('6.500');
  });

  it('goes on by itself, and misses nothing, when the server was started again', async () => {
    await open();
    await dashboard.close();
    await page.getByText('connection lost, trying again').waitFor();
    run.append('metrics.jsonl', ...metricsLines(201, 230));
    run.append('events.jsonl', { run: 'r', time: '2026-01-05T12:03:00Z', kind: 'notice', text: 'said meanwhile' });
    dashboard = await serve(run.out, { port: Number(new URL(dashboard.url).port) });
    await page.getByText('connected', { exact: true }).waitFor();
    await expect.poll(() => stepShown(page)).toBe(230);
    await page.getByText('said meanwhile').waitFor();
    expect(await page.getByText('said meanwhile').count()).toBe(1);
    const table = page.locator('figure').first();
    await table.getByText('Numbers').click();
    expect(await table.getByRole('row').nth(1).innerText()).toMatch(/^230/);
  });

  it('asks for the token again when the server has another one', async () => {
    await open();
    await dashboard.close();
    const { RunToken } = await import('../../src/security/run-token.js');
    dashboard = await serve(run.out, { port: Number(new URL(dashboard.url).port), token: () => RunToken.random() });
    await page.getByLabel('Token of the run').waitFor();
    expect(await page.locator('canvas').count()).toBe(0);
  });

  it('can be used with the keyboard alone', async () => {
    dashboard = await serve(run.out);
    seen = await openPage(browser);
    ({ page } = seen);
    await page.goto(dashboard.url);
    await page.getByLabel('Token of the run').waitFor();
    await page.keyboard.type(TOKEN);
    await page.keyboard.press('Enter');
    await page.locator('canvas').first().waitFor();
    await page.reload();
    await page.locator('canvas').first().waitFor();
    await page.locator('body').press('Tab');
    expect(await focused(page)).toBe('Skip to content');
    await page.keyboard.press('Enter');
    await tabTo(page, 'Workers');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('workers');
    await page.locator('.skip').focus();
    await tabTo(page, 'Loss: ');
    for (const key of ['Home', 'ArrowRight', 'ArrowRight']) await page.keyboard.press(key);
    expect(await page.locator('figure [aria-live]').first().innerText()).toBe('step 3: 5.774');
    const outline = 'getComputedStyle(document.activeElement).outlineStyle';
    expect(await page.evaluate(outline)).toBe('solid');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('table', { name: 'Loss, the newest first' }).waitFor();
  });

  it.each(['light', 'dark'] as const)('has no fault that an accessibility check finds, %s', async (colorScheme) => {
    await open({ colorScheme });
    for (const summary of await page.getByText('Numbers').all()) await summary.click();
    expect(await faultsOf(page)).toEqual([]);
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByLabel('Token of the run').fill('wrong');
    await page.keyboard.press('Enter');
    await page.getByText('MLIP_E_TOKEN_WRONG').waitFor();
    expect(await faultsOf(page)).toEqual([]);
  });

  it('fits a phone', async () => {
    await open({ viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true });
    await page
      .getByRole('img', { name: /images\/0.png/ })
      .first()
      .scrollIntoViewIfNeeded();
    await expectNoSidewaysScrolling(page);
    expect(await faultsOf(page)).toEqual([]);
  });

  it('is dark where the system is, and changes with it', async () => {
    await open({ colorScheme: 'dark' });
    const light = () =>
      page.evaluate<number>('Number(getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0])');
    expect(await light()).toBeLessThan(40);
    await page.emulateMedia({ colorScheme: 'light' });
    expect(await light()).toBeGreaterThan(220);
  });

  it('says what of a directory is half-written or of a newer version, and shows the rest', async () => {
    run.write('coordinator.json', JSON.stringify({ version: 2, runId: 'r', novelty: true }));
    run.write('config.yaml', `${CONFIG}engine: { threads: `);
    run.append('metrics.jsonl', metricsLine(201));
    run.write(
      'metrics.jsonl',
      `${readFileSync(join(run.out, 'metrics.jsonl'), 'utf8')}{"step":20\n{"step":202,"loss":1}\n{"step":203,"lo`,
    );
    run.write('evaluations/step-200/retrieval.json', '{"version":2}');
    run.write('evaluations/step-300/retrieval.json', '{"versi');
    run.append('ranks.jsonl', { time: '', step: 1, generation: 1, ranks: 'many' });
    await open();
    const state = page.getByRole('region', { name: 'State of the run' });
    await state.getByText('coordinator.json was written by another version of mlip: use that one').waitFor();
    await state.getByText(/^config.yaml: /).waitFor();
    await state.getByText('metrics.jsonl: 1 line(s) cannot be read and are left out').waitFor();
    expect(await stepShown(page)).toBe(202);
    expect(await page.locator('canvas').count()).toBeGreaterThan(5);
    const retrieval = page.getByRole('region', { name: 'Retrieval' });
    expect(await retrieval.getByText(/was written by another version of mlip/).count()).toBeGreaterThan(0);
    await page.getByText('The run has not left how long its ranks take').waitFor();
    expect(await faultsOf(page)).toEqual([]);
  });

  it('says of each part of an empty directory that there is nothing yet, and begins when the run does', async () => {
    run.remove();
    run = writtenRun();
    run.write('run.json', '{"coor');
    await open();
    for (const text of [
      'No step yet.',
      'The run has left no events',
      'The run has left no log lines',
      'No evaluation yet.',
      'The run has left no config.yaml yet.',
    ]) {
      await page.getByText(text).first().waitFor();
    }
    expect(await faultsOf(page)).toEqual([]);
    run.append('metrics.jsonl', metricsLine(1));
    await page.locator('canvas').first().waitFor();
    expect(await stepShown(page)).toBe(1);
  });
});

function focused(page: Page): Promise<string> {
  return page.evaluate<string>("document.activeElement.getAttribute('aria-label') ?? document.activeElement.innerText");
}

/** Presses Tab until something has the focus whose name begins so. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 30; presses++) {
    await page.keyboard.press('Tab');
    if ((await focused(page)).startsWith(name)) return;
  }
  throw new Error(`no Tab leads to ${name}`);
}
