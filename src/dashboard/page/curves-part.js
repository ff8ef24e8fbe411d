// The curves: one for each number of metrics.jsonl, side by side over the same steps.
import { Chart } from './chart.js';
import { CurveData, smooth } from './curve-data.js';
import { el, fill, section } from './elements.js';
import { metricName } from './format.js';

/** Charts are drawn again so often at most. */
const REDRAW_MS = 400;

/** @type {[string, (name: string) => boolean][]} */
const GROUPS = [
  ['Loss', (name) => name === 'loss'],
  ['Parts of the loss', (name) => name.startsWith('loss_')],
  ['Optimisation, speed and world', () => true],
];
/** Whole numbers, which stay for a while. */
const WORLD = ['world', 'generation'];
/** The same on every chart, or shown elsewhere. */
const LEFT_OUT = ['step', 'epoch'];
const HUES = 8;

/**
 * @param {string} run
 * @returns {import('./types.js').Part}
 */
export function curvesPart(run) {
  const curves = new CurvesPart(run);
  return {
    element: curves.element,
    begin: () => void curves.reload(),
    metrics: (lines) => curves.add(lines),
    end: () => curves.end(),
  };
}

class CurvesPart {
  /** @param {string} run */
  constructor(run) {
    this.data = new CurveData(run);
    /** @type {Map<string, Chart>} */
    this.charts = new Map();
    this.share = 0;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    this.groups = el('div', {}, el('p', { class: 'empty' }, 'No step yet.'));
    this.whole = el('button', { type: 'button', hidden: true, click: () => this.zoom(null) }, 'Whole run');
    const smoothing = el('input', { type: 'range', min: 0, max: 0.98, step: 0.02, value: 0 });
    smoothing.addEventListener('input', () => this.smooth(Number(smoothing.value)));
    const log = el('input', { type: 'checkbox' });
    log.addEventListener('change', () => this.setLog(log.checked));
    const tools = el(
      'div',
      { class: 'tools' },
      this.whole,
      el('label', { class: 'inline' }, 'Smoothing', smoothing),
      el('label', { class: 'inline' }, log, 'Logarithmic loss'),
    );
    this.element = section('curves', 'Curves', 'Drag over a chart to look closer.', this.groups);
    this.element.querySelector('.section-head')?.append(tools);
    this.scheme = matchMedia('(prefers-color-scheme: dark)');
    this.onScheme = () => this.charts.forEach((chart) => chart.build());
    this.scheme.addEventListener('change', this.onScheme);
    this.onVisible = () => document.hidden || this.drawSoon();
    document.addEventListener('visibilitychange', this.onVisible);
  }

  end() {
    clearTimeout(this.timer);
    this.scheme.removeEventListener('change', this.onScheme);
    document.removeEventListener('visibilitychange', this.onVisible);
    this.charts.forEach((chart) => chart.end());
  }

  async reload() {
    const began = performance.now();
    await this.data.load().catch(() => undefined);
    this.draw(began);
  }

  /** @param {import('./types.js').Numbers[]} lines */
  add(lines) {
    if (this.data.add(lines)) void this.reload();
    else this.drawSoon();
  }

  drawSoon() {
    this.timer ??= setTimeout(() => this.draw(), REDRAW_MS);
  }

  /** Says how long it takes until all is painted, as `performance.getEntriesByName('curves')`. */
  draw(began = performance.now()) {
    clearTimeout(this.timer);
    this.timer = undefined;
    // Nobody sees it, and it is drawn as soon as somebody does.
    if (document.hidden || this.data.steps.length === 0) return;
    const names = [...this.data.series.keys()].filter((name) => !LEFT_OUT.includes(name));
    if (names.some((name) => !this.charts.has(name))) this.arrange(names);
    for (const [name, chart] of this.charts) {
      const measured = this.data.series.get(name) ?? [];
      chart.draw(this.data.steps, WORLD.includes(name) ? measured : smooth(measured, this.share), measured);
    }
    // A frame's callbacks come before it is painted, what they ask for comes after.
    requestAnimationFrame(() => setTimeout(() => measure(began)));
  }

  /** @param {string[]} names */
  arrange(names) {
    let hue = 0;
    const sections = GROUPS.map(([title]) => {
      const own = names.filter((name) => GROUPS.find(([, belongs]) => belongs(name))?.[0] === title);
      if (own.length === 0) return null;
      const charts = own.map((name) => this.chartOf(name, `--hue-${(hue++ % HUES) + 1}`).element);
      const head = title === 'Loss' ? null : el('h3', { class: 'group-title' }, title);
      return el('div', {}, head, el('div', { class: 'charts' }, ...charts));
    });
    fill(this.groups, ...sections);
  }

  /**
   * @param {string} name
   * @param {string} colour
   */
  chartOf(name, colour) {
    const known = this.charts.get(name);
    if (known !== undefined) return known;
    const options = { title: metricName(name), colour, wide: name === 'loss', whole: WORLD.includes(name) };
    const chart = new Chart({ ...options, onZoom: (from, to) => this.zoom({ from, to }) });
    this.charts.set(name, chart);
    return chart;
  }

  /** @param {{ from: number, to: number } | null} range */
  zoom(range) {
    this.data.zoom = range;
    this.whole.hidden = range === null;
    void this.reload();
  }

  /** @param {number} share */
  smooth(share) {
    this.share = share;
    this.draw();
  }

  /** @param {boolean} log */
  setLog(log) {
    for (const [name, chart] of this.charts) {
      if (!name.startsWith('loss')) continue;
      chart.log = log;
      chart.build();
    }
  }
}

/** Of all that were drawn, the newest is remembered. @param {number} began */
function measure(began) {
  performance.clearMeasures('curves');
  performance.measure('curves', { start: began, end: performance.now() });
}
