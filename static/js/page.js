/*
 * The page without its charts: theme button, tabs, range buttons, the state kept in the address
 * (#range=5y&view=distribution), sortable tables, and the note that says when the page has gone stale.
 * Nothing here is needed to read the page.
 *
 * Events on `document`, both ways between this file and charts.js:
 *   ivts:range   {range}  a range was chosen or restored: a button's name, "2020-02-03..2020-06-30", or "" (default)
 *   ivts:zoomed  {range}  charts.js reports a range that was chosen in the chart itself
 *   ivts:failed           the interactive chart cannot be had: range buttons would do nothing
 *   ivts:theme            colours have changed
 */
(() => {
  'use strict';

  const root = document.documentElement;
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const tell = (name, detail) => document.dispatchEvent(new CustomEvent(`ivts:${name}`, { detail }));
  const create = (tag, properties) => Object.assign(document.createElement(tag), properties);

  // ---------------------------------------------------------------- theme

  const THEMES = ['auto', 'light', 'dark'];

  function setTheme(theme) {
    if (theme === 'auto') delete root.dataset.theme;
    else root.dataset.theme = theme;
    try {
      if (theme === 'auto') localStorage.removeItem('theme');
      else localStorage.setItem('theme', theme);
    } catch {
      // storage is blocked: the choice lasts as long as the page
    }
    tell('theme');
  }

  function setUpTheme(button) {
    const next = () => THEMES[(THEMES.indexOf(root.dataset.theme ?? 'auto') + 1) % THEMES.length];
    const label = () => {
      const text = `Theme: ${root.dataset.theme ?? 'auto'}. Switch to ${next()}`;
      button.setAttribute('aria-label', text);
      button.title = text;
    };
    button.addEventListener('click', () => {
      setTheme(next());
      label();
    });
    label();
    button.hidden = false;
  }

  // ---------------------------------------------------------------- state in the address

  const FREE_RANGE = /^\d{4}-\d\d-\d\d\.\.\d{4}-\d\d-\d\d$/;
  const state = { range: '', view: '' }; // "" is the default of each

  const placeOfAddress = () => document.getElementById(location.hash.slice(1));

  /** State named by the address; null where the address names a place on the page instead. */
  function stateOfAddress() {
    const hash = location.hash.slice(1);
    const place = placeOfAddress();
    if (place) return { view: knownView(place.closest('[data-tab]')?.dataset.tab ?? state.view) };
    if (hash && !hash.includes('=')) return null;
    const asked = new URLSearchParams(hash);
    return { range: knownRange(asked.get('range')), view: knownView(asked.get('view')) };
  }

  function addressOfState() {
    const entries = Object.entries(state).filter(([, value]) => value);
    const hash = entries.map(([key, value]) => `${key}=${value}`).join('&');
    return location.pathname + location.search + (hash && `#${hash}`);
  }

  function change(patch) {
    Object.assign(state, patch);
    history.pushState(null, '', addressOfState());
    show(patch);
  }

  function restore() {
    const found = stateOfAddress();
    if (!found) return;
    Object.assign(state, found);
    show(found);
    if (placeOfAddress()?.closest('[data-tab]')) placeOfAddress().scrollIntoView(); // it was hidden until now
  }

  function show(patch) {
    if ('view' in patch) showView();
    if ('range' in patch) {
      showRange();
      tell('range', { range: state.range });
    }
  }

  // ---------------------------------------------------------------- ranges

  const rangeButtons = all('[data-ranges] [data-range]');
  const isPressed = (button) => button.getAttribute('aria-pressed') === 'true';
  const defaultRange = rangeButtons.find(isPressed)?.dataset.range ?? '';

  function knownRange(value) {
    if (!value || value === defaultRange) return '';
    const known = isFreeRange(value) || rangeButtons.some((button) => button.dataset.range === value);
    return known ? value : '';
  }

  function isFreeRange(value) {
    const [first, last] = value.split('..').map(Date.parse);
    return FREE_RANGE.test(value) && first < last;
  }

  function showRange() {
    const shown = state.range || defaultRange;
    for (const button of rangeButtons) {
      button.setAttribute('aria-pressed', String(button.dataset.range === shown));
    }
  }

  function setUpRanges() {
    for (const button of rangeButtons) {
      button.addEventListener('click', () => change({ range: knownRange(button.dataset.range) }));
    }
    document.addEventListener('ivts:zoomed', ({ detail }) => {
      Object.assign(state, { range: knownRange(detail.range) });
      history.pushState(null, '', addressOfState());
      showRange();
    });
    document.addEventListener('ivts:failed', () => {
      state.range = '';
      history.replaceState(null, '', addressOfState());
      showRange();
      for (const button of rangeButtons) button.disabled = true;
    });
  }

  // ---------------------------------------------------------------- tabs

  const panels = all('[data-tabs] > [data-tab]');
  const tabs = [];

  function knownView(value) {
    return panels.slice(1).some((panel) => panel.dataset.tab === value) ? value : '';
  }

  function showView() {
    const shown = state.view || panels[0]?.dataset.tab;
    panels.forEach((panel, i) => {
      const selected = panel.dataset.tab === shown;
      panel.hidden = !selected;
      tabs[i].setAttribute('aria-selected', String(selected));
      tabs[i].tabIndex = selected ? 0 : -1;
    });
  }

  function makeTab(panel) {
    const heading = panel.querySelector('h2, h3, h4');
    const tab = create('button', {
      type: 'button',
      className: 'tab',
      id: `tab-${panel.dataset.tab}`,
      textContent: panel.dataset.label ?? heading?.textContent.trim() ?? panel.dataset.tab,
    });
    tab.setAttribute('role', 'tab');
    tab.setAttribute('aria-controls', panel.id);
    tab.addEventListener('click', () => change({ view: knownView(panel.dataset.tab) }));
    panel.setAttribute('role', 'tabpanel');
    panel.setAttribute('aria-labelledby', tab.id);
    return tab;
  }

  /** Arrow keys move along the tabs and select, Home and End go to the ends. */
  function onTabKey(event) {
    const at = tabs.indexOf(event.target);
    const last = tabs.length - 1;
    const goal = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: last }[event.key];
    if (at < 0 || goal === undefined) return;
    event.preventDefault();
    const tab = tabs[(goal + tabs.length) % tabs.length];
    tab.focus();
    tab.click();
  }

  function setUpTabs(box) {
    const list = create('div', { className: 'tablist' });
    list.setAttribute('role', 'tablist');
    list.setAttribute('aria-label', box.dataset.label ?? 'Chart views');
    tabs.push(...panels.map(makeTab));
    list.append(...tabs);
    list.addEventListener('keydown', onTabKey);
    box.prepend(list);
    box.dataset.ready = '';
    showView();
  }

  // ---------------------------------------------------------------- sortable tables

  const announcer = create('p', { className: 'visually-hidden' });
  announcer.setAttribute('role', 'status');

  /** What a cell sorts by: its data-sort value, else its text; as a number where it reads as one. */
  function sortKey(row, column) {
    const cell = row.cells[column];
    const text = cell.dataset.sort ?? cell.textContent.trim();
    const plain = text.replace(/[\s,%+$]/g, '').replace('\u2212', '-');
    return plain !== '' && Number.isFinite(Number(plain)) ? Number(plain) : text;
  }

  function compare(a, b) {
    if (typeof a === 'number' && typeof b === 'number') return a - b;
    if (typeof a !== typeof b) return typeof a === 'number' ? -1 : 1;
    return a.localeCompare(b, 'en');
  }

  function sortBy(table, heading) {
    const order = heading.getAttribute('aria-sort') === 'descending' ? 'ascending' : 'descending';
    const body = table.tBodies[0];
    const sign = order === 'ascending' ? 1 : -1;
    const rows = [...body.rows].map((row) => [sortKey(row, heading.cellIndex), row]);
    rows.sort(([a], [b]) => sign * compare(a, b));
    body.append(...rows.map(([, row]) => row));
    for (const other of heading.parentElement.cells) other.removeAttribute('aria-sort');
    heading.setAttribute('aria-sort', order);
    announcer.textContent = `Sorted by ${heading.textContent.trim()}, ${order}.`;
  }

  function makeSortable(table) {
    for (const heading of table.tHead?.rows[0].cells ?? []) {
      const button = create('button', { type: 'button', className: 'sort' });
      button.append(...heading.childNodes);
      button.addEventListener('click', () => sortBy(table, heading));
      heading.append(button);
    }
  }

  // ---------------------------------------------------------------- staleness

  const DAY = 86_400_000;

  /** A page that nobody rebuilds says so by itself, a day after the next closes were due. */
  function checkDeadline(status) {
    if (!(Date.now() - Date.parse(status.dataset.expected) > DAY)) return;
    const since = status.querySelector('time')?.textContent ?? status.dataset.asOf;
    const words = `No newer close has been published here since ${since}.`;
    const note = create('strong', { className: 'stale', textContent: words });
    status.append(' ', note);
  }

  // ---------------------------------------------------------------- start

  function start() {
    all('[data-theme-button]').forEach(setUpTheme);
    all('[data-tabs]').slice(0, 1).forEach(setUpTabs);
    all('table[data-sortable]').forEach(makeSortable);
    all('[data-expected]').forEach(checkDeadline);
    document.body.append(announcer);
    setUpRanges();
    addEventListener('popstate', restore);
    if (location.hash) restore();
    const arrived = performance.getEntriesByType('navigation')[0]?.type === 'navigate';
    if (arrived && state.view) tabs[0].parentElement.scrollIntoView(); // a shared view is what its reader came for
  }

  document.addEventListener('DOMContentLoaded', start);
})();
