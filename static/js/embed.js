/*
 * A chart in a frame on another page, by its address: `?theme=dark` or `light`, and `?range=` with a range that the page
 * offers (1y) or a span of days, months or years (2020-01..2020-06). The page around it is told the height:
 * {type: "ivts:height", chart, height}.
 */
(() => {
  'use strict';

  const { ivts } = window;
  const asked = new URLSearchParams(location.search);
  const figure = document.querySelector('[data-chart]');
  const plot = figure.querySelector('[data-plot]');
  const summary = figure.querySelector('[data-summary]');
  const { chart, pictures, ratio, benchmark } = figure.dataset;

  const theme = asked.get('theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;

  if (window.parent !== window) {
    const tell = () => {
      const height = Math.ceil(document.body.getBoundingClientRect().height);
      window.parent.postMessage({ type: 'ivts:height', chart, height }, '*');
    };
    new ResizeObserver(tell).observe(document.body);
    tell();
  }

  // ---------------------------------------------------------------- ranges

  const SPAN = /^(\d{4}(?:-\d\d){0,2})\.\.(\d{4}(?:-\d\d){0,2})$/;
  const offered = [...pictures.matchAll(/(\S+) (\S+) (\S+) (\S+)/g)].map(([, ...told]) => told);

  /** First and last day of a span, a year or a month to its end; none where it is no span. */
  function daysOf(span) {
    const [, first, last = ''] = SPAN.exec(span) ?? [];
    const end = last + '-12-31'.slice(last.length - 4);
    return first && first <= end ? [first, end] : null;
  }

  /** The picture of a range, and what is told with it; the one that the page opens with has no address. */
  async function load([, address, first, last]) {
    if (address === '-') return { svg: plot.firstElementChild, first, last, summary: summary.textContent };
    const text = await (await ivts.load(address)).text();
    const svg = new DOMParser().parseFromString(text, 'image/svg+xml').documentElement;
    const told = svg.querySelector('metadata');
    told.remove();
    return { svg: document.importNode(svg, true), ...JSON.parse(told.textContent) };
  }

  /** The main chart over days that have no picture, drawn from what is read off the whole history. */
  async function draw(days, whole) {
    const { readings } = await load(whole);
    const { svg, first, last, unpacked } = ivts.drawFree(ivts.unpackReadings(readings), days, plot.firstElementChild, benchmark);
    const { k, n } = ivts.describeRange(unpacked, [first, last]);
    svg.querySelector('title').prepend(`${ratio}, `);
    figure.querySelector('.key')?.remove(); // of marks that are not drawn
    return { svg, summary: `In backwardation on ${k} of ${n} sessions.` };
  }

  /** The shortest range that holds some days, with the days that it shows. */
  async function widen(days) {
    const longest = [...offered].sort(([, , a], [, , b]) => (a < b ? -1 : 1));
    const end = days[1] < longest[0][3] ? days[1] : longest[0][3];
    const found = longest.findLast(([, , first, last]) => first <= days[0] && last >= end) ?? longest[0];
    const { first, last, ...shown } = await load(found);
    return { ...shown, summary: `Shown: ${ivts.longDate(first)} to ${ivts.longDate(last)}. ${shown.summary}` };
  }

  /** Put another range in the place of the first one, which stays where the other cannot be had. */
  async function show(range) {
    const named = offered.find(([name]) => name === range);
    const days = daysOf(range);
    if (!named && !days) return;
    const whole = ratio && offered.find(([name, address]) => name === 'all' && address !== '-');
    const found = await (named ? load(named) : whole ? draw(days, whole) : widen(days));
    figure.querySelector('[data-title]').textContent = found.svg.querySelector('title').textContent;
    summary.textContent = found.summary || summary.textContent;
    plot.replaceChildren(found.svg);
    figure.dataset.range = range;
  }

  show(asked.get('range')).catch((error) => console.warn('range:', error));
})();
