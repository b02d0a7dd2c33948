/*
 * What is read off the main chart, session by session, and what is said of a range. Readings come with each picture;
 * how they are packed is told in charts/signal.py.
 */
(() => {
  'use strict';

  const { ivts } = window;
  const { all } = ivts;
  const DAY = 86_400_000;

  /** Whole hundredths, each less the last one before it, as values. */
  function unpack(steps) {
    let whole = 0;
    return steps.map((step) => (step === null ? null : (whole += step) / 100));
  }

  /**
   * Days, columns of values, and the regime and session number of each session; null where undefined. `lines` names
   * the columns that the picture draws: of closes, the ratio of the first two, and the benchmark.
   */
  ivts.unpackReadings = ({ first, gaps, runs, lines = ['ratios', 'benchmark'], suspect, ends, line, panels, ...packed }) => {
    const columns = Object.fromEntries(Object.entries(packed).map(([name, steps]) => [name, unpack(steps)]));
    if (columns.front) columns.ratios = columns.front.map((value, i) => ivts.divide(value, columns.back[i]));
    let at = Date.parse(first);
    const times = [at, ...gaps.map((gap) => (at += gap * DAY))];
    let run = -1;
    let day = 0;
    const sessions = columns[lines[0]].map((value, i) => {
      if (runs[run + 1]?.[0] === i) [run, day] = [run + 1, runs[run + 1][2] - 1];
      if (value !== null) day += 1;
      return { regime: runs[run]?.[1] ? 'backwardation' : 'contango', day };
    });
    const x = times.map((time) => new Date(time).toISOString().slice(0, 10));
    return { x, times, sessions, lines, suspect, ends, line, panels, ...columns };
  };

  /** How far down the picture a value lies in a panel: [low, high, 1 on a logarithmic scale, its foot, its top]. */
  ivts.heightOf = (value, [low, high, isLog, foot, top]) => {
    const place = ((isLog ? Math.log10(value) : value) - low) / (high - low);
    return 1 - (foot + place * (top - foot));
  };

  const within = ([first, last]) => (day) => day >= first && day <= last;

  /** All that is said of the sessions with a defined ratio between two days, both included, as the page words it. */
  ivts.describeRange = ({ x, ratios, sessions }, days) => {
    const inView = within(days);
    const at = [...x.keys()].filter((i) => ratios[i] !== null && inView(x[i]));
    const values = at.map((i) => ratios[i]);
    const k = at.filter((i) => sessions[i].regime === 'backwardation').length;
    const ratio = (value) => ivts.fixed(at.length ? ivts.published(value) : NaN, 4);
    const until = (first, last) => (first === last ? '' : ` to ${last}`);
    const [from, to] = [x[at[0]] ?? days[0], x[at.at(-1)] ?? days[1]].map(ivts.longDate);
    const [low, high, middle] = [Math.min(...values), Math.max(...values), ivts.median(values)].map(ratio);
    return {
      k: ivts.count(k),
      n: ivts.count(at.length),
      rate: at.length < ivts.FEWEST_CASES ? '' : ` (${ivts.percent(k / at.length)})`,
      from,
      to: until(from, to),
      low,
      high: until(low, high),
      median: at.length > 1 ? `, median ${middle}` : '',
    };
  };

  /** Put what is said of a range where the page says it; without readings it steps aside. */
  ivts.tellRange = (readings, days) => {
    for (const box of all('[data-range-stat]')) box.classList.toggle('is-stale', !readings);
    if (!readings) return;
    for (const [name, text] of Object.entries(ivts.describeRange(readings, days))) {
      for (const spot of all(`[data-range-stat] [data-${name}]`)) {
        if (spot.textContent !== text) spot.textContent = text; // an unchanged live region is not read again
      }
    }
  };
})();
