/*
 * What makes a chart interactive. Each chart is a picture made at build time; when a visitor points at it, focuses it,
 * taps it, or asks for a range, its figure (one JSON), the late scripts and Plotly (once a page) are fetched, all at
 * once. The picture stays underneath for print, and for good where anything fails. Events are described in page.js.
 */
(() => {
  'use strict';

  const { ivts } = window;
  const { all, make, tell } = ivts;

  // ---------------------------------------------------------------- loading

  const ATTEMPTS = 2; // the second on the next intent

  /** Fetch and draw once; later calls return the same promise, until it has failed for the first time. */
  function start(chart) {
    chart.started ??= load(chart).catch((error) => giveUp(chart, error));
    return chart.started;
  }

  async function load(chart) {
    const scripts = ivts.fromDisk ? [] : ['live', 'plotly'];
    const [figure] = await Promise.all([ivts.figure(chart.element.dataset.src), ...scripts.map(ivts.script)]);
    await ivts.charts.install(chart, figure);
    if (message.previousElementSibling === chart.plot) message.remove();
  }

  const message = make('p', { className: 'chart-message', role: 'status' }); // one a page, however many charts fail

  function giveUp(chart, error) {
    chart.live?.remove();
    Object.assign(chart, { live: null, range: '', failures: chart.failures + 1 });
    const final = ivts.fromDisk || chart.failures >= ATTEMPTS;
    if (!final) chart.started = null;
    tell('failed', { key: chart.key, final });
    if (!message.isConnected) chart.plot.after(message);
    const advice = final ? 'Reload the page' : 'Point at it once more';
    message.textContent = ivts.excuse(error, 'The interactive chart', 'the pictures stay.', advice);
  }

  // ---------------------------------------------------------------- intent

  const DWELL = 80; // milliseconds: a pointer that only crosses a chart asks for nothing
  const STEPS = { ArrowLeft: -1, ArrowRight: 1, PageUp: -21, PageDown: 21, Home: -Infinity, End: Infinity };

  function listen(chart) {
    const { element, plot } = chart;
    const on = (type, act, options) => plot.addEventListener(type, act, options);
    const go = () => start(chart);
    let timer;
    on('pointerenter', ({ pointerType }) => {
      if (pointerType !== 'touch') timer = setTimeout(go, DWELL); // a finger may be scrolling: it has to tap
    });
    on('pointerleave', () => clearTimeout(timer));
    on('click', go);
    on('focus', go);
    on('keydown', (event) => onKey(chart, event));
    on('pointermove', (event) => {
      if (event.pointerType === 'touch' && chart.live) ivts.charts.onFinger(chart, event);
    });
    // Plotly would take the touch for a drag and hide its labels; taps reach it as the clicks that follow them
    on('touchstart', (event) => event.stopPropagation(), { capture: true, passive: true });
    element.addEventListener('click', ({ target: { dataset } }) => dataset.tool && use(chart, dataset.tool));
  }

  async function onKey(chart, event) {
    if (event.target !== chart.plot || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === 'Escape' && chart.live) ivts.charts.leave(chart);
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    await start(chart);
    if (chart.live) ivts.charts.read(chart, step);
  }

  /** Link, CSV or PNG of what a chart shows; says in a few words what has happened. */
  async function use(chart, tool) {
    const status = chart.element.querySelector('[data-tools] [role="status"]');
    try {
      if (tool === 'csv') await start(chart); // the range shown is the figure's to say
      await ivts.script('live');
      status.textContent = await ivts.tools[tool](chart);
    } catch (error) {
      console.warn(`${tool}:`, error);
      status.textContent = 'That did not work here.';
    }
  }

  /** Later it also gets `figure`, `live` (Plotly's element), and `at`, the point that the keyboard has read last. */
  const makeChart = (element) => ({
    element,
    id: element.dataset.chart,
    key: ivts.keyOf(element),
    plot: element.querySelector('[data-plot]'),
    reader: make('p', { className: 'visually-hidden', 'aria-live': 'polite' }),
    range: '', // "" is the picture's range
    failures: 0,
  });

  const charts = all('[data-chart]').map(makeChart);
  charts.forEach(listen);

  document.addEventListener('ivts:range', ({ detail }) => {
    for (const chart of charts.filter(({ key }) => key === detail.key)) show(chart, detail.range);
  });

  async function show(chart, range) {
    chart.range = range;
    const isAsked = range && chart.plot.clientWidth; // in a hidden tab it waits until the tab is shown
    if (!chart.started && !isAsked) return;
    await start(chart);
    ivts.charts?.draw(chart);
  }

  const redraw = () => charts.forEach((chart) => ivts.charts?.draw(chart));
  document.addEventListener('ivts:theme', redraw);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
})();
