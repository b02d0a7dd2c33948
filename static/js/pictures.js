/*
 * The charts as pictures: one a range, fetched when the range is asked for, the first one with the page. What is read
 * off a picture lies at its end, so that it is shown before all of it is there. Plotly draws a chart in its picture's
 * box after a press on "Explore", from the same figure, hence nothing moves; the picture stays underneath for print,
 * and for good where anything fails.
 */
(() => {
  'use strict';

  const { ivts } = window;
  const { all, make, tell } = ivts;
  const MARK = '<metadata>';

  // ---------------------------------------------------------------- fetching

  /** A picture as the build has made it: markup of its own, with all labels escaped. */
  const parse = (text) => new DOMParser().parseFromString(text, 'image/svg+xml').documentElement;

  /** Fetch a picture: `svg` is there as soon as it has been read, `told` with the end of the file. */
  function fetchPicture(address) {
    const picture = {};
    picture.svg = new Promise((resolve, reject) => {
      picture.told = (async () => {
        const response = await ivts.load(address);
        const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
        let [text, end] = ['', -1];
        for (let part = await reader.read(); !part.done; part = await reader.read()) {
          text += part.value;
          if (end >= 0) continue;
          end = text.indexOf(MARK);
          if (end >= 0) resolve(parse(`${text.slice(0, end)}</svg>`));
        }
        return JSON.parse(text.slice(end + MARK.length, text.lastIndexOf('</metadata>')));
      })();
      picture.told.catch(reject);
    });
    return picture;
  }

  /** The picture of a chart over a listed range, fetched once; one that failed is forgotten. */
  function pictureOf(chart, name) {
    chart.kept[name] ??= fetchPicture(chart.addresses[name]);
    const { svg, told } = chart.kept[name];
    Promise.all([svg, told]).catch(() => delete chart.kept[name]);
    return chart.kept[name];
  }

  // ---------------------------------------------------------------- charts

  const readTable = (text) => Object.fromEntries([...(text ?? '').matchAll(/(\S+) (\S+)/g)].map(([, ...pair]) => pair));
  const readings = document.querySelector('[data-readings]');

  /** A chart; later it also gets `figure` and `live`, Plotly's element, while `isLive` says whether that is shown. */
  function makeChart(element) {
    const plot = element.querySelector('[data-plot]');
    const summary = element.querySelector('[data-summary]');
    const title = element.querySelector('[data-title]');
    const [first, last] = ivts.daysOf('') ?? [];
    const told = { first, last, summary: summary?.textContent };
    if (element.contains(readings)) told.unpacked = ivts.unpackReadings(JSON.parse(readings.textContent));
    const shown = { svg: Promise.resolve(plot.querySelector('.pic')), told: Promise.resolve(told) };
    return {
      element,
      plot,
      summary,
      title,
      id: element.dataset.chart,
      first: told.unpacked,
      isMain: 'unpacked' in told,
      isFree: Boolean(told.unpacked?.ratios), // any days of it can be drawn
      addresses: readTable(element.dataset.pictures),
      kept: { [ivts.defaultRange]: shown },
      range: '',
      shown: '', // null while a picture waits for its words
      settled: '', // the last one with picture and words
      pictured: ivts.defaultRange,
      turn: 0,
      reader: make('p', { className: 'visually-hidden', 'aria-live': 'polite' }),
    };
  }

  const isShown = ({ plot }) => plot.clientWidth > 0;

  /** Name of the picture for a range: its own, or the shortest that holds its days; none for free days. */
  function nameOf(chart, range) {
    const name = range || ivts.defaultRange;
    if (name in chart.kept || name in chart.addresses) return name;
    if (chart.isFree) return null;
    const [first, last] = ivts.daysOf(range);
    const holds = Object.keys({ ...chart.kept, ...chart.addresses }).filter((each) => ivts.daysOf(each)[0] <= first);
    return holds.sort((a, b) => (ivts.daysOf(a)[0] < ivts.daysOf(b)[0] ? 1 : -1))[0] ?? 'all';
  }

  /** Free days of the main chart are drawn here, from what is read off the whole history. */
  function freePicture(chart, range) {
    const told = (async () => {
      const [whole] = await Promise.all([pictureOf(chart, 'all').told, ivts.script('live')]);
      whole.unpacked ??= ivts.unpackReadings(whole.readings);
      const name = document.querySelector('.r-benchmark dt').textContent;
      return ivts.drawFree(whole.unpacked, ivts.daysOf(range), chart.plot.querySelector('.pic'), name);
    })();
    return { svg: told.then(({ svg }) => svg), told };
  }

  /** Show a chart over a range; what is overtaken by another choice is dropped. */
  async function show(chart, range) {
    chart.range = range;
    chart.turn += 1;
    const { turn, element } = chart;
    const name = nameOf(chart, range);
    chart.pictured = name;
    const isDue = isShown(chart) && chart.shown !== range;
    element.ariaBusy = String(isDue);
    if (!isDue) return;
    const picture = name ? pictureOf(chart, name) : freePicture(chart, range);
    try {
      const svg = await picture.svg;
      if (turn !== chart.turn) return;
      put(chart, svg);
      chart.shown = null;
      if (chart.isFree) ivts.tellRange(null);
      const [told] = await Promise.all([picture.told, painted()]);
      if (turn !== chart.turn) return;
      chart.shown = chart.settled = range;
      tellPicture(chart, told, name);
    } catch (error) {
      if (turn === chart.turn) giveUp(chart, error);
    } finally {
      if (turn === chart.turn) element.ariaBusy = 'false';
    }
  }

  /** The picture is on the screen before its readings are worked out, which take as long as to draw it. */
  const idle = window.requestIdleCallback ?? setTimeout;
  const frame = () => new Promise(requestAnimationFrame);
  const painted = async () => {
    await frame();
    await frame();
    await new Promise((done) => idle(done, { timeout: 200 }));
  };

  function put(chart, svg) {
    chart.plot.querySelector('.pic').replaceWith(svg);
    chart.title.textContent = svg.querySelector('title').textContent;
    if (chart.isMain) ivts.readout?.forget();
  }

  /** Words of a picture: its summary, and which days it shows where they are others than those asked for. */
  function tellPicture(chart, told, name) {
    if (chart.isMain) {
      told.unpacked ??= ivts.unpackReadings(told.readings);
      ivts.readout?.take(told.unpacked);
    }
    if (chart.isFree) ivts.tellRange(told.unpacked, [told.first, told.last]);
    else {
      const isOther = name !== (chart.range || ivts.defaultRange);
      const days = `Shown: ${ivts.longDate(told.first)} to ${ivts.longDate(told.last)}. `;
      chart.summary.textContent = (isOther ? days : '') + told.summary;
    }
    if (message.previousElementSibling === chart.plot) message.remove();
  }

  const message = make('p', { className: 'chart-message', role: 'status' }); // one a page, however many charts fail

  /** Go back to the last range that is whole, also where the picture of another was on the screen already. */
  async function giveUp(chart, error) {
    const { settled } = chart;
    if (chart.range !== settled) {
      await show(chart, settled);
      if (chart.range !== settled) return;
    }
    if (!message.isConnected) chart.plot.after(message);
    message.textContent = ivts.excuse(error, 'That range', 'the picture stays.', 'Choose it once more');
    if (ivts.range() !== settled) tell('failed', settled);
  }

  // ---------------------------------------------------------------- exploring

  const LABELS = { idle: 'Explore', busy: 'Loading…', live: 'Close' };

  function label(chart, is) {
    const { button } = chart;
    button.textContent = LABELS[is];
    button.ariaBusy = String(is === 'busy');
  }

  /** Draw with Plotly, or go back to the picture. */
  async function explore(chart) {
    if (chart.button.ariaBusy === 'true') return;
    if (chart.isLive) {
      setLive(chart, false);
      return;
    }
    label(chart, 'busy');
    try {
      const scripts = ivts.fromDisk ? [] : ['live', 'plotly'];
      const [figure] = await Promise.all([ivts.figure(chart.element.dataset.src), ...scripts.map(ivts.script)]);
      if (chart.live) await ivts.charts.draw(chart);
      else await ivts.charts.install(chart, figure);
      if (message.previousElementSibling === chart.plot) message.remove();
      setLive(chart, true);
    } catch (error) {
      chart.live?.remove();
      chart.live = null;
      label(chart, 'idle');
      if (!message.isConnected) chart.plot.after(message);
      message.textContent = ivts.excuse(error, 'The interactive chart', 'the pictures stay.', 'Press Explore once more');
    }
  }

  function setLive(chart, isLive) {
    chart.isLive = isLive;
    chart.plot.classList.toggle('is-live', isLive);
    label(chart, isLive ? 'live' : 'idle');
  }

  /** Link, CSV or PNG of what a chart shows; says in a few words what has happened. */
  async function use(chart, tool) {
    const status = chart.element.querySelector('[data-tools] [role="status"]');
    try {
      await ivts.script('live');
      status.textContent = await ivts.tools[tool](chart);
    } catch (error) {
      console.warn(`${tool}:`, error);
      status.textContent = 'That did not work here.';
    }
  }

  // ---------------------------------------------------------------- start

  const charts = all('[data-chart]').map(makeChart);
  ivts.mainChart = charts.find(({ isMain }) => isMain);

  for (const chart of charts) {
    chart.button = chart.element.querySelector('[data-explore]');
    chart.plot.append(chart.reader);
    chart.button?.addEventListener('click', () => explore(chart));
    chart.element.addEventListener('click', ({ target: { dataset } }) => dataset.tool && use(chart, dataset.tool));
  }

  /** Bring every chart to the range, the main one before the others; in a hidden tab it waits for the tab. */
  async function showAll() {
    const range = ivts.range();
    for (const chart of charts) chart.range = range;
    for (const chart of charts) {
      if (chart.isLive) ivts.charts.draw(chart);
      await show(chart, range);
      if (ivts.range() !== range) return;
    }
  }

  document.addEventListener('ivts:range', showAll);
  document.addEventListener('ivts:view', showAll);

  // a finger on a button, a mouse over it or the focus will choose it: the picture is on its way before it is let go,
  // and after a click before the page's words change
  function onIntent({ target }) {
    const name = target.closest?.('[data-range]')?.dataset.range;
    const main = ivts.mainChart;
    if (main && name in main.addresses && !ivts.fromDisk) pictureOf(main, name);
  }
  const early = { capture: true, passive: true };
  for (const intent of ['pointerdown', 'pointerover', 'focusin', 'click']) document.addEventListener(intent, onIntent, early);

  const redraw = () => charts.filter(({ isLive }) => isLive).forEach((chart) => ivts.charts.draw(chart));
  document.addEventListener('ivts:theme', redraw);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
})();
