/*
 * The threshold explorer: episodes under other rules, recomputed from the published series of the main chart.
 * `ivts.measure` is the same computation as tests/thresholds.py; the tests compare both.
 */
(() => {
  'use strict';

  const { ivts } = window;
  const ROUNDING = 4 * Number.EPSILON; // of a quotient of two decimals: one that equals an edge is not above it
  const DAYS_A_YEAR = 365.25;

  const sum = (values) => values.reduce((total, value) => total + value, 0);
  const mean = (values) => sum(values) / values.length;

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

  /** Figures of the history in a figure (the main chart's: the ratio, then the benchmark); NaN where undefined. */
  ivts.measure = ({ data: [{ x: days, ratios }, { y: closes }] }, rules) => {
    const episodes = findEpisodes(ratios, rules);
    const defined = [...ratios.keys()].filter((i) => ratios[i] !== null);
    const [start, end] = [defined[0], defined.at(-1)];
    const lengths = episodes.map(([, , length]) => length);
    const returns = episodes
      .filter(([first, last]) => closes[first - 1] && closes[last])
      .map(([first, last]) => closes[last] / closes[first - 1] - 1);
    const span = (Date.parse(days[end]) - Date.parse(days[start])) / 86_400_000;
    const flips = sum(episodes.map(([first, last]) => (first > start) + (last < end)));
    return {
      n: episodes.length,
      sessions: sum(lengths),
      rate: sum(lengths) / defined.length,
      mean: mean(lengths),
      median: ivts.median(lengths),
      spy: mean(returns),
      flips: span >= DAYS_A_YEAR ? (flips * DAYS_A_YEAR) / span : Number.NaN,
    };
  };

  const tenths = (value) => ivts.fixed(value, 1);
  const inWords = {
    n: ivts.count,
    rate: ivts.percent,
    mean: tenths,
    median: tenths,
    spy: ivts.percentChange,
    flips: tenths,
  };

  /** Figures as the page writes them: rounded as published, then as shown. */
  ivts.worded = (found) =>
    Object.fromEntries(
      Object.entries(inWords).map(([key, word]) => [key, word(found[key] && ivts.published(found[key]))]),
    );

  /** Bring an explorer to life; returns the function that puts rules into it. */
  ivts.explorer = (box, figure, report) => {
    const names = ['entry', 'exit', 'min'];
    const byName = (make) => Object.fromEntries(names.map((name) => [name, make(name)]));
    const [sliders, fields] = ['slider', 'field'].map((kind) =>
      byName((name) => box.querySelector(`[data-${kind}="${name}"]`)),
    );
    const own = byName((name) => Number(fields[name].defaultValue));
    let rules = own;

    function accept(name, value) {
      if (!Number.isFinite(value)) return;
      sliders[name].value = value; // the browser keeps it within the bounds and on a step
      rules = { ...rules, [name]: sliders[name].valueAsNumber };
      if (name === 'entry') rules.exit = Math.min(rules.exit, rules.entry); // the exit never lies above the entry
      if (name === 'exit') rules.entry = Math.max(rules.exit, rules.entry);
    }

    function show(typed) {
      for (const name of names) {
        const text = name === 'min' ? rules.min : rules[name].toFixed(3).replace(/0$/, '');
        if (fields[name] !== typed) fields[name].value = text;
        sliders[name].value = rules[name];
      }
      const words = ivts.worded(ivts.measure(figure, rules));
      for (const [key, text] of Object.entries(words)) {
        box.querySelector(`[data-out="${key}"]`).textContent = text;
      }
      box.classList.toggle('is-own', names.every((name) => rules[name] === own[name]));
      return words;
    }

    function settle() {
      const words = show();
      const status = box.querySelector('[data-explorer-status]');
      status.textContent = `${words.n} inversions, ${words.rate} of sessions`;
      report(byName((name) => (rules[name] === own[name] ? '' : String(rules[name]))));
    }

    for (const name of names) {
      for (const input of [sliders[name], fields[name]]) {
        input.addEventListener('input', () => {
          accept(name, input.valueAsNumber);
          show(input);
        });
        input.addEventListener('change', settle);
        if (input.valueAsNumber !== own[name]) accept(name, input.valueAsNumber); // moved before this script was there
      }
    }
    box.querySelector('[data-reset]').addEventListener('click', () => {
      rules = own;
      settle();
    });
    show();
    return (asked) => {
      rules = byName((name) => Number(asked[name] || own[name]));
      show();
    };
  };
})();
