/*
 * What the scripts of the page share, as `window.ivts`: small helpers, published figures and late scripts, each
 * fetched once (again after a failure), and numbers to text by the rules of the page (formatting.py).
 */
(() => {
  'use strict';

  const root = document.documentElement;
  const ivts = { fromDisk: location.protocol === 'file:' };
  const SVG = document.querySelector('svg')?.namespaceURI ?? '';
  const DISK = 'This page was opened from disk, where browsers keep its data from it';

  ivts.all = (selector, within = document) => [...within.querySelectorAll(selector)];
  ivts.tell = (name, detail) => document.dispatchEvent(new CustomEvent(`ivts:${name}`, { detail }));

  /** An element with properties (`className`) and attributes (`aria-live`), told apart by the hyphen or by `role`. */
  ivts.make = (tag, settings) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(settings)) {
      if (name === 'role' || name.includes('-')) element.setAttribute(name, value);
      else element[name] = value;
    }
    return element;
  };

  /** A part of a drawing, with attributes and a text, within another. */
  ivts.draw = (parent, tag, settings = {}, text = '') => {
    const element = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(settings)) element.setAttribute(name, value);
    element.textContent = text;
    return parent.appendChild(element);
  };

  /** Make a function of one text remember its promises; those that fail are forgotten. */
  function once(make) {
    const kept = {};
    return (key) => {
      kept[key] ??= make(key).catch((error) => {
        delete kept[key];
        throw error;
      });
      return kept[key];
    };
  }

  /** The answer to a request for a file of the site. */
  ivts.load = async (address) => {
    if (ivts.fromDisk) throw new Error(DISK);
    const response = await fetch(address);
    if (!response.ok) throw new Error(`${response.url}: ${response.status}`);
    return response;
  };

  /** What to tell a visitor whose page lacks some data; the error is for the console. */
  ivts.excuse = (error, what, stays, advice) => {
    console.warn(stays, error);
    return ivts.fromDisk ? `${DISK}: ${stays}` : `${what} could not be loaded; ${stays} ${advice} to try again.`;
  };

  /** A figure by its address; every trace gets its own x, and the ratio its values. */
  ivts.figure = once(async (address) => {
    const figure = await (await ivts.load(address)).json();
    for (const trace of figure.data) {
      trace.x ??= figure.data[0].x;
      if (trace.meta.front) divide(trace);
    }
    return figure;
  });

  /** The exact quotient of two closes; null where one is. */
  ivts.divide = (front, back) => (front === null || back === null ? null : front / back);

  /** The ratio of two closes is not sent: `ratios` are exact, `y` are as published and shown. */
  function divide(trace) {
    const { front, back } = trace.meta;
    trace.ratios = front.map((value, i) => ivts.divide(value, back[i]));
    trace.y = trace.ratios.map((ratio) => ratio && ivts.round(ivts.published(ratio), 4));
  }

  /** Run a script that <html> names: data-live and data-live-integrity for "live". */
  ivts.script = once(
    (name) =>
      new Promise((onload, onerror) => {
        const served = { integrity: root.dataset[`${name}Integrity`], crossOrigin: 'anonymous' };
        const script = { src: root.dataset[name], onload, onerror, ...(!ivts.fromDisk && served) };
        document.head.append(ivts.make('script', script));
      }),
  );

  // ---------------------------------------------------------------- numbers and dates to text

  const MONTHS = 'January February March April May June July August September October November December'.split(' ');

  /** A number times a power of ten, by its decimal digits: no binary rounding. */
  function shift(value, places) {
    const [digits, power = 0] = String(value).split('e');
    return Number(`${digits}e${Number(power) + places}`);
  }

  /** Rounded to so many decimals as it reads, halves away from zero; never a negative zero. */
  ivts.round = (value, places) => Math.sign(value) * shift(Math.round(shift(Math.abs(value), places)), -places) || 0;

  /** Rounded as the site publishes computed numbers. */
  ivts.published = (value) => ivts.round(value, 6);

  const formats = {}; // kept: to make one takes longer than to use it a hundred times

  /** By the decimal digits too: a number given as text is not rounded in binary. */
  function written(value, digits, settings) {
    if (!Number.isFinite(value)) return 'n/a';
    const options = { minimumFractionDigits: digits, maximumFractionDigits: digits, signDisplay: 'negative', ...settings };
    const key = Object.values(options);
    formats[key] ??= new Intl.NumberFormat('en-US', options);
    return formats[key].format(String(value)).replace('-', '\u2212').replace('%', '%');
  }

  ivts.fixed = (value, places = 0) => written(value, places);
  ivts.count = ivts.fixed;
  /** Of fewer cases counts are told, and no rate. */
  ivts.FEWEST_CASES = 5;

  ivts.percent = (fraction) => written(fraction, 1, { style: 'percent' });
  ivts.percentChange = (fraction) => written(fraction, 1, { style: 'percent', signDisplay: 'exceptZero' });

  ivts.longDate = (day) => {
    const [year, month, date] = day.split('-').map(Number);
    return `${date} ${MONTHS[month - 1]} ${year}`;
  };

  /** "Fri 27 Feb 2026" */
  ivts.weekdayDate = (day) => {
    const [year, month, date] = day.split('-').map(Number);
    const weekday = 'Sun Mon Tue Wed Thu Fri Sat'.split(' ')[new Date(day).getUTCDay()];
    return `${weekday} ${date} ${MONTHS[month - 1].slice(0, 3)} ${year}`;
  };

  /** Middle of some numbers, the mean of both where there are two; undefined for none. */
  ivts.median = (values) => {
    const sorted = [...values].sort((a, b) => a - b);
    const middle = sorted.length / 2;
    return sorted.length % 2 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2;
  };

  window.ivts = ivts;
})();
