// Numbers, times and names as people read them.

/** @param {number | null | undefined} value */
export function number(value) {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  if (size !== 0 && (size < 0.001 || size >= 1e6)) return value.toExponential(2);
  if (Number.isInteger(value)) return value.toLocaleString('en');
  return value.toFixed(size < 1 ? 4 : size < 100 ? 3 : 1);
}

/** @param {number | null | undefined} share */
export function percent(share) {
  return share === null || share === undefined || !Number.isFinite(share)
    ? '–'
    : `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
}

/** @param {number | null} seconds */
export function duration(seconds) {
  if (seconds === null || !Number.isFinite(seconds)) return '–';
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${seconds < 10 ? seconds.toFixed(1) : whole} s`;
  const [days, hours, minutes] = [
    Math.floor(whole / 86_400),
    Math.floor(whole / 3600) % 24,
    Math.floor(whole / 60) % 60,
  ];
  if (days > 0) return `${days} d ${hours} h`;
  return hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min ${whole % 60} s`;
}

/** @param {unknown} iso */
export function clock(iso) {
  const date = new Date(String(iso));
  return Number.isNaN(date.getTime()) ? '' : date.toLocaleTimeString('en-GB');
}

/** @type {Record<string, string>} */
const NAMES = {
  loss: 'Loss',
  lr: 'Learning rate',
  grad_norm: 'Gradient norm',
  pairs_per_second: 'Pairs per second',
  data_wait: 'Waiting for data',
  comm_wait: 'Waiting for other workers',
  world: 'Workers',
  generation: 'Generation',
  loss_itm: 'Image-text matching',
  loss_ts: 'Text swapping',
};

/** @param {string} key of metrics.jsonl */
export function metricName(key) {
  if (key in NAMES) return NAMES[key];
  const text = key.replace(/^loss_/, '').replaceAll('_', ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}
