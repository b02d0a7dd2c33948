/*
 * The interactive charts: a late script, see intent.js. Each chart is drawn by Plotly in its picture's box from the
 * same figure, hence nothing moves. All numbers, lines and ranges come from the figure.
 */
(() => {
  'use strict';

  const { ivts } = window;
  const { all, make, tell } = ivts;

  // ---------------------------------------------------------------- figures

  function take(chart, figure) {
    chart.main = figure.data[0];
    chart.meta = { ...figure.meta, ...figure.layout.meta };
    if (chart.main.meta.spells) addRegimes(chart.main);
    chart.figure = figure;
  }

  /**
   * Give each session its regime and day, and the hover its columns. Spells are [index of the first session, 1 where
   * it is in backwardation]. Sessions without a ratio count for nothing.
   */
  function addRegimes(trace) {
    const { front, back, spells } = trace.meta;
    let spell = -1;
    let day = 0;
    trace.customdata = trace.y.map((value, i) => {
      if (spells[spell + 1]?.[0] === i) [spell, day] = [spell + 1, 0];
      if (value !== null) day += 1;
      return [front[i], back[i], spells[spell][1] ? 'backwardation' : 'contango', day];
    });
  }

  // ---------------------------------------------------------------- colours

  /** Colour of a role in the present theme; tokens are #rrggbb, hence an opacity above 1/16 can be appended. */
  function colour(role, opacity = 1) {
    const token = getComputedStyle(document.documentElement).getPropertyValue(`--${role}`).trim();
    return opacity === 1 ? token : token + Math.round(opacity * 255).toString(16);
  }

  function paintTrace(trace) {
    const { line, fill, marker, meta, opacity } = trace;
    const color = colour(meta.role, opacity ? 1 : meta.opacity);
    const painted = { ...trace };
    if (line) painted.line = { ...line, color };
    if (fill) painted.fillcolor = color;
    if (marker) painted.marker = { ...marker, color };
    if (marker?.line) painted.marker.line = { ...marker.line, color };
    return painted;
  }

  function paintAxis(axis) {
    const rule = colour('rule');
    return { ...axis, linecolor: rule, tickcolor: rule, gridcolor: rule, spikecolor: colour('muted') };
  }

  function paintLayout(layout) {
    const { shapes, annotations, font, hoverlabel } = layout;
    const painted = {
      ...layout,
      shapes: shapes?.map((shape) => ({ ...shape, line: { ...shape.line, color: colour(shape.name) } })),
      annotations: annotations.map((note) => ({ ...note, font: { ...note.font, color: colour(note.name) } })),
      font: { ...font, color: colour('muted') },
      paper_bgcolor: colour('paper'),
      plot_bgcolor: colour('paper'),
      hoverlabel: {
        ...hoverlabel,
        bgcolor: colour('paper'),
        bordercolor: colour('rule'),
        font: { color: colour('ink') },
      },
    };
    for (const key of axesOf(layout)) painted[key] = paintAxis(layout[key]);
    return painted;
  }

  const axesOf = (layout) => Object.keys(layout).filter((key) => /^[xy]axis\d*$/.test(key));

  /** Key in the layout of a trace's value axis. */
  const yAxisOf = (trace) => (trace.yaxis ?? 'y').replace('y', 'yaxis');

  // ---------------------------------------------------------------- ranges and axes

  const DAY = 86_400_000;

  /** First and last day shown, of a range by name ("5y") or written out ("2020-02-03..2020-06-30"), if days are. */
  function daysOf({ meta, range }) {
    return meta?.ranges && (meta.ranges[range || meta.default_range] ?? range.split('..'));
  }

  const within = ([first, last]) => (day) => day >= first && day <= last;

  /** The next round step (1, 2, 5 × 10ᵏ) and the decimals that it needs. */
  function roundStep(least) {
    const power = Math.floor(Math.log10(least));
    const step = [1, 2, 5, 10].find((part) => part * 10 ** power >= least * (1 - 1e-9)) * 10 ** power;
    return [step, Math.max(0, -Math.floor(Math.log10(step) + 1e-9))];
  }

  /** Axis settings for values: the range of what is in view with a margin, round ticks with the figure's own unit. */
  function fitValues({ type, range: [start], domain = [0, 1], ticktext }, values) {
    const isLog = type === 'log';
    const ends = [Math.min(...values), Math.max(...values)].map(isLog ? Math.log10 : Number);
    const margin = 0.04 * (ends[1] - ends[0] || Math.abs(ends[1]) * 0.1 || 1);
    const low = start === 0 && ends[0] >= 0 ? 0 : ends[0] - margin; // shares start at nothing
    const high = ends[1] + margin;
    const span = isLog ? 10 ** high - 10 ** low : high - low;
    const [step, places] = roundStep(span / (domain[1] - domain[0] < 0.5 ? 4 : 6));
    const [, written, unit] = /^[^.\s%]*\.?(\d*)(.*)$/.exec(ticktext.at(-1) ?? '');
    return {
      range: [low, high],
      tickmode: 'linear',
      tick0: 0,
      dtick: isLog ? `L${step}` : step,
      tickformat: `,.${Math.max(places, written.length)}f`,
      ticksuffix: unit,
    };
  }

  function fitDates(days, width) {
    const [start, end] = days.map(Date.parse);
    const span = (end - start) / DAY;
    const margin = Math.max(0.5, span * 0.006) * DAY; // as the picture's axis has
    return {
      range: [start - margin, end + margin].map((at) => new Date(at).toISOString()),
      tickmode: 'auto',
      nticks: Math.round(width / 100),
      tickformat: span < 200 ? '%-d %b' : span < 1500 ? '%b %Y' : '%Y',
    };
  }

  /** Update of the axes for a range that the figure does not list: dates as asked, values fitted to what is in view. */
  function fitAxes({ figure: { data, layout } }, days, width) {
    const inView = within(days);
    const update = { xaxis: fitDates(days, width) };
    for (const key of axesOf(layout).filter((name) => name[0] === 'y' && layout[name].visible !== false)) {
      const traces = data.filter((trace) => yAxisOf(trace) === key);
      const values = traces.flatMap(({ x, y }) => y.filter((value, i) => value !== null && inView(x[i])));
      if (!values.length) continue;
      for (const { yref, y0, y1 } of layout.shapes ?? []) {
        if (yAxisOf({ yaxis: yref }) === key && y0 === y1) values.push(y0); // lines stay in view, as in the figure
      }
      update[key] = fitValues(layout[key], values);
    }
    return update;
  }

  /** The figure's own update of the axes, written {"xaxis.range": …} in it, for one of its ranges. */
  function listedAxes({ meta }, name, width) {
    const narrow = width <= meta.narrow_px ? meta.narrow_axes?.[name] ?? meta.narrow : {};
    const update = {};
    for (const [path, value] of Object.entries({ ...meta.axes?.[name], ...narrow })) {
      const [axis, key] = path.split('.');
      update[axis] = { ...update[axis], [key]: value };
    }
    return update;
  }

  const LABEL_GAP = 0.075; // of the plot's height, as the picture keeps them apart

  /** Names at the right ends of lines follow the axis; where the last session is out of view, they are left out. */
  function moveEndLabels(notes, { main, figure }, layout) {
    const key = yAxisOf(main);
    const [low, high] = figure.layout[key].range;
    const [newLow, newHigh] = layout[key].range;
    const isEndLabel = ({ xref }) => xref === 'paper';
    const moved = (y) => (low + y * (high - low) - newLow) / (newHigh - newLow);
    const others = notes.filter((note) => !isEndLabel(note));
    if (layout.xaxis.range[1] < main.x.at(-1)) return others;
    return others.concat(spread(notes.filter(isEndLabel).map((note) => ({ ...note, y: moved(note.y) }))));
  }

  /** Labels moved so that neighbours keep a gap and all stay within the plot. */
  function spread(notes) {
    notes.sort((a, b) => a.y - b.y);
    notes.forEach((note, i) => {
      note.y = Math.max(note.y, i ? notes[i - 1].y + LABEL_GAP : 0);
    });
    notes.reverse().forEach((note, i) => {
      note.y = Math.min(note.y, i ? notes[i - 1].y - LABEL_GAP : 1);
    });
    return notes;
  }

  function withRange(chart, width) {
    const { figure, meta, range } = chart;
    const layout = paintLayout(figure.layout);
    const name = range || meta.default_range;
    const days = range && !meta.axes?.[name] && daysOf(chart);
    const update = days ? fitAxes(chart, days, width) : listedAxes(chart, name, width);
    const changed = { ...layout };
    for (const [axis, settings] of Object.entries(update)) changed[axis] = { ...layout[axis], ...settings };
    if (meta.ranges) changed.annotations = moveEndLabels(layout.annotations, chart, changed);
    return changed;
  }

  // ---------------------------------------------------------------- drawing

  const CONFIG = { displayModeBar: false, doubleClick: false, showTips: false };
  const COARSE = matchMedia('(pointer: coarse)'); // a finger scrolls the page; only a mouse drags a range

  /** Draw the figure as it is now: colours of the theme, size of the box, range asked for. */
  async function draw(chart) {
    const { figure, live, plot, meta } = chart;
    const { clientWidth: width, clientHeight: height } = plot;
    if (!live || !width) return;
    const dragmode = !COARSE.matches && 'ranges' in meta && 'zoom';
    const layout = structuredClone({ ...withRange(chart, width), width, height, dragmode }); // a zoom writes into it
    await window.Plotly.react(live, figure.data.map(paintTrace), layout, CONFIG);
    showStatistics(chart);
  }

  async function install(chart, figure) {
    take(chart, figure);
    chart.live = make('div', { className: 'plot-live', 'aria-hidden': 'true' }); // the box around it is described
    chart.plot.append(chart.live);
    await draw(chart);
    chart.plot.classList.add('is-live');
    chart.live.on('plotly_relayout', (update) => onZoom(chart, update));
    chart.live.on('plotly_doubleclick', () => onReset(chart));
    let isFirst = true; // that report is of the size just drawn
    new ResizeObserver(() => {
      if (!isFirst) draw(chart);
      isFirst = false;
    }).observe(chart.plot);
    chart.plot.append(chart.reader);
  }

  function onZoom(chart, update) {
    const ends = [update['xaxis.range[0]'], update['xaxis.range[1]']];
    if (!ends[0] || !chart.meta.ranges) return;
    const shown = chart.main.x.filter(within(ends));
    if (shown.length > 1) tell('zoomed', { key: chart.key, range: `${shown[0]}..${shown.at(-1)}` });
    else draw(chart); // nothing to see there: back to what was shown
  }

  /** A double click takes a zoom back; where there are no buttons, another one shows all history. */
  function onReset({ key, range, meta }) {
    const showAll = key !== 'range' && !range && meta.ranges?.all;
    tell('zoomed', { key, range: showAll ? 'all' : '' });
  }

  // ---------------------------------------------------------------- statistics of the range

  /** All that is said of the sessions with a defined ratio between two days, both included, as the page words it. */
  ivts.describeRange = ({ x, ratios, customdata }, days) => {
    const inView = within(days);
    const at = [...x.keys()].filter((i) => ratios[i] !== null && inView(x[i]));
    const values = at.map((i) => ratios[i]);
    const k = at.filter((i) => customdata[i][2] === 'backwardation').length;
    const ratio = (value) => ivts.fixed(at.length ? ivts.published(value) : NaN, 4);
    const until = (first, last) => (first === last ? '' : ` to ${last}`);
    const [from, to] = [x[at[0]] ?? days[0], x[at.at(-1)] ?? days[1]].map(ivts.longDate);
    const [low, high, middle] = [Math.min(...values), Math.max(...values), ivts.median(values)].map(ratio);
    return {
      k: ivts.count(k),
      n: ivts.count(at.length),
      rate: ivts.percent(k / at.length),
      from,
      to: until(from, to),
      low,
      high: until(low, high),
      median: at.length > 1 ? `, median ${middle}` : '',
    };
  };

  function showStatistics(chart) {
    const days = chart.main.ratios && daysOf(chart);
    if (!days) return;
    for (const [name, text] of Object.entries(ivts.describeRange(chart.main, days))) {
      for (const spot of all(`:is([data-range-stat], [data-range-card]) [data-${name}]`)) {
        if (spot.textContent !== text) spot.textContent = text; // an unchanged live region is not read again
      }
    }
  }

  // ---------------------------------------------------------------- reading by key and finger

  const HOVER_DELAY = 60; // milliseconds; Plotly draws hover labels at most every 50

  /** Points in view of some lines or bars, these with their axes; an empty bar has no label. */
  function pointsOf(chart, traces) {
    const days = daysOf(chart);
    const inView = days ? within(days) : () => true;
    return traces.flatMap((trace) => {
      const axes = trace.type === 'bar' ? `x${trace.yaxis ?? 'y'}` : undefined;
      const points = trace.x.map((x, i) => ({ x, y: trace.y[i], axes }));
      return points.filter(({ x, y }) => (axes ? y : y !== null) && inView(x));
    });
  }

  const barsOf = ({ figure }) => figure.data.filter(({ type }) => type === 'bar');

  /** Show the label of a point: all lines at its x, or its bar, within which half its value lies. */
  function label({ live }, { x, y, axes }) {
    window.Plotly.Fx.hover(live, { xval: live._fullLayout.xaxis.d2c(x), yval: y / 2 }, axes);
  }

  /** Read the session, or the bar where the chart begins with bars, so many steps from the one last read. */
  function read(chart, step) {
    const points = pointsOf(chart, chart.main.type === 'bar' ? barsOf(chart) : [chart.main]);
    const last = points.length - 1;
    const found = points.findIndex(({ x }) => x === chart.at?.x);
    const from = found < 0 ? last + 1 : found; // the first key reads the latest session, or the first with Home
    chart.at = points[Math.max(0, Math.min(last, from + step))];
    label(chart, chart.at);
    clearTimeout(chart.reading);
    chart.reading = setTimeout(() => {
      const lines = all('.hoverlayer text', chart.live).map(textOf);
      chart.reader.textContent = lines.filter(Boolean).join(', ');
    }, HOVER_DELAY);
  }

  /** Text of a hover label, its lines parted by commas. */
  function textOf(shown) {
    const lines = all('tspan.line', shown);
    return (lines.length ? lines : [shown]).map((line) => line.textContent.trim()).join(', ');
  }

  function leave(chart) {
    clearTimeout(chart.reading);
    chart.at = null;
    chart.reader.textContent = '';
    window.Plotly.Fx.unhover(chart.live);
    chart.plot.blur();
  }

  /** A finger that moves sideways reads the session or the bar under it; up and down it scrolls the page. */
  function onFinger(chart, { clientX, clientY }) {
    const { xaxis, _size: size, ...layout } = chart.live._fullLayout;
    const { left, top } = chart.plot.getBoundingClientRect();
    const at = clientX - left - xaxis._offset;
    const height = 1 - (clientY - top - size.t) / size.h;
    const bars = barsOf(chart).filter((trace) => height <= layout[yAxisOf(trace)].domain[1]);
    const points = pointsOf(chart, bars.length ? bars : [chart.main]);
    const away = ({ x }) => Math.abs(xaxis.d2p(x) - at);
    if (points.length) label(chart, points.reduce((best, point) => (away(point) < away(best) ? point : best)));
  }

  ivts.charts = { install, draw, daysOf, read, leave, onFinger };
})();
