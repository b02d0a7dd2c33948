/*
 * The interactive charts: a late script, see pictures.js. Each chart is drawn by Plotly in its picture's box from the
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

  // ---------------------------------------------------------------- colors

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
    if (meta.outline) painted.line.color = colour(meta.role);
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

  /** First and last day shown, where the chart shows days. */
  const daysOf = ({ meta, range }) => meta.ranges && ivts.daysOf(range);

  const within = ([first, last]) => (day) => day >= first && day <= last;

  /** Axis settings for values: the range of what is in view with a margin, round ticks with the figure's own unit. */
  function fitValues({ type, range: [start], domain = [0, 1], ticktext }, values) {
    const isLog = type === 'log';
    const ends = [Math.min(...values), Math.max(...values)].map(isLog ? Math.log10 : Number);
    const margin = 0.04 * (ends[1] - ends[0] || Math.abs(ends[1]) * 0.1 || 1);
    const low = start === 0 && ends[0] >= 0 ? 0 : ends[0] - margin; // shares start at nothing
    const high = ends[1] + margin;
    const span = isLog ? 10 ** high - 10 ** low : high - low;
    const [step, places] = ivts.roundStep(span / (domain[1] - domain[0] < 0.5 ? 4 : 6));
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
    const narrow = width <= meta.narrow_px ? meta.narrow_axes?.[name] : {};
    const update = {};
    for (const [path, value] of Object.entries({ ...meta.axes?.[name], ...narrow })) {
      const [axis, key] = path.split('.');
      update[axis] = { ...update[axis], [key]: value };
    }
    return update;
  }

  const LABEL_GAP = 0.1; // of the plot's height, as the picture keeps them apart

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

  /** Labels moved so that neighbors keep a gap and all stay within the plot. */
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

  const WIDE_PX = 980; // as in chart.css

  /** Words on the chart over a range, those that a chart of this width has room for; without a picture the first's. */
  function notesOf({ meta, figure }, name, width) {
    const layout = width <= meta.narrow_px ? 'n' : width <= WIDE_PX ? 'm' : 'x';
    return meta.notes?.[name]?.filter(({ only }) => !only || only === layout) ?? figure.layout.annotations;
  }

  function withRange(chart, width) {
    const { figure, meta, range } = chart;
    const name = range || meta.default_range;
    const layout = paintLayout({ ...figure.layout, annotations: notesOf(chart, name, width) });
    const days = range && !meta.axes?.[name] && daysOf(chart);
    const update = days ? fitAxes(chart, days, width) : listedAxes(chart, name, width);
    const changed = { ...layout };
    for (const [axis, settings] of Object.entries(update)) changed[axis] = { ...layout[axis], ...settings };
    if (meta.ranges && !meta.notes) changed.annotations = moveEndLabels(layout.annotations, chart, changed);
    return changed;
  }

  // ---------------------------------------------------------------- drawing

  const CONFIG = { displayModeBar: false, doubleClick: false, showTips: false };
  const COARSE = matchMedia('(pointer: coarse)'); // a finger scrolls the page; only a mouse drags a range

  /** Draw the figure as it is now: colors of the theme, size of the box, range asked for. */
  async function draw(chart) {
    const { figure: base, live, plot, meta } = chart;
    const figure = framed(chart, base);
    const { clientWidth: width, clientHeight: height } = plot;
    if (!live || !width) return;
    const dragmode = !COARSE.matches && 'ranges' in meta && 'zoom';
    const layout = structuredClone({ ...withRange({ ...chart, figure }, width), width, height, dragmode }); // a zoom writes into it
    const isLong = meta.long?.includes(chart.range);
    const thin = (trace) => (isLong && trace.line ? { ...trace, line: { ...trace.line, width: 1 } } : trace);
    await window.Plotly.react(live, figure.data.map(paintTrace).map(thin), layout, CONFIG);
  }

  /** The figure over the range: its own, where another range is another figure. */
  const framed = ({ pictured, meta }, figure) => meta.frames?.[pictured] ?? figure;

  async function install(chart, figure) {
    take(chart, figure);
    chart.live = make('div', { className: 'plot-live', 'aria-hidden': 'true' }); // the box around it is described
    chart.plot.append(chart.live);
    await draw(chart);
    if (chart.isMain) chart.live.on('plotly_hover', ({ points }) => ivts.readout.point(points[0].x));
    chart.live.on('plotly_relayout', (update) => onZoom(chart, update));
    chart.live.on('plotly_doubleclick', () => tell('chosen', { range: '' }));
    let isFirst = true; // that report is of the size just drawn
    new ResizeObserver(() => {
      if (!isFirst && chart.isLive) draw(chart);
      isFirst = false;
    }).observe(chart.plot);
    chart.plot.append(chart.reader);
    chart.plot.tabIndex = 0;
    listen(chart);
  }

  function onZoom(chart, update) {
    const ends = [update['xaxis.range[0]'], update['xaxis.range[1]']];
    if (!ends[0] || !chart.meta.ranges) return;
    const shown = chart.main.x.filter(within(ends));
    if (shown.length > 1) tell('chosen', { range: `${shown[0]}..${shown.at(-1)}` });
    else draw(chart); // nothing to see there: back to what was shown
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

  const barsOf = (chart) => framed(chart, chart.figure).data.filter(({ type }) => type === 'bar');

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

  const STEPS = { ArrowLeft: -1, ArrowRight: 1, PageUp: -21, PageDown: 21, Home: -Infinity, End: Infinity };

  function listen(chart) {
    const on = (type, act, options) => chart.plot.addEventListener(type, act, options);
    on('pointermove', (event) => {
      if (event.pointerType === 'touch' && chart.isLive) onFinger(chart, event);
    });
    // Plotly would take the touch for a drag and hide its labels; taps reach it as the clicks that follow them
    on('touchstart', (event) => chart.isLive && event.stopPropagation(), { capture: true, passive: true });
    if (!chart.isMain) on('keydown', (event) => onKey(chart, event)); // of the main chart in readout.js
  }

  function onKey(chart, event) {
    if (event.target !== chart.plot || !chart.isLive || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === 'Escape') leave(chart);
    if (!STEPS[event.key]) return;
    event.preventDefault();
    read(chart, STEPS[event.key]);
  }

  ivts.charts = { install, draw, daysOf, read, leave };
})();
