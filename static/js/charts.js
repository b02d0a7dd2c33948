/*
 * Interactive charts on intent. Each chart is a picture made at build time; when a visitor points at it, focuses
 * it, taps it, or asks for a range, its figure (one JSON) and Plotly (once a page) are fetched and drawn in the
 * picture's box from the same figure, hence nothing moves. The picture stays underneath for print, and for good
 * where anything fails. All numbers, lines and ranges come from the figure; events are described in page.js.
 */
(() => {
  'use strict';

  const root = document.documentElement;
  const tell = (name, detail) => document.dispatchEvent(new CustomEvent(`ivts:${name}`, { detail }));

  // ---------------------------------------------------------------- loading

  let plotly; // promise of the library: one request a page

  function loadPlotly() {
    plotly ??= new Promise((resolve, reject) => {
      const script = document.createElement('script');
      script.src = root.dataset.plotly;
      script.integrity = root.dataset.plotlyIntegrity ?? '';
      script.crossOrigin = 'anonymous';
      script.onload = () => resolve(window.Plotly);
      script.onerror = () => reject(new Error(`${script.src} did not load`));
      document.head.append(script);
    });
    return plotly;
  }

  async function loadFigure(chart) {
    const response = await fetch(chart.element.dataset.src);
    if (!response.ok) throw new Error(`${response.url}: ${response.status}`);
    const figure = await response.json();
    for (const trace of figure.data) trace.x ??= figure.data[0].x;
    chart.main = figure.data[0];
    chart.meta = { ...figure.meta, ...figure.layout.meta };
    if (chart.main.meta.spells) addRegimes(chart.main);
    chart.figure = figure;
  }

  /**
   * Give each session its regime and day, and the hover its columns. Spells are [index of the first session, 1 where
   * it is in backwardation]: exact, which the rounded ratio is not. Sessions without a ratio count for nothing.
   */
  function addRegimes(trace) {
    const { front, back, spells } = trace.meta;
    let spell = -1;
    let day = 0;
    trace.backwardation = [];
    trace.customdata = trace.y.map((value, i) => {
      if (spells[spell + 1]?.[0] === i) [spell, day] = [spell + 1, 0];
      if (value !== null) day += 1;
      trace.backwardation.push(value !== null && spells[spell][1] === 1);
      return [front[i], back[i], spells[spell][1] ? 'backwardation' : 'contango', day];
    });
  }

  /** Fetch and draw once; later calls return the same promise. */
  function start(chart) {
    chart.started ??= Promise.all([loadPlotly(), loadFigure(chart)])
      .then(() => install(chart))
      .catch((error) => giveUp(chart, error));
    return chart.started;
  }

  let warned = false;

  function giveUp(chart, error) {
    chart.figure = null;
    chart.live?.remove();
    console.warn('The chart stays a picture:', error);
    if (chart.hasRanges) tell('failed');
    if (warned) return;
    warned = true;
    const message = document.createElement('p');
    message.className = 'chart-message';
    message.setAttribute('role', 'status');
    message.textContent = 'The interactive chart could not be loaded; the picture stays. Reload the page to try again.';
    chart.plot.after(message);
  }

  // ---------------------------------------------------------------- colours

  const token = (role) => getComputedStyle(root).getPropertyValue(`--${role}`).trim();

  /** Colour of a role in the present theme; tokens are #rrggbb, hence the opacity can be appended. */
  function colour(role, opacity = 1) {
    const alpha = Math.round(opacity * 255).toString(16).padStart(2, '0');
    return opacity === 1 ? token(role) : token(role) + alpha;
  }

  function paintTrace(trace) {
    const { role, opacity } = trace.meta;
    const paint = colour(role, trace.opacity ? 1 : opacity);
    const painted = { ...trace };
    if (trace.line) painted.line = { ...trace.line, color: paint };
    if (trace.fill) painted.fillcolor = paint;
    if (trace.marker) painted.marker = { ...trace.marker, color: paint };
    if (trace.marker?.line) painted.marker.line = { ...trace.marker.line, color: paint };
    return painted;
  }

  const paintShape = (shape) => ({
    ...shape,
    line: { ...shape.line, color: colour(shape.name) },
    ...(shape.fillcolor && { fillcolor: colour(shape.name) }),
  });

  const paintNote = (note) => ({ ...note, font: { ...note.font, color: colour(note.name) } });

  const CROSSHAIR = { hoverformat: '%a %-d %b %Y', showspikes: true, spikethickness: 1, spikedash: 'solid' };

  const paintAxis = (axis) => ({
    ...axis,
    linecolor: colour('rule'),
    tickcolor: colour('rule'),
    gridcolor: colour('rule'),
    ...(axis.type === 'date' ? CROSSHAIR : { showspikes: false }),
    spikecolor: colour('muted'),
  });

  function paintLayout(layout) {
    const axes = Object.entries(layout).filter(([key]) => /^[xy]axis\d*$/.test(key));
    return {
      ...layout,
      ...Object.fromEntries(axes.map(([key, axis]) => [key, paintAxis(axis)])),
      shapes: layout.shapes?.map(paintShape),
      annotations: layout.annotations?.map(paintNote),
      font: { ...layout.font, color: colour('muted') },
      paper_bgcolor: colour('paper'),
      plot_bgcolor: colour('paper'),
      hoverlabel: {
        ...layout.hoverlabel,
        bgcolor: colour('paper'),
        bordercolor: colour('rule'),
        font: { ...layout.hoverlabel?.font, color: colour('ink') },
      },
    };
  }

  // ---------------------------------------------------------------- ranges and axes

  const DAY = 86_400_000;

  /** First and last day of a range by name ("5y") or written out ("2020-02-03..2020-06-30"); null for the default. */
  function daysOf(chart, range) {
    const name = range || chart.meta.default_range;
    return chart.meta.ranges?.[name] ?? (range.includes('..') ? range.split('..') : null);
  }

  const within = ([first, last]) => (day) => day >= first && day <= last;

  /** The same small margin on both sides as the picture's axis has. */
  function padded([first, last]) {
    const [start, end] = [Date.parse(first), Date.parse(last)];
    const margin = Math.max(DAY / 2, (end - start) * 0.006);
    return [new Date(start - margin).toISOString(), new Date(end + margin).toISOString()];
  }

  function roundStep(span, atMost) {
    const power = 10 ** Math.floor(Math.log10(span / atMost));
    const step = [1, 2, 2.5, 5, 10].find((part) => part * power >= (span / atMost) * (1 - 1e-9)) * power;
    return Number(step.toPrecision(3));
  }

  /** Lowest and highest value that lines have in view; null where there is none. */
  function extent(traces, inView) {
    let [low, high] = [Infinity, -Infinity];
    for (const { x, y } of traces) {
      y.forEach((value, i) => {
        if (value === null || !inView(x[i])) return;
        if (value < low) low = value;
        if (value > high) high = value;
      });
    }
    return low <= high ? [low, high] : null;
  }

  const decimals = (text) => /\.(\d+)/.exec(text)?.[1].length ?? 0;

  /** Ticks written as the figure writes its own: per cent or not, and with at least as many decimals. */
  function tickFormat({ ticktext = [] }, step) {
    const places = decimals(String(step));
    if (ticktext[0]?.endsWith('%')) return `.${Math.max(places - 2, 0)}%`;
    return `,.${Math.max(places, decimals(ticktext[0]))}f`;
  }

  /** Axis settings for values: the range of what is in view with a margin, and round ticks. */
  function fitValues(axis, traces, inView) {
    const isLog = axis.type === 'log';
    const found = extent(traces, inView)?.map(isLog ? Math.log10 : Number);
    if (!found) return {};
    const [low, high] = found;
    const margin = 0.04 * (high - low || Math.abs(high) * 0.1 || 1);
    const range = [low - margin, high + margin];
    const dtick = roundStep(range[1] - range[0], 6);
    if (isLog) return { range, tickmode: 'auto', nticks: 5 };
    return { range, dtick, tickmode: 'linear', tick0: 0, tickformat: tickFormat(axis, dtick) };
  }

  function fitDates(days, width) {
    const span = (Date.parse(days[1]) - Date.parse(days[0])) / DAY;
    const tickformat = span < 200 ? '%-d %b' : span < 1500 ? '%b %Y' : '%Y';
    return { range: padded(days), tickmode: 'auto', nticks: Math.round(width / 100), tickformat };
  }

  /** Update of the axes for a range that the figure does not list: dates as asked, values fitted to what is in view. */
  function fitAxes(chart, days, width) {
    const { data, layout } = chart.figure;
    const inView = within(days);
    const update = { xaxis: fitDates(days, width) };
    for (const [key, axis] of Object.entries(layout)) {
      if (!/^yaxis\d*$/.test(key) || axis.visible === false) continue;
      const name = key.replace('axis', '');
      const lines = data.filter((trace) => trace.type !== 'bar' && (trace.yaxis ?? 'y') === name);
      update[key] = fitValues(axis, lines, inView);
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

  /** Names at the right ends of lines follow the axis; where the last session is out of view, they are left out. */
  function moveEndLabels(notes, chart, layout) {
    const key = (chart.main.yaxis ?? 'y').replace('y', 'yaxis');
    const [[low, high], [newLow, newHigh]] = [chart.figure.layout[key].range, layout[key].range];
    const isEndLabel = (note) => note.xref === 'paper' && note.x === 1 && note.yref === 'paper';
    const moved = (y) => (low + y * (high - low) - newLow) / (newHigh - newLow);
    const inView = new Date(layout.xaxis.range[1]) >= new Date(chart.main.x.at(-1));
    return notes
      ?.filter((note) => inView || !isEndLabel(note))
      .map((note) => (isEndLabel(note) ? { ...note, y: moved(note.y) } : note));
  }

  function withRange(layout, chart, width) {
    const name = chart.range || chart.meta.default_range;
    const days = chart.range && !chart.meta.axes?.[name] && daysOf(chart, chart.range);
    const update = days ? fitAxes(chart, days, width) : listedAxes(chart, name, width);
    const changed = { ...layout };
    for (const [axis, settings] of Object.entries(update)) changed[axis] = { ...layout[axis], ...settings };
    return chart.meta.ranges ? { ...changed, annotations: moveEndLabels(layout.annotations, chart, changed) } : changed;
  }

  // ---------------------------------------------------------------- drawing

  const CONFIG = { displayModeBar: false, displaylogo: false, doubleClick: false, scrollZoom: false, showTips: false };
  const COARSE = matchMedia('(pointer: coarse)'); // a finger scrolls the page; only a mouse drags a range

  /** The figure as it is to be drawn now: colours of the theme, size of the box, range asked for. */
  function compose(chart) {
    const { clientWidth: width, clientHeight: height } = chart.plot;
    const layout = withRange(paintLayout(chart.figure.layout), chart, width);
    const dragmode = COARSE.matches || !chart.meta.ranges ? false : 'zoom';
    return {
      data: chart.figure.data.map(paintTrace),
      layout: { ...layout, width, height, dragmode, autosize: false, uirevision: undefined }, // the state is kept here
    };
  }

  async function draw(chart) {
    if (!chart.figure || !chart.live || !chart.plot.clientWidth) return;
    const { data, layout } = compose(chart);
    await window.Plotly.react(chart.live, data, layout, CONFIG);
    showStatistics(chart);
  }

  async function install(chart) {
    chart.live = document.createElement('div');
    chart.live.className = 'plot-live';
    chart.live.setAttribute('aria-hidden', 'true'); // the box around it is named and described
    chart.plot.append(chart.live);
    await draw(chart);
    chart.plot.classList.add('is-live');
    chart.live.on('plotly_relayout', (update) => onZoom(chart, update));
    chart.live.on('plotly_doubleclick', () => onReset(chart));
    let reported = false; // the first report is of the size just drawn
    new ResizeObserver(() => {
      if (reported) draw(chart);
      reported = true;
    }).observe(chart.plot);
    chart.plot.append(chart.reader);
  }

  function choose(chart, range) {
    chart.range = range;
    draw(chart);
    if (chart.hasRanges) tell('zoomed', { range });
  }

  function onZoom(chart, update) {
    const ends = [update['xaxis.range[0]'], update['xaxis.range[1]']];
    if (typeof ends[0] !== 'string' || !chart.meta.ranges) return;
    const shown = chart.main.x.filter(within(ends.map((end) => end.replace('T', ' '))));
    if (shown.length > 1) choose(chart, `${shown[0]}..${shown.at(-1)}`);
    else draw(chart); // nothing to see there: back to what was shown
  }

  /** A double click takes a zoom back; where there are no buttons, another one shows all history. */
  function onReset(chart) {
    const showAll = !chart.hasRanges && !chart.range && chart.meta.ranges?.all;
    choose(chart, showAll ? 'all' : '');
  }

  // ---------------------------------------------------------------- statistics of the range

  const MONTHS = 'January February March April May June July August September October November December'.split(' ');

  function longDate(day) {
    const [year, month, date] = day.split('-').map(Number);
    return `${date} ${MONTHS[month - 1]} ${year}`;
  }

  const count = (number) => number.toLocaleString('en-US');

  /** A share in per cent, halves rounded up: one division, so that exact halves stay exact. */
  const percent = (part, whole) => `${(Math.round((part * 1000) / whole) / 10).toFixed(1)}\u202f%`;

  /** Sessions with a defined ratio between two days, both included, and how many were in backwardation. */
  function countSessions(chart, days) {
    const inView = within(days);
    const { x, y, backwardation } = chart.main;
    const at = [...x.keys()].filter((i) => y[i] !== null && inView(x[i]));
    return { k: at.filter((i) => backwardation[i]).length, n: at.length, from: x[at[0]], to: x[at.at(-1)] };
  }

  function showStatistics(chart) {
    const days = chart.main.backwardation && daysOf(chart, chart.range);
    if (!days) return;
    const { k, n, from, to } = countSessions(chart, days);
    const words = n
      ? { k: count(k), n: count(n), rate: percent(k, n), from: longDate(from), to: longDate(to) }
      : { k: '0', n: '0', rate: 'n/a', from: longDate(days[0]), to: longDate(days[1]) };
    for (const [name, text] of Object.entries(words)) {
      for (const spot of document.querySelectorAll(`:is([data-range-stat], [data-range-card]) [data-${name}]`)) {
        if (spot.textContent !== text) spot.textContent = text; // an unchanged live region is not read again
      }
    }
  }

  // ---------------------------------------------------------------- keyboard

  const STEPS = { ArrowLeft: -1, ArrowRight: 1, PageUp: -21, PageDown: 21, Home: -Infinity, End: Infinity };

  /** Points in view that the keyboard visits: those of the figure's first line, or all bars. */
  function stops(chart) {
    const days = chart.meta.ranges && daysOf(chart, chart.range);
    const inView = days ? within(days) : () => true;
    const isBars = chart.main.type === 'bar';
    return (isBars ? chart.figure.data : [chart.main])
      .flatMap(({ x, y }) => x.map((at, i) => ({ x: at, y: y[i] })))
      .filter((point) => (isBars ? point.y : point.y !== null) && inView(point.x)); // an empty bar has no label
  }

  async function onKey(chart, event) {
    if (event.target !== chart.plot || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === 'Escape') leave(chart);
    const step = STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    await start(chart);
    if (chart.figure) readAt(chart, step);
  }

  const HOVER_DELAY = 60; // milliseconds; Plotly draws hover labels at most every 50

  function readAt(chart, step) {
    const points = stops(chart);
    const last = points.length - 1;
    const found = points.findIndex(({ x }) => x === chart.at?.x);
    const from = found < 0 ? last + 1 : found; // the first key reads the latest session, or the first with Home
    chart.at = points[Math.max(0, Math.min(last, from + step))];
    const { xaxis } = chart.live._fullLayout;
    window.Plotly.Fx.hover(chart.live, { xval: xaxis.d2c(chart.at.x), yval: chart.at.y / 2 }); // within the bar
    clearTimeout(chart.reading);
    chart.reading = setTimeout(() => {
      const lines = [...chart.live.querySelectorAll('.hoverlayer text')].map(textOf);
      chart.reader.textContent = lines.filter(Boolean).join(', ');
    }, HOVER_DELAY);
  }

  /** Text of a hover label, its lines parted by commas. */
  function textOf(label) {
    const lines = [...label.querySelectorAll('tspan.line')];
    return (lines.length ? lines : [label]).map((line) => line.textContent.trim()).join(', ');
  }

  function leave(chart) {
    clearTimeout(chart.reading);
    chart.at = null;
    chart.reader.textContent = '';
    if (chart.live) window.Plotly.Fx.unhover(chart.live);
    chart.plot.blur();
  }

  // ---------------------------------------------------------------- intent

  const DWELL = 80; // milliseconds: a pointer that only crosses a chart asks for nothing

  function listen(chart) {
    const { plot } = chart;
    const go = () => start(chart);
    let timer;
    plot.addEventListener('pointerenter', ({ pointerType }) => {
      if (pointerType !== 'touch') timer = setTimeout(go, DWELL); // a finger may be scrolling: it has to tap
    });
    plot.addEventListener('pointerleave', () => clearTimeout(timer));
    plot.addEventListener('click', go);
    plot.addEventListener('focus', go);
    plot.addEventListener('keydown', (event) => onKey(chart, event));
  }

  function makeChart(element) {
    const reader = document.createElement('p');
    reader.className = 'visually-hidden';
    reader.setAttribute('aria-live', 'polite');
    return {
      element,
      plot: element.querySelector('[data-plot]'),
      hasRanges: element.querySelector('[data-ranges]') !== null,
      reader,
      range: '', // "" is the picture's range
      at: null, // point last read by keyboard
      figure: null,
      live: null,
    };
  }

  const charts = [...document.querySelectorAll('[data-chart]')].map(makeChart);
  charts.forEach(listen);

  document.addEventListener('ivts:range', async ({ detail }) => {
    for (const chart of charts.filter(({ hasRanges }) => hasRanges)) {
      if (!detail.range && !chart.started) continue;
      chart.range = detail.range;
      await start(chart);
      draw(chart);
    }
  });

  const redraw = () => charts.forEach(draw);
  document.addEventListener('ivts:theme', redraw);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
})();
