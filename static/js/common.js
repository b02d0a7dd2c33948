/*
 * What the scripts of the page share, as `window.ivts`: published figures and late scripts, each fetched once (again
 * after a failure), and numbers to text by the rules of the page (formatting.py).
 */
(() => {
  'use strict';

  const root = document.documentElement;
  const ivts = { fromDisk: location.protocol === 'file:' };

  /** Make a function of one text remember its promises; those that fail are forgotten. */
  function once(make) {
    const kept = new Map();
    return (key) => {
      if (!kept.has(key)) {
        const promise = make(key);
        kept.set(key, promise);
        promise.catch(() => kept.delete(key));
      }
      return kept.get(key);
    };
  }

  /** A figure by its address; every trace gets its own x. */
  ivts.figure = once(async (src) => {
    if (ivts.fromDisk) throw new Error('a page opened from disk cannot read data files');
    const response = await fetch(src);
    if (!response.ok) throw new Error(`${response.url}: ${response.status}`);
    const figure = await response.json();
    for (const trace of figure.data) trace.x ??= figure.data[0].x;
    return figure;
  });

  /** Run a script that <html> names: data-tools and data-tools-integrity for "tools". */
  ivts.script = once(
    (name) =>
      new Promise((resolve, reject) => {
        const script = document.createElement('script');
        script.src = root.dataset[name];
        if (!ivts.fromDisk) {
          script.integrity = root.dataset[`${name}Integrity`] ?? '';
          script.crossOrigin = 'anonymous';
        }
        script.onload = resolve;
        script.onerror = () => reject(new Error(`${script.src} did not load`));
        document.head.append(script);
      }),
  );

  // ---------------------------------------------------------------- numbers and dates to text

  const UNDEFINED = 'n/a';
  const MINUS = '\u2212';
  const MONTHS = 'January February March April May June July August September October November December'.split(' ');

  /** A number times a power of ten, by its decimal digits: no binary rounding. */
  function shift(value, places) {
    const [digits, power = 0] = String(value).split('e');
    return Number(`${digits}e${Number(power) + places}`);
  }

  /** Rounded to so many decimals as it reads, halves away from zero; never a negative zero. */
  ivts.round = (value, places) => Math.sign(value) * shift(Math.round(shift(Math.abs(value), places)), -places) || 0;

  const formats = new Map(); // kept: to make one takes longer than to use it a hundred times

  function format(places) {
    const digits = { minimumFractionDigits: places, maximumFractionDigits: places };
    if (!formats.has(places)) formats.set(places, new Intl.NumberFormat('en-US', digits));
    return formats.get(places);
  }

  const isKnown = (value) => typeof value === 'number' && Number.isFinite(value);

  function written(value, places, plus = '') {
    if (!isKnown(value)) return UNDEFINED;
    const rounded = ivts.round(value, places);
    const sign = rounded < 0 ? MINUS : rounded > 0 ? plus : '';
    return sign + format(places).format(Math.abs(rounded));
  }

  const hundredfold = (value) => (isKnown(value) ? shift(value, 2) : value);
  const withUnit = (text) => (text === UNDEFINED ? text : `${text}\u202f%`);

  ivts.count = (value) => written(value, 0);
  ivts.fixed = (value, places) => written(value, places);
  ivts.percent = (fraction) => withUnit(written(hundredfold(fraction), 1));
  ivts.percentChange = (fraction) => withUnit(written(hundredfold(fraction), 1, '+'));

  ivts.longDate = (day) => {
    const [year, month, date] = day.split('-').map(Number);
    return `${date} ${MONTHS[month - 1]} ${year}`;
  };

  /** Middle of some numbers, the mean of both where there are two; undefined for none. */
  ivts.median = (values) => {
    const sorted = [...values].sort((a, b) => a - b);
    const middle = sorted.length / 2;
    return sorted.length % 2 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2;
  };

  window.ivts = ivts;
})();
