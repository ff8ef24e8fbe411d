// A chart of one number over the steps: drawn by uPlot, read with the arrow keys, and as a table.
import { layoutOf } from './chart-layout.js';
import { el, fill, numbers, table } from './elements.js';
import { number } from './format.js';
import uPlot from './uplot.js';

const HEIGHT = 170;
const TABLE_ROWS = 25;

/**
 * @typedef {object} ChartOptions
 * @property {string} title
 * @property {string} colour a variable of the style sheet
 * @property {boolean} [whole] whole numbers, drawn in steps
 * @property {boolean} [wide]
 * @property {(from: number, to: number) => void} onZoom
 */

export class Chart {
  /** @param {ChartOptions} options */
  constructor(options) {
    this.options = options;
    /** @type {number[]} */
    this.steps = [];
    /** @type {(number | null)[]} */
    this.values = [];
    /** @type {(number | null)[]} what was measured, where the curve is smoothed */
    this.measured = [];
    this.log = false;
    /** @type {uPlot | null} */
    this.plot = null;
    this.value = el('span', { class: 'value' });
    this.at = el('span', { class: 'at' });
    this.spoken = el('span', { class: 'hidden-text', 'aria-live': 'polite' });
    this.place = el('div', {
      tabindex: 0,
      role: 'group',
      'aria-roledescription': 'chart',
      keydown: (/** @type {KeyboardEvent} */ event) => this.onKey(event),
      blur: () => this.point(null),
    });
    const head = el('figcaption', {}, el('h3', {}, options.title), this.at, this.value);
    this.element = el(
      'figure',
      { class: options.wide ? 'card chart wide' : 'card chart' },
      head,
      this.place,
      this.spoken,
      numbers(options.title, () => this.table()),
    );
    this.watcher = new ResizeObserver(() => this.resize());
    this.watcher.observe(this.place);
  }

  /**
   * @param {number[]} steps
   * @param {(number | null)[]} values
   * @param {(number | null)[]} measured
   */
  draw(steps, values, measured) {
    [this.steps, this.values, this.measured] = [steps, values, measured];
    if (this.plot === null) this.build();
    else this.plot.setData([steps, values]);
    if ((this.plot?.cursor.idx ?? null) === null) this.tell(null);
    this.place.setAttribute('aria-label', this.summary());
  }

  /** Anew, as where the colours or the scale have changed. */
  build() {
    this.plot?.destroy();
    this.plot = null;
    const width = this.place.clientWidth;
    if (width === 0) return;
    const layout = layoutOf({
      ...{ width, height: this.height, colour: this.options.colour, log: this.log, dots: this.steps.length < 3 },
      whole: this.options.whole === true,
      onPoint: (index) => this.tell(index),
      onSelect: (plot) => this.onSelect(plot),
    });
    this.plot = new uPlot(layout, [this.steps, this.values], this.place);
  }

  end() {
    this.watcher.disconnect();
    this.plot?.destroy();
  }

  resize() {
    const width = this.place.clientWidth;
    if (this.plot === null) return this.steps.length > 0 ? this.build() : undefined;
    if (width > 0 && width !== this.plot.width) this.plot.setSize({ width, height: this.height });
  }

  get height() {
    return this.options.wide ? 260 : HEIGHT;
  }

  /** @param {uPlot} plot */
  onSelect(plot) {
    const { left, width } = plot.select;
    if (width < 6) return;
    const [from, to] = [plot.posToVal(left, 'x'), plot.posToVal(left + width, 'x')];
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.options.onZoom(from, to);
  }

  /** @param {number | null} index of a point, or none for the newest */
  tell(index) {
    const shown = index ?? this.measured.findLastIndex((value) => value !== null);
    fill(this.value, number(this.measured[shown]));
    fill(this.at, index === null ? '' : `step ${number(Math.round(this.steps[index]))}`);
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    const last = this.steps.length - 1;
    const now = this.plot?.cursor.idx ?? last;
    const stride = event.shiftKey ? Math.max(1, Math.round(last / 20)) : 1;
    /** @type {Record<string, number | null>} */
    const places = { ArrowLeft: now - stride, ArrowRight: now + stride, Home: 0, End: last, Escape: null };
    if (!(event.key in places) || last < 0) return;
    event.preventDefault();
    const place = places[event.key];
    this.point(place === null ? null : Math.min(last, Math.max(0, place)));
  }

  /** @param {number | null} index */
  point(index) {
    const { plot } = this;
    if (plot === null) return;
    const value = index === null ? null : this.values[index];
    if (index === null) plot.setCursor({ left: -10, top: -10 });
    else
      plot.setCursor({
        left: plot.valToPos(this.steps[index], 'x'),
        top: value === null ? 0 : plot.valToPos(value, 'y'),
      });
    fill(this.spoken, index === null ? '' : `step ${Math.round(this.steps[index])}: ${number(this.measured[index])}`);
  }

  summary() {
    const known = this.measured.filter((value) => value !== null);
    if (known.length === 0) return `${this.options.title}: no numbers yet`;
    const [low, high] = known.reduce(
      ([a, b], value) => [Math.min(a, value), Math.max(b, value)],
      [Infinity, -Infinity],
    );
    return `${this.options.title}: ${number(known.at(-1))} now, between ${number(low)} and ${number(high)}. Arrow keys read it step by step.`;
  }

  table() {
    const count = this.steps.length;
    const stride = Math.max(1, Math.ceil(count / TABLE_ROWS));
    const rows = this.steps.map((_, index) => index).filter((index) => (count - 1 - index) % stride === 0);
    const cells = rows.reverse().map((index) => [number(Math.round(this.steps[index])), number(this.measured[index])]);
    return table(`${this.options.title}, the newest first`, ['Step', this.options.title], cells);
  }
}
