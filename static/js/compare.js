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
    throw new Unknown(`No episode of backwardation began on ${ivts.longDate(day)}; choose one from the list.`);
  }

  class Unknown extends Error {}

  // ---------------------------------------------------------------- figures to text

  const withSign = (value, places) =>
    typeof value === 'number' && ivts.round(value, places) > 0 ? `+${ivts.fixed(value, places)}` : ivts.fixed(value, places);
  const FORMS = {
    text: String,
    count: ivts.count,
    ratio: (value) => ivts.fixed(value, 4),
    'ratio-change': (value) => withSign(value, 4),
    level: (value) => ivts.fixed(value, 2),
    percent: ivts.percent,
    rank: (value) => ivts.percent(value).replace(/%$/, ''),
    'percent-change': ivts.percentChange,
    date: ivts.longDate,
  };

  function put(cell, found, { path, form: kind }) {
    const value = path.split('.').reduce((part, key) => part?.[key], found);
    cell.textContent = value === null || value === undefined ? '–' : FORMS[kind](value);
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
      if (turn !== latest) return;
      for (const row of result.querySelectorAll('tr[data-path]')) {
        found.forEach((each, i) => put(row.cells[i + 1], each, row.dataset));
      }
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
    if (wrong !== undefined) message.textContent = `“${wrong}” is no date such as 2020-03-16.`;
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
