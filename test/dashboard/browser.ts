// Pages of a dashboard in a real browser, and what must never happen on them.
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { expect } from 'vitest';

export interface Seen {
  page: Page;
  context: BrowserContext;
  /** What the page complained about, and requests that left for elsewhere. */
  complaints: string[];
  close: () => Promise<void>;
}

export async function openPage(browser: Browser, options: Parameters<Browser['newContext']>[0] = {}): Promise<Seen> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  // Refusals and lost connections are part of some tests; the browser says them as errors too.
  page.on('console', (message) => {
    if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) complaints.push(message.text());
  });
  page.on('request', (request) => {
    if (new URL(request.url()).hostname !== '127.0.0.1') complaints.push(`a request to ${request.url()}`);
  });
  return { page, context, complaints, close: () => context.close() };
}

export async function logIn(page: Page, url: string, token: string): Promise<void> {
  await page.goto(url);
  await page.getByLabel('Token of the run').fill(token);
  await page.getByRole('button', { name: 'Open the dashboard' }).click();
}

/** The value at the head of a chart. */
export function valueOf(page: Page, chart: string): Promise<string> {
  return page
    .locator('figure', { has: page.getByRole('heading', { name: chart, exact: true }) })
    .locator('.value')
    .innerText();
}

/** The step that the head of the page names. */
export async function stepShown(page: Page): Promise<number> {
  const text = await page.locator('.tile', { hasText: 'Loss' }).locator('small').innerText();
  return Number(/step ([\d,]+)/.exec(text)?.[1].replaceAll(',', ''));
}

/** No wider than the window: nobody has to scroll sideways. */
export async function expectNoSidewaysScrolling(page: Page): Promise<void> {
  const [scroll, inner] = await page.evaluate<[number, number]>('[document.documentElement.scrollWidth, innerWidth]');
  expect(scroll).toBeLessThanOrEqual(inner);
}
