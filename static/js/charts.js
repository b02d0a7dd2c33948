/*
 * The interactive charts: a late script, see intent.js. Each chart is drawn by Plotly in its picture's box from the
 * same figure, hence nothing moves. All numbers, lines and ranges come from the figure.
 */
(() => {
  'use strict';

  const { ivts } = window;
  const root = document.documentElement;
  const tell = (name, detail) => document.dispatchEvent(new CustomEvent(`ivts:${name}`, { detail }));

  // ---------------------------------------------------------------- figures

  function take(chart, figure) {
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
    trace.ratios = trace.y.map((value, i) => (value === null ? null : front[i] / back[i])); // not rounded
    trace.customdata = trace.y.map((value, i) => {
      if (spells[spell + 1]?.[0] === i) [spell, day] = [spell + 1, 0];
      if (value !== null) day += 1;
      trace.backwardation.push(value !== null && spells[spell][1] === 1);
      return [front[i], back[i], spells[spell][1] ? 'backwardation' : 'contango', day];
    });
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
    const step = [1, 2, 5, 10].find((part) => part * power >= (span / atMost) * (1 - 1e-9)) * power;
    return Number(step.toPrecision(3));
  }

  function roundTicks([low, high], step) {
    const [first, last] = [Math.ceil(low / step - 1e-9), Math.floor(high / step + 1e-9)];
    return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
  }

  /** Values of a logarithmic axis, 1, 2, 3, 5 and 7 of each power of ten; round ones where these are too few. */
  function logTicks([low, high]) {
    const powers = Array.from({ length: Math.ceil(high) - Math.floor(low) + 1 }, (_, i) => 10 ** (Math.floor(low) + i));
    const ticks = powers.flatMap((power) => [1, 2, 3, 5, 7].map((part) => part * power));
    const shown = ticks.filter((value) => Math.log10(value) >= low && Math.log10(value) <= high);
    const ends = [10 ** low, 10 ** high];
    return shown.length > 2 ? shown : roundTicks(ends, roundStep(ends[1] - ends[0], 4));
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

  /** Ticks written as the figure writes its own: its unit, its scale, and at least as many decimals. */
  function labels({ ticktext, tickvals }, ticks) {
    const at = tickvals.findLastIndex((value) => value !== 0);
    const [, digits, unit] = /^([^\s%]*)(.*)$/.exec(ticktext[at] ?? '');
    const scale = Math.round(Number(digits.replace('\u2212', '-').replaceAll(',', '')) / tickvals[at]) || 1;
    const scaled = ticks.map((value) => Number((value * scale).toPrecision(12)));
    const places = Math.max(decimals(digits), ...scaled.map((value) => decimals(String(value))));
    return scaled.map((value) => ivts.fixed(value, places) + unit);
  }

  /** Axis settings for values: the range of what is in view with a margin, and round ticks. */
  function fitValues(axis, traces, inView) {
    const isLog = axis.type === 'log';
    const found = extent(traces, inView)?.map(isLog ? Math.log10 : Number);
    if (!found) return {};
    const [low, high] = found;
    const margin = 0.04 * (high - low || Math.abs(high) * 0.1 || 1);
    const range = [low - margin, high + margin];
    if (axis.range[0] === 0 && low >= 0) range[0] = 0; // shares start at nothing
    const share = (axis.domain?.[1] ?? 1) - (axis.domain?.[0] ?? 0);
    const tickvals = isLog ? logTicks(range) : roundTicks(range, roundStep(range[1] - range[0], share < 0.5 ? 4 : 6));
    return { range, tickmode: 'array', tickvals, ticktext: labels(axis, tickvals) };
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
      const traces = data.filter((trace) => (trace.yaxis ?? 'y') === name);
      const level = ({ yref, y0, y1 }) => yref === name && y0 === y1; // lines stay in view, as in the figure
      const lines = (layout.shapes ?? []).filter(level);
      update[key] = fitValues(axis, [...traces, ...lines.map(({ y0 }) => ({ x: [days[0]], y: [y0] }))], inView);
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
    const others = notes?.filter((note) => !isEndLabel(note));
    const ends = notes?.filter(isEndLabel).map((note) => ({ ...note, y: moved(note.y) }));
    return inView ? others?.concat(spread(ends, LABEL_GAP)) : others;
  }

  const LABEL_GAP = 0.075; // of the plot's height, as the picture keeps them apart

  /** Labels moved so that neighbours keep a gap and all stay within the plot. */
  function spread(notes, gap) {
    const placed = [...notes].sort((a, b) => a.y - b.y);
    placed.forEach((note, i) => {
      note.y = Math.max(note.y, i ? placed[i - 1].y + gap : 0);
    });
    placed.reverse().forEach((note, i) => {
      note.y = Math.min(note.y, i ? placed[i - 1].y - gap : 1);
    });
    return placed;
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

  async function install(chart, figure) {
    take(chart, figure);
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

  const asPublished = (value) => (value === undefined ? value : ivts.round(value, 6));

  /** All that is said of the sessions with a defined ratio between two days, both included, as the page words it. */
  ivts.describeRange = ({ x, ratios, backwardation }, days) => {
    const inView = within(days);
    const at = [...x.keys()].filter((i) => ratios[i] !== null && inView(x[i]));
    const values = at.map((i) => ratios[i]).sort((a, b) => a - b);
    const k = at.filter((i) => backwardation[i]).length;
    const ratio = (value) => ivts.fixed(asPublished(value), 4);
    return {
      k: ivts.count(k),
      n: ivts.count(at.length),
      rate: ivts.percent(k / at.length),
      from: ivts.longDate(x[at[0]] ?? days[0]),
      to: ivts.longDate(x[at.at(-1)] ?? days[1]),
      low: ratio(values[0]),
      high: ratio(values.at(-1)),
      median: ratio(at.length ? ivts.median(values) : undefined),
    };
  };

  function showStatistics(chart) {
    const days = chart.main.backwardation && daysOf(chart, chart.range);
    if (!days) return;
    for (const [name, text] of Object.entries(ivts.describeRange(chart.main, days))) {
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

  function read(chart, key) {
    if (chart.live) readAt(chart, STEPS[key]);
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

  // ---------------------------------------------------------------- touch

  /** A finger that moves sideways reads the session under it; up and down it scrolls the page. */
  function onFinger(chart, clientX) {
    if (!chart.live || chart.main.type === 'bar') return;
    const { xaxis } = chart.live._fullLayout;
    const at = clientX - chart.plot.getBoundingClientRect().left - xaxis._offset;
    window.Plotly.Fx.hover(chart.live, { xval: xaxis.p2c(Math.min(Math.max(at, 0), xaxis._length)) });
  }

  ivts.charts = { install, draw, compose, daysOf, read, leave, onFinger };
})();
