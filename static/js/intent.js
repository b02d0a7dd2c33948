/*
 * What makes a chart interactive. Each chart is a picture made at build time; when a visitor points at it, focuses it,
 * taps it, or asks for a range, its figure (one JSON), charts.js and Plotly (once a page) are fetched. The picture
 * stays underneath for print, and for good where anything fails. Events are described in page.js.
 */
(() => {
  'use strict';

  const { ivts } = window;
  const tell = (name, detail) => document.dispatchEvent(new CustomEvent(`ivts:${name}`, { detail }));

  // ---------------------------------------------------------------- loading

  const ATTEMPTS = 2; // the second on the next intent

  /** Fetch and draw once; later calls return the same promise, until it has failed for the first time. */
  function start(chart) {
    chart.started ??= load(chart).catch((error) => giveUp(chart, error));
    return chart.started;
  }

  async function load(chart) {
    const scripts = ivts.fromDisk ? [] : ['charts', 'plotly'];
    const [figure] = await Promise.all([ivts.figure(chart.element.dataset.src), ...scripts.map(ivts.script)]);
    await ivts.charts.install(chart, figure);
    if (message.previousElementSibling === chart.plot) message.remove();
  }

  const message = document.createElement('p'); // one a page, however many charts fail
  message.className = 'chart-message';
  message.setAttribute('role', 'status');

  function giveUp(chart, error) {
    chart.live?.remove();
    Object.assign(chart, { figure: null, live: null, range: '', failures: chart.failures + 1 });
    console.warn('The chart stays a picture:', error);
    const final = ivts.fromDisk || chart.failures >= ATTEMPTS;
    if (!final) chart.started = null;
    if (chart.hasRanges) tell('failed', { final });
    if (!message.isConnected) chart.plot.after(message);
    message.textContent = ivts.fromDisk
      ? 'This page was opened from disk, where browsers keep the data of its charts from it: the pictures stay.'
      : `The interactive chart could not be loaded; the picture stays. ${final ? 'Reload the page' : 'Point at it once more'} to try again.`;
  }

  // ---------------------------------------------------------------- intent

  const DWELL = 80; // milliseconds: a pointer that only crosses a chart asks for nothing
  const KEYS = ['ArrowLeft', 'ArrowRight', 'PageUp', 'PageDown', 'Home', 'End'];

  function listen(chart) {
    const { element, plot } = chart;
    const go = () => start(chart);
    let timer;
    plot.addEventListener('pointerenter', ({ pointerType }) => {
      if (pointerType !== 'touch') timer = setTimeout(go, DWELL); // a finger may be scrolling: it has to tap
    });
    plot.addEventListener('pointerleave', () => clearTimeout(timer));
    plot.addEventListener('click', go);
    plot.addEventListener('focus', go);
    plot.addEventListener('keydown', (event) => onKey(chart, event));
    plot.addEventListener('pointermove', ({ pointerType, clientX }) => {
      if (pointerType === 'touch' && chart.live) ivts.charts.onFinger(chart, clientX);
    });
    // Plotly would take the touch for a drag and hide its labels; taps reach it as the clicks that follow them
    plot.addEventListener('touchstart', (event) => event.stopPropagation(), { capture: true, passive: true });
    for (const button of element.querySelectorAll('[data-tool]')) {
      button.addEventListener('click', () => use(chart, button.dataset.tool));
    }
  }

  async function onKey(chart, event) {
    if (event.target !== chart.plot || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === 'Escape' && chart.live) ivts.charts.leave(chart);
    if (!KEYS.includes(event.key)) return;
    event.preventDefault();
    await start(chart);
    if (chart.figure) ivts.charts.read(chart, event.key);
  }

  /** Link, CSV or PNG of what a chart shows; says in a few words what has happened. */
  async function use(chart, tool) {
    const status = chart.element.querySelector('[data-tools] [role="status"]');
    try {
      if (tool !== 'link') await start(chart); // the range shown is the figure's to say
      await ivts.script('tools');
      status.textContent = await ivts.tools[tool](chart);
    } catch (error) {
      console.warn(`${tool}:`, error);
      status.textContent = 'That did not work here.';
    }
  }

  function makeChart(element) {
    const reader = document.createElement('p');
    reader.className = 'visually-hidden';
    reader.setAttribute('aria-live', 'polite');
    return {
      element,
      id: element.dataset.chart,
      plot: element.querySelector('[data-plot]'),
      hasRanges: element.querySelector('[data-ranges]') !== null,
      reader,
      range: '', // "" is the picture's range
      at: null, // point last read by keyboard
      figure: null,
      live: null,
      failures: 0,
    };
  }

  const charts = [...document.querySelectorAll('[data-chart]')].map(makeChart);
  charts.forEach(listen);

  document.addEventListener('ivts:range', async ({ detail }) => {
    for (const chart of charts.filter(({ hasRanges }) => hasRanges)) {
      if (!detail.range && !chart.started) continue;
      chart.range = detail.range;
      await start(chart);
      ivts.charts?.draw(chart);
    }
  });

  const redraw = () => charts.forEach((chart) => ivts.charts?.draw(chart));
  document.addEventListener('ivts:theme', redraw);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
})();
