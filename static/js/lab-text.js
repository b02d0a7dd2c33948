/*
 * Texts of the hedge lab as `ivtsLabText`: numbers in their units, tokens filled, texts chosen by what holds, and what a
 * visitor types read as numbers. words/lab.py writes and chooses alike; the tests compare both.
 */
(() => {
  'use strict';

  const { ivts } = window;
  const ABSENT = '–';
  const MINUS = '\u2212';
  const [HUGE, MILLIONS] = [1e12, 1e7];

  // ---------------------------------------------------------------- numbers to text

  const trimmed = (digits) => (digits.includes('.') ? digits.replace(/\.0+$|(\.\d*?[1-9])0+$/, '$1') : digits);
  const trimmedZeros = (digits) => digits.replace(/\.00$/, '');
  const significant = (size) => 3 - Math.floor(Math.log10(size));

  function price(size, places) {
    if (!places && size >= 1000) return ivts.fixed(size, 0);
    if (size >= 1) return trimmedZeros(ivts.fixed(size, 2));
    return size ? trimmed(ivts.fixed(size, significant(size))) : '0';
  }

  const DIGITS = {
    pct: (size, places) => (places === 1 ? trimmed : String)(ivts.fixed(size * 100, places)),
    usd: (size, places) => {
      if (size >= MILLIONS && !places) {
        return size >= 1e9 ? `${trimmed(ivts.fixed(size / 1e9, 2))}bn` : `${trimmed(ivts.fixed(size / 1e6, 2))}m`;
      }
      if (places || size >= 20) return ivts.fixed(size, places ? 2 : 0);
      return trimmedZeros(ivts.fixed(size, 2));
    },
    px: price,
    coin: (size) => trimmed(ivts.fixed(size, size >= 0.001 || !size ? 4 : significant(size))),
    n: (size) => ivts.fixed(size, 0),
  };
  const plain = (size) => trimmed(ivts.fixed(size, 2));
  const [BEFORE, AFTER] = [{ usd: '$' }, { pct: '%', x: '×' }];

  function write(value, unit, places = 0, signed = false) {
    const size = Math.abs(value);
    const digits = size >= HUGE ? size.toExponential(3).replace('e+', 'e') : (DIGITS[unit] ?? plain)(size, places);
    const sign = !/[1-9]/.test(digits) ? '' : value < 0 ? MINUS : signed ? '+' : '';
    return sign + (BEFORE[unit] ?? '') + digits + (AFTER[unit] ?? '');
  }

  function days(value) {
    const whole = ivts.fixed(value, 0);
    return `${whole} ${whole === '1' ? 'day' : 'days'}`;
  }

  // ---------------------------------------------------------------- texts

  /** Put numbers into a text; what is not there is a dash. */
  function fill(text, numbers) {
    return text.replace(/\[(\+?)([a-z][a-z0-9_]*)\]/g, (_, sign, name) => {
      const value = numbers[name];
      if (value === undefined) return ABSENT;
      if (typeof value === 'string') return fill(value, numbers);
      const [, unit, places] = name.match(/_(usd|px|coin|pct|num|n|x)(\d?)$/);
      return write(value, unit, Number(places), sign === '+');
    });
  }

  /** Whether every flag named holds, and none that has a `!` before it. */
  const holds = (when = '', numbers = {}) =>
    when.split(' ').filter(Boolean).every((flag) => Boolean(numbers[flag.replace('!', '')]) !== flag.startsWith('!'));

  /** The first text whose conditions hold, with its numbers; empty where there is none. */
  const choose = (options, numbers) => fill(options.find(({ when }) => holds(when, numbers))?.text ?? '', numbers);

  // ---------------------------------------------------------------- what is typed

  const GROUPED = /^[-+]?\d{1,3}([,\s]\d{3})+(\.\d*)?$/;
  const NUMBER = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;

  /** A number as people write it: 10,000 and 10 000 are ten thousand; NaN for what is none. */
  function parse(text) {
    const bare = text.trim().replaceAll(MINUS, '-');
    const digits = GROUPED.test(bare) ? bare.replace(/[,\s]/g, '') : bare;
    return NUMBER.test(digits) ? Number(digits) : NaN;
  }

  /** Both readings of a number such as 0,500 or 1,5, whose comma may stand before decimals; null for others. */
  function readings(text) {
    const bare = text.trim();
    if (!/^[-+]?(0,\d+|\d+,(\d{1,2}|\d{4,}))$/.test(bare)) return null;
    const whole = bare.replace(',', '').replace(/^([-+]?)0+(?=\d)/, '$1');
    return [bare.replace(',', '.').replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, ''), whole];
  }

  /** Lines of cells: 61000, 30000. */
  const lines = (text) =>
    text
      .split('\n')
      .map((line) => line.trim().split(/[,;\t]\s*/).map((cell) => cell.trim()))
      .filter((row) => row.some(Boolean));

  window.ivtsLabText = Object.freeze({ choose, days, fill, holds, lines, parse, readings, write });
})();
