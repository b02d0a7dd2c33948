/*
 * The page without its charts: theme button, tabs, range buttons, the state kept in the address
 * (#range=5y&view=distribution&entry=…), and sortable tables.
 * Nothing here is needed to read the page.
 *
 * Events on `document`, both ways between this file and the charts:
 *   ivts:range   {range}  a range was chosen or restored: a button's name, "2020-02-03..2020-06-30", or "" (default)
 *   ivts:zoomed  {range}  a range that was chosen in the chart itself
 *   ivts:failed  {final}  the interactive chart cannot be had: its range is the picture's, for good where final
 *   ivts:theme            colours have changed
 */
(() => {
  'use strict';

  const { ivts } = window;
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
  const state = { range: '', view: '', entry: '', exit: '', min: '' }; // "" is the default of each

  const placeOfAddress = () => document.getElementById(location.hash.slice(1));

  /** State named by the address; null where the address names a place on the page instead. */
  function stateOfAddress() {
    const hash = location.hash.slice(1);
    const place = placeOfAddress();
    if (place) return { view: knownView(place.closest('[data-tab]')?.dataset.tab ?? state.view) };
    if (hash && !hash.includes('=')) return null;
    const asked = new URLSearchParams(hash);
    return { range: knownRange(asked.get('range')), view: knownView(asked.get('view')), ...knownRules(asked) };
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
    if ('entry' in patch) showRules();
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
    document.addEventListener('ivts:failed', ({ detail }) => {
      state.range = '';
      history.replaceState(null, '', addressOfState());
      showRange();
      for (const button of rangeButtons) button.disabled = detail.final;
    });
  }

  // ---------------------------------------------------------------- threshold explorer

  const explorer = document.querySelector('section[data-explorer]');
  const RULES = ['entry', 'exit', 'min'];
  let putRules = null; // set once the explorer's script runs

  /** Rules of an address; none where one is out of bounds or the exit lies above the entry. */
  function knownRules(asked) {
    const found = {};
    const numbers = {};
    for (const name of RULES) {
      const field = explorer?.querySelector(`[data-field="${name}"]`);
      const text = asked.get(name) ?? '';
      const value = Number(text || field?.defaultValue);
      if (!field || !(value >= Number(field.min) && value <= Number(field.max))) return NO_RULES;
      if (name === 'min' && !Number.isInteger(value)) return NO_RULES;
      numbers[name] = value;
      found[name] = value === Number(field.defaultValue) ? '' : String(value);
    }
    return numbers.exit <= numbers.entry ? found : NO_RULES;
  }

  const NO_RULES = { entry: '', exit: '', min: '' };

  async function showRules() {
    const asked = RULES.some((name) => state[name]);
    if (!putRules && asked) await wakeExplorer();
    putRules?.(state);
  }

  async function wakeExplorer() {
    const status = explorer.querySelector('[data-explorer-status]');
    try {
      const [figure] = await Promise.all([ivts.figure(explorer.dataset.src), ivts.script('explorer')]);
      putRules ??= ivts.explorer(explorer, ivts.series(figure), (rules) => {
        if (RULES.every((name) => state[name] === rules[name])) return;
        Object.assign(state, rules);
        history.pushState(null, '', addressOfState());
      });
      status.textContent = '';
    } catch (error) {
      console.warn('The explorer has no series:', error);
      status.textContent = ivts.fromDisk
        ? 'This page was opened from disk, where browsers keep its data from it: the table stays as it is.'
        : 'The series could not be loaded; the table stays as it is. Move a slider to try again.';
    }
  }

  function setUpExplorer() {
    if (!explorer) return;
    for (const intent of ['focusin', 'pointerdown', 'input']) {
      explorer.addEventListener(intent, () => putRules ?? wakeExplorer());
    }
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

  // ---------------------------------------------------------------- start

  function start() {
    all('[data-theme-button]').forEach(setUpTheme);
    all('[data-tabs]').slice(0, 1).forEach(setUpTabs);
    all('table[data-sortable]').forEach(makeSortable);
    document.body.append(announcer);
    setUpRanges();
    setUpExplorer();
    addEventListener('popstate', restore);
    if (location.hash) restore();
    const arrived = performance.getEntriesByType('navigation')[0]?.type === 'navigate';
    const shared = new URLSearchParams(location.hash.slice(1)); // a shared view is what its reader came for
    if (arrived && state.entry + state.exit + state.min) explorer.scrollIntoView();
    else if (arrived && panels.some((panel) => panel.dataset.tab === shared.get('view'))) {
      tabs[0].parentElement.scrollIntoView();
    }
  }

  document.addEventListener('DOMContentLoaded', start);
})();
