/*
 * The threshold explorer: episodes under other rules, recomputed from the published series of the main chart.
 * `ivts.measure` is the same computation as analytics/thresholds.py; the tests compare both.
 */
(() => {
  'use strict';

  const { ivts } = window;
  const ROUNDING = 4 * Number.EPSILON; // of a quotient of two decimals: one that equals an edge is not above it
  const DAYS_A_YEAR = 365.25;
  const PLACES = 6; // as published

  /** The series of the main chart's figure: exact ratios, as the drawn ones are rounded. */
  ivts.series = ({ data: [ratio, benchmark] }) => ({
    days: ratio.x,
    ratios: ratio.y.map((y, i) => (y === null ? null : ratio.meta.front[i] / ratio.meta.back[i])),
    closes: benchmark.y,
  });

  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

  /** Kept episodes as [first, last, length]; sessions without a ratio neither break nor lengthen one. */
  function findEpisodes(ratios, { entry, exit, min }) {
    const [enter, stay] = [entry, exit].map((edge) => edge * (1 + ROUNDING));
    const found = [];
    let open = null;
    ratios.forEach((ratio, i) => {
      if (ratio === null) return;
      if (ratio > (open ? stay : enter)) {
        if (!open) found.push((open = [i, i, 0]));
        open[1] = i;
        open[2] += 1;
      } else open = null;
    });
    return found.filter(([, , length]) => length >= min);
  }

  /** Figures of a history under some rules; NaN where undefined. */
  ivts.measure = ({ days, ratios, closes }, rules) => {
    const episodes = findEpisodes(ratios, rules);
    const defined = [...ratios.keys()].filter((i) => ratios[i] !== null);
    const [start, end] = [defined[0], defined.at(-1)];
    const lengths = episodes.map(([, , length]) => length);
    const sessions = lengths.reduce((sum, length) => sum + length, 0);
    const returns = episodes
      .filter(([first, last]) => closes[first - 1] && closes[last])
      .map(([first, last]) => closes[last] / closes[first - 1] - 1);
    const flips = episodes.reduce((n, [first, last]) => n + (first > start) + (last < end), 0);
    return {
      n: episodes.length,
      sessions,
      rate: sessions / defined.length,
      mean: mean(lengths),
      median: ivts.median(lengths),
      spy: mean(returns),
      flips: (flips * DAYS_A_YEAR) / ((Date.parse(days[end]) - Date.parse(days[start])) / 86_400_000),
    };
  };

  const inWords = {
    n: ivts.count,
    rate: ivts.percent,
    mean: (value) => ivts.fixed(value, 1),
    median: (value) => ivts.fixed(value, 1),
    spy: ivts.percentChange,
    flips: (value) => ivts.fixed(value, 1),
  };

  /** Figures as the page writes them: rounded as published, then as shown. */
  ivts.worded = (found) =>
    Object.fromEntries(
      Object.entries(inWords).map(([key, word]) => [key, word(found[key] && ivts.round(found[key], PLACES))]),
    );

  /** Bring an explorer to life; returns the function that puts rules into it. */
  ivts.explorer = (box, series, report) => {
    const names = ['entry', 'exit', 'min'];
    const [sliders, fields] = ['slider', 'field'].map((kind) =>
      Object.fromEntries(names.map((name) => [name, box.querySelector(`[data-${kind}="${name}"]`)])),
    );
    const status = box.querySelector('[data-explorer-status]');
    const own = Object.fromEntries(names.map((name) => [name, Number(fields[name].defaultValue)]));
    let rules = own;

    function accept(name, value) {
      const { min, max } = fields[name];
      if (!Number.isFinite(value)) return;
      const kept = Math.min(Math.max(name === 'min' ? Math.round(value) : value, Number(min)), Number(max));
      rules = { ...rules, [name]: kept };
      if (name === 'entry') rules.exit = Math.min(rules.exit, kept); // the exit never lies above the entry
      if (name === 'exit') rules.entry = Math.max(rules.entry, kept);
    }

    function show(typed) {
      for (const name of names) {
        if (fields[name] !== typed) fields[name].value = name === 'min' ? rules.min : rules[name].toFixed(3).replace(/0$/, '');
        sliders[name].value = rules[name];
      }
      const words = ivts.worded(ivts.measure(series, rules));
      for (const [key, text] of Object.entries(words)) {
        box.querySelector(`[data-out="${key}"]`).textContent = text;
      }
      box.classList.toggle('is-own', names.every((name) => rules[name] === own[name]));
      return words;
    }

    function settle() {
      const words = show();
      status.textContent = `${words.n} episodes, ${words.rate} of sessions`;
      report(Object.fromEntries(names.map((name) => [name, rules[name] === own[name] ? '' : String(rules[name])])));
    }

    function put(asked) {
      rules = Object.fromEntries(names.map((name) => [name, asked[name] ? Number(asked[name]) : own[name]]));
      show();
    }

    for (const name of names) {
      for (const input of [sliders[name], fields[name]]) {
        input.addEventListener('input', () => {
          accept(name, input.valueAsNumber);
          show(input);
        });
        input.addEventListener('change', settle);
      }
    }
    box.querySelector('[data-reset]').addEventListener('click', () => {
      rules = own;
      settle();
    });
    for (const name of names) {
      const moved = [sliders[name], fields[name]].find((input) => input.valueAsNumber !== own[name]);
      if (moved) accept(name, moved.valueAsNumber); // before this script was there
    }
    show();
    return put;
  };
})();
