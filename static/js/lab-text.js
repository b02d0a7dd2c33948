/*
 * Texts of the hedge lab as `ivtsLabText`: numbers in their units, tokens filled, texts chosen by what holds, and what a
 * visitor types read as numbers. words/lab.py writes and chooses alike; the tests compare both.
 */
(() => {
  'use strict';

  const { ivts } = window;
  const ABSENT = '–';
  const MINUS = '\u2212';
  const HUGE = 1e12;

  // ---------------------------------------------------------------- numbers to text

  let units = {};
  /** Take the units from the texts of the page. */
  const setUnits = (given) => {
    units = given;
  };

  function writeSize(size, { times = 1, places = 0, figures = 0, zeros }) {
    const digits = ivts.fixed(size * times, figures && size ? figures - 1 - Math.floor(Math.log10(size)) : places);
    if (zeros === 'drop' && digits.includes('.')) return digits.replace(/\.?0+$/, '');
    return zeros === 'cents' ? digits.replace(/\.00$/, '') : digits;
  }

  /** A number in its unit; `+` signs gains too, `|` nothing. */
  function write(value, unit, sign = '') {
    const size = Math.abs(value);
    const { before = '', sizes } = units[unit];
    const form = sizes.find(({ least = 0 }) => size >= least) ?? sizes.at(-1);
    const digits = size >= HUGE ? size.toExponential(3).replace('e+', 'e') : writeSize(size, form);
    const signed = sign === '|' || !/[1-9]/.test(digits) ? '' : value < 0 ? MINUS : sign;
    return signed + before + digits + (form.after ?? '');
  }

  // ---------------------------------------------------------------- texts

  const camel = (name) => name.replace(/_(\w)/g, (_, letter) => letter.toUpperCase());

  /** What a name stands for: `now.value` is the value of `now`. */
  const lookUp = (path, numbers) =>
    path.split('.').reduce((found, name) => (name in Object(found) ? found[name] : found?.[camel(name)]) ?? null, numbers);

  const COMPARE = {
    '<': (a, b) => a < b, '<=': (a, b) => a <= b, '=': (a, b) => a === b, '>=': (a, b) => a >= b, '>': (a, b) => a > b,
  };

  function meets(condition, numbers) {
    const [, negated, name, comparison, other] = condition.match(/^(!?)([a-z][a-z0-9_.]*)(?:(<=|>=|<|>|=)(.+))?$/);
    const value = lookUp(name, numbers);
    const plain = !comparison || value === null;
    const met = plain ? Boolean(value) : COMPARE[comparison](value, typeof value === 'string' ? other : Number(other));
    return met === !negated;
  }

  /** Whether every condition holds, and none that has a `!` before it. */
  const holds = (when = '', numbers = {}) => when.split(' ').filter(Boolean).every((each) => meets(each, numbers));

  /** The first text whose conditions hold, with its numbers; empty where there is none. */
  const choose = (options, numbers) => fill(options.find(({ when }) => holds(when, numbers))?.text ?? '', numbers);

  /** Put numbers and words into a text; what is not there is a dash. */
  function fill(text, numbers) {
    return text.replace(/\[([a-z][a-z0-9_.]*)(?::([+|]?)([a-z]+\d?))?\]/g, (_, name, sign, unit) => {
      const value = lookUp(name, numbers);
      if (value === null) return ABSENT;
      if (unit) return write(value, unit, sign);
      return Array.isArray(value) ? choose(value, numbers) : String(value);
    });
  }

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

  window.ivtsLabText = Object.freeze({ choose, fill, holds, lines, parse, readings, setUnits, write });
})();
