/*
 * The main chart over days that have no picture of their own, chosen on the strip or in Plotly: drawn from what is
 * read off the whole history, with the parts and classes of the pictures (charts/svg.py).
 */
(() => {
  'use strict';

  const { ivts } = window;
  const { draw } = ivts;
  const [WIDTH, HEIGHT] = [2000, 1000];
  const HALF_DAY = 43_200_000;
  const LONG = 4 * 366 * 2 * HALF_DAY; // as in charts/dated.py: prices on a logarithmic scale

  const percent = (share) => `${(100 * share).toFixed(2)}%`;
  const known = (values) => values.filter((value) => value !== null);

  /** Readings of some days alone. */
  function slice(readings, [first, last]) {
    const { x } = readings;
    const inside = [...x.keys()].filter((i) => x[i] >= first && x[i] <= last);
    const [from, to] = [inside[0], inside.at(-1) + 1];
    const cut = (name) => [name, readings[name].slice(from, to)];
    const columns = Object.fromEntries(['x', 'times', 'ratios', 'sessions', 'front', 'back', 'benchmark'].map(cut));
    return { ...readings, ...columns, suspect: readings.suspect.map((i) => i - from) };
  }

  /** Runs of backwardation as first and last positions. */
  function findRuns({ ratios, sessions }) {
    const found = [];
    let open = null;
    ratios.forEach((ratio, i) => {
      if (ratio === null) return;
      if (sessions[i].regime !== 'backwardation') open = null;
      else if (open) open[1] = i;
      else found.push((open = [i, i]));
    });
    return found;
  }

  /** A path through points in shares of the picture; it lifts the pen where one has no height. */
  function path(points) {
    let pen = 'M';
    const step = ([x, y]) => {
      const last = pen;
      pen = y === null ? 'M' : 'L';
      return y === null ? '' : `${last}${Math.round(x * WIDTH)} ${Math.round(y * HEIGHT)}`;
    };
    return points.map(step).join('');
  }

  /** Where moments and values lie: both panels fitted to what is shown. */
  function fit({ times, ratios, benchmark, line, panels }) {
    const margin = Math.max(HALF_DAY, (times.at(-1) - times[0]) * 0.006);
    const ends = [times[0] - margin, times.at(-1) + margin];
    const prices = known(benchmark);
    const axes = [ivts.fitAxis([...known(ratios), line], 7, 2), ivts.fitAxis(prices.length ? prices : [1], 3, 0)];
    const isLog = prices.length > 0 && ends[1] - ends[0] > LONG;
    const scale = isLog ? [Math.min(...prices) / 1.04, Math.max(...prices) * 1.04].map(Math.log10) : null;
    const fitted = axes.map(({ low, high }, n) => [...((n && scale) || [low, high]), n && isLog ? 1 : 0, ...panels[n].slice(3)]);
    return { ends, axes, panels: fitted };
  }

  ivts.drawFree = (whole, days, old, name) => {
    const found = slice(whole, days);
    const { x, times, ratios, benchmark, line } = found;
    const { ends, axes, panels } = fit(found);
    const across = (time) => (time - ends[0]) / (ends[1] - ends[0]);
    const down = (n, value) => (value === null ? null : ivts.heightOf(value, panels[n]));
    const points = (n, values) => times.map((time, i) => [across(time), down(n, values[i])]);
    const [level, [, , , foot, top]] = [down(0, line), panels[1]];

    /** Where the line from a session to its neighbor crosses the threshold. */
    const crossing = (i, j) => {
      const isEdge = ratios[j] === undefined || ratios[j] === null;
      const way = isEdge ? 0 : ((ratios[i] - line) / (ratios[i] - ratios[j])) * (times[j] - times[i]);
      return [across(times[i] + way), level];
    };
    const runs = findRuns(found);
    const above = runs.map(([from, to]) => {
      const tops = points(0, ratios).slice(from, to + 1).filter(([, y]) => y !== null);
      return `${path([crossing(from, from - 1), ...tops, crossing(to, to + 1)])}z`;
    });
    const bands = runs.map(([from, to]) => {
      const [left, right] = [across(times[from] - HALF_DAY), across(times[to] + HALF_DAY)];
      return `${path([[left, 1 - top], [right, 1 - top], [right, 1 - foot], [left, 1 - foot]])}z`;
    });

    const svg = old.cloneNode();
    svg.setAttribute('aria-labelledby', 'pic-free-t');
    draw(svg, 'title', { id: 'pic-free-t' }, `${ivts.longDate(x[0])} to ${ivts.longDate(x.at(-1))}`);
    const rules = draw(svg, 'g', { class: 's-rule' });
    draw(rules, 'line', { x2: '100%', y1: '100%', y2: '100%' });
    const stretched = { width: '100%', height: '100%', preserveAspectRatio: 'none' };
    const frame = draw(svg, 'svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, ...stretched });
    const shape = (classes, d, settings) =>
      draw(frame, 'path', { class: classes, d, 'vector-effect': 'non-scaling-stroke', ...settings });
    shape('s-ink', path(points(0, ratios)), { 'stroke-width': 1.5 });
    shape('f-backwardation s-backwardation', above.join(''), { 'stroke-width': 1.5, 'fill-opacity': 0.7 });
    shape('s-muted', path(points(1, benchmark)), { 'stroke-width': 1.25 });
    shape('f-backwardation', bands.join(''), { 'fill-opacity': 0.16 });
    draw(svg, 'line', { class: 's-ink', x2: '100%', y1: percent(level), y2: percent(level), 'stroke-width': 1.25 });

    const label = (settings, text) => draw(svg, 'text', { class: 't', ...settings }, text);
    axes.forEach(({ ticks }, n) => {
      const [, , , low, high] = panels[n];
      for (const [tick, text] of ticks) {
        const y = down(n, tick);
        if (y < 1 - high || y > 1 - low) continue;
        draw(rules, 'line', { x2: '100%', y1: percent(y), y2: percent(y) });
        label({ dx: -6, 'text-anchor': 'end', y: percent(y), dy: 4.2 }, text);
      }
    });
    for (const [time, text] of ivts.dateTicks(...ends)) {
      label({ x: percent(across(time)), y: '100%', dy: 19, 'text-anchor': 'middle' }, text);
    }
    label({ class: 't-strong f-backwardation', dx: -40, dy: -13 }, `▲ above ${ivts.fixed(line, 2)}: backwardation`);
    label({ dx: -40, y: percent(1 - top), dy: -8 }, panels[1][2] ? `${name}, log scale` : name);
    return { svg, first: x[0], last: x.at(-1), unpacked: { ...found, ends, panels } };
  };
})();
