/*
 * Two sessions or two episodes side by side, from the published files: ?a=2020-03-16&b=2018-02-05, and with
 * of=episodes two first sessions of episodes. The page names the figures, where they are and how they are written.
 */
(() => {
  'use strict';

  const { ivts } = window;
  const box = document.querySelector('[data-compare]');
  if (!box) return;
  const form = box.querySelector('form');
  const message = box.querySelector('[data-message]');
  const kinds = [...box.querySelectorAll('[data-result]')].map(({ dataset }) => dataset.result);
  const picks = (of) => [...form.querySelectorAll(`[data-of="${of}"] :is(input, select)`)];

  /** Whether a text is a date of the calendar; browsers take 31 February for one of March. */
  function isDay(text) {
    const at = Date.parse(/^\d{4}-\d\d-\d\d$/.test(text) ? text : '');
    return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
  }

  const json = async (path) => {
    const response = await fetch(box.dataset.api + path);
    if (response.status === 404) return null;
    if (!response.ok) throw new Error(`${response.url}: ${response.status}`);
    return response.json();
  };

  // ---------------------------------------------------------------- what is compared

  /** Sessions before and after a day without one. */
  async function neighbours(day) {
    const { session } = await json('history.json');
    const at = session.findIndex((each) => each > day);
    const near = at < 0 ? session.slice(-1) : session.slice(Math.max(at - 1, 0), at + 1);
    return near.map(ivts.longDate).join(' and ');
  }

  async function findSession(day) {
    const found = await json(`day/${day}.json`);
    if (found) return found;
    throw new Unknown(`No session with a ratio is stored for ${ivts.longDate(day)}; the nearest: ${await neighbours(day)}.`);
  }

  async function findEpisode(day) {
    const { episodes } = await json('episodes.json');
    const found = episodes.find(({ first_session }) => first_session === day);
    if (found) return found;
    throw new Unknown(`No inversion began on ${ivts.longDate(day)}; choose one from the list.`);
  }

  class Unknown extends Error {}

  // ---------------------------------------------------------------- figures to text

  const withSign = (value, places) =>
    typeof value === 'number' && ivts.round(value, places) > 0 ? `+${ivts.fixed(value, places)}` : ivts.fixed(value, places);
  /** How a figure is written, and to how many decimals; shares and returns differ by percentage points. */
  const FORMS = {
    text: { write: String },
    count: { write: (value) => ivts.count(value), places: 0 },
    ratio: { write: (value) => ivts.fixed(value, 4), places: 4 },
    'ratio-change': { write: (value) => withSign(value, 4), places: 4 },
    level: { write: (value) => ivts.fixed(value, 2), places: 2 },
    percent: { write: ivts.percent, places: 3, points: true },
    rate: {
      write: (value, { window }) =>
        window.n_sessions < ivts.FEWEST_CASES ? `${window.n_backwardation} of ${window.n_sessions}` : ivts.percent(value),
      places: 3,
      points: true,
    },
    rank: { write: (value) => ivts.percent(value).replace(/%$/, ''), places: 3, points: true },
    'percent-change': { write: ivts.percentChange, places: 3, points: true },
    date: { write: ivts.longDate },
  };

  /** The first less the second, as both are written: a reader can check it. */
  function difference([first, second], { places, points }) {
    const gap = ivts.round(first, places) - ivts.round(second, places);
    return points ? `${withSign(gap * 100, 1)} points` : withSign(gap, places);
  }

  function fill(row, found) {
    const { path, form: kind } = row.dataset;
    const values = found.map((each) => path.split('.').reduce((part, key) => part?.[key], each) ?? null);
    const [, ...cells] = row.cells;
    const known = values.every((value) => value !== null);
    cells[2].textContent = known && 'places' in FORMS[kind] ? difference(values, FORMS[kind]) : '';
    values.forEach((value, i) => {
      cells[i].textContent = value === null ? '–' : FORMS[kind].write(value, found[i]);
    });
  }

  // ---------------------------------------------------------------- the picture

  const ROLES = ['ink', 'muted'];
  const [WIDTH, HEIGHT] = [1000, 1000];

  /** The ratio from one session to another, counted from a day; null where there is none. */
  const around = ({ session, ivts: ratios }, day, first, last) => {
    const start = session.indexOf(day) + first;
    return Array.from({ length: last - first + 1 }, (_, i) => ratios[start + i] ?? null);
  };

  /** Both lines of the ratio over each other, session by session, in one frame. */
  function drawLines(figure, days, history) {
    const box = figure.querySelector('.plot');
    const ticks = box.dataset.ticks.split('|').map((tick) => [parseInt(tick, 10), tick.replace(/^-?\d+ /, '')]);
    const [first, last] = [ticks[0][0], ticks.at(-1)[0]];
    const line = Number(form.parentElement.dataset.line);
    const lines = days.map((day) => around(history, day, first, last));
    const axis = ivts.fitAxis([...lines.flat().filter((ratio) => ratio !== null), line], 5, 2);
    const x = (i) => i / (last - first);
    const y = (ratio) => (axis.high - ratio) / (axis.high - axis.low);
    const share = (part) => `${(part * 100).toFixed(2)}%`;

    const title = `The ratio around ${days.map(ivts.longDate).join(' and ')}`;
    const svg = ivts.draw(box, 'svg', { class: 'pic', role: 'img', 'aria-label': title });
    for (const [tick, text] of axis.ticks) {
      ivts.draw(svg, 'line', { class: tick === line ? 's-ink' : 's-rule', x2: '100%', y1: share(y(tick)), y2: share(y(tick)) });
      ivts.draw(svg, 'text', { class: 't', dx: -6, y: share(y(tick)), dy: 4.2, 'text-anchor': 'end' }, text);
    }
    const frame = ivts.draw(svg, 'svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, width: '100%', height: '100%', preserveAspectRatio: 'none' });
    lines.forEach((ratios, n) => {
      const steps = ratios.map((ratio, i) => {
        const isStart = i === 0 || ratios[i - 1] === null;
        return ratio === null ? '' : `${isStart ? 'M' : 'L'}${(x(i) * WIDTH).toFixed(1)} ${(y(ratio) * HEIGHT).toFixed(1)}`;
      });
      const dash = n ? { 'stroke-dasharray': '5 3' } : {};
      ivts.draw(frame, 'path', { class: `s-${ROLES[n]}`, 'stroke-width': 2, 'vector-effect': 'non-scaling-stroke', d: steps.join(''), ...dash });
    });
    for (const [at, text] of ticks) {
      if (at === 0) ivts.draw(svg, 'line', { class: 's-muted', x1: share(x(-first)), x2: share(x(-first)), y2: '100%' });
      const anchor = { [first]: 'start', [last]: 'end' }[at] ?? 'middle';
      ivts.draw(svg, 'text', { class: 't', x: share(x(at - first)), y: '100%', dy: 19, 'text-anchor': anchor }, text);
    }
    box.replaceChildren(svg);
    figure.querySelectorAll('figcaption span').forEach((name, n) => {
      name.textContent = ivts.longDate(days[n]);
    });
  }

  /** Head a column with its date, which leads to the page of the day or the episode where the site has one. */
  function name(cell, of, day) {
    if (of === 'episodes' && !('linked' in box.dataset)) {
      cell.textContent = ivts.longDate(day);
      return;
    }
    const link = document.createElement('a');
    link.href = `${box.dataset.pages}${of === 'episodes' ? 'episodes' : 'day'}/${day}/`;
    link.textContent = ivts.longDate(day);
    cell.replaceChildren(link);
  }

  // ---------------------------------------------------------------- the form and the address

  function choose(of) {
    for (const pick of form.querySelectorAll('[data-of]')) {
      pick.hidden = pick.dataset.of !== of;
      for (const field of pick.querySelectorAll('input, select')) field.disabled = pick.hidden;
    }
    const radio = form.querySelector(`[name="of"][value="${of}"]`);
    if (radio) radio.checked = true;
    for (const result of box.querySelectorAll('[data-result]')) result.hidden = true;
    message.textContent = '';
  }

  let latest = 0; // an answer that comes late must not replace a newer one

  async function show(of, days) {
    latest += 1;
    const turn = latest;
    const result = box.querySelector(`[data-result="${of}"]`);
    result.hidden = true;
    message.textContent = 'Fetching…';
    try {
      const found = await Promise.all(days.map(of === 'episodes' ? findEpisode : findSession));
      const history = await json('history.json');
      if (turn !== latest) return;
      for (const row of result.querySelectorAll('tr[data-path]')) fill(row, found);
      drawLines(result.querySelector('figure'), days, history);
      ['a', 'b'].forEach((side, i) => name(result.querySelector(`[data-name="${side}"]`), of, days[i]));
      result.hidden = false;
      message.textContent = `${days.map(ivts.longDate).join(' beside ')}.`;
    } catch (error) {
      if (turn !== latest) return;
      if (!(error instanceof Unknown)) console.warn('The comparison:', error);
      const disk = 'This page was opened from disk, where browsers keep its data from it; open it from a server.';
      message.textContent =
        error instanceof Unknown ? error.message : ivts.fromDisk ? disk : 'The figures could not be loaded; try again.';
    }
  }

  function restore() {
    const asked = new URLSearchParams(location.search);
    const of = kinds.includes(asked.get('of')) ? asked.get('of') : kinds[0];
    choose(of);
    const days = ['a', 'b'].map((key) => asked.get(key) ?? '');
    picks(of).forEach((field, i) => {
      if (isDay(days[i])) field.value = days[i];
    });
    const wrong = days.find((day) => day && !isDay(day));
    if (wrong !== undefined) message.textContent = `“${wrong}” is not a date such as 2020-03-16.`;
    else if (days.every(Boolean)) show(of, days);
    else message.textContent = days.some(Boolean) ? 'Choose the other one.' : '';
  }

  form.addEventListener('change', ({ target }) => {
    if (target.name === 'of') choose(target.value);
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const of = form.querySelector('[name="of"]:checked')?.value ?? kinds[0];
    const days = picks(of).map(({ value }) => value);
    if (!days.every(Boolean)) {
      message.textContent = 'Choose both.';
      return;
    }
    const search = new URLSearchParams({ ...(of === kinds[0] ? {} : { of }), a: days[0], b: days[1] });
    history.pushState(null, '', `?${search}`);
    show(of, days);
  });
  addEventListener('popstate', restore);
  box.hidden = false;
  restore();
})();
