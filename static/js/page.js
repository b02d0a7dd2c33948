/*
 * The page without its charts: theme button, tabs, range buttons, the state kept in the address
 * (#range=5y&view=distribution&entry=…), and sortable tables.
 * Nothing here is needed to read the page.
 *
 * Events on `document`, both ways between this file and the charts. `key` says whose range it is: "range" is that of
 * the charts with range buttons, every other chart has its own, under its id.
 *   ivts:range   {key, range}  chosen or restored: a button's name, "2020-02-03..2020-06-30", or "" (default)
 *   ivts:zoomed  {key, range}  chosen in the chart itself
 *   ivts:failed  {key, final}  the interactive chart cannot be had: its range is the picture's, for good where final
 *   ivts:theme                 colours have changed
 */
(() => {
  'use strict';

  const { ivts } = window;
  const { all, make, tell } = ivts;
  const root = document.documentElement;

  // ---------------------------------------------------------------- theme

  const THEMES = ['auto', 'light', 'dark'];
  const theme = () => root.dataset.theme ?? THEMES[0];

  function setTheme(chosen) {
    root.dataset.theme = chosen;
    try {
      localStorage.setItem('theme', chosen);
    } catch {
      // storage is blocked: the choice lasts as long as the page
    }
    tell('theme');
  }

  function setUpTheme(button) {
    const next = () => THEMES[(THEMES.indexOf(theme()) + 1) % THEMES.length];
    const label = () => {
      button.ariaLabel = button.title = `Theme: ${theme()}. Switch to ${next()}`;
    };
    button.addEventListener('click', () => {
      setTheme(next());
      label();
    });
    label();
    button.hidden = false;
  }

  // ---------------------------------------------------------------- state in the address

  ivts.keyOf = (chart) => (chart.querySelector('[data-ranges]') ? 'range' : chart.dataset.chart);

  const RULES = ['entry', 'exit', 'min'];
  const NO_RULES = { entry: '', exit: '', min: '' };
  const rangeKeys = [...new Set(['range', ...all('[data-chart]').map(ivts.keyOf)])];
  const state = { range: '', view: '', ...NO_RULES }; // "" or none is the default of each

  const placeOfAddress = () => document.getElementById(location.hash.slice(1));
  const tabOfAddress = () => placeOfAddress()?.closest('[data-tab]');

  /** State named by the address; null where the address names a place on the page instead. */
  function stateOfAddress() {
    const hash = location.hash.slice(1);
    if (placeOfAddress()) return { view: knownView(tabOfAddress()?.dataset.tab ?? state.view) };
    if (hash && !hash.includes('=')) return null;
    const asked = new URLSearchParams(hash);
    const ranges = rangeKeys.map((key) => [key, knownRange(asked.get(key), key)]);
    return { ...Object.fromEntries(ranges), view: knownView(asked.get('view')), ...knownRules(asked) };
  }

  /** Address of the page in its state, or in another one. */
  ivts.addressOf = (other) => {
    const entries = Object.entries({ ...state, ...other }).filter(([, value]) => value);
    const hash = entries.map(([key, value]) => `${key}=${value}`).join('&');
    return location.pathname + location.search + (hash && `#${hash}`);
  };

  function change(patch) {
    Object.assign(state, patch);
    history.pushState(null, '', ivts.addressOf());
    show(patch);
  }

  function restore() {
    const found = stateOfAddress();
    if (!found) return;
    Object.assign(state, found);
    show(found);
    if (tabOfAddress()) placeOfAddress().scrollIntoView(); // it was hidden until now
  }

  function show(patch) {
    if ('view' in patch) showView();
    if ('range' in patch) showRange();
    for (const key of rangeKeys) {
      const isShown = 'view' in patch && key === shownView(); // a zoom kept for a tab waits until it shows
      if (key in patch || isShown) tell('range', { key, range: state[key] ?? '' });
    }
    if ('entry' in patch) showRules();
  }

  // ---------------------------------------------------------------- ranges

  const FREE_RANGE = /^\d{4}-\d\d-\d\d\.\.\d{4}-\d\d-\d\d$/;
  const rangeButtons = all('[data-ranges] [data-range]');
  const defaultRange = rangeButtons.find(({ ariaPressed }) => ariaPressed === 'true')?.dataset.range ?? '';

  /** A range that the charts of a key know; "" for the default and for what none knows. */
  function knownRange(value, key) {
    const names = key === 'range' ? rangeButtons.map(({ dataset }) => dataset.range) : ['all'];
    const [first, last] = (value ?? '').split('..').map(Date.parse);
    const isKnown = names.includes(value) || (FREE_RANGE.test(value) && first < last);
    return isKnown && value !== defaultRange ? value : '';
  }

  function showRange() {
    for (const button of rangeButtons) {
      button.ariaPressed = String(button.dataset.range === (state.range || defaultRange));
    }
  }

  function setUpRanges() {
    for (const button of rangeButtons) {
      button.addEventListener('click', () => change({ range: knownRange(button.dataset.range, 'range') }));
    }
    document.addEventListener('ivts:zoomed', ({ detail: { key, range } }) => change({ [key]: knownRange(range, key) }));
    document.addEventListener('ivts:failed', ({ detail: { key, final } }) => {
      if (state[key]) {
        state[key] = '';
        history.replaceState(null, '', ivts.addressOf());
      }
      if (key !== 'range') return;
      showRange();
      for (const button of rangeButtons) button.disabled = final;
    });
  }

  // ---------------------------------------------------------------- threshold explorer

  const explorer = document.querySelector('section[data-explorer]');
  let putRules = null; // set once the explorer's script runs

  /** Rules of an address; none where one is not on its slider or the exit lies above the entry. */
  function knownRules(asked) {
    const found = {};
    const dials = RULES.map((name) => {
      const dial = explorer?.querySelector(`[data-slider="${name}"]`).cloneNode() ?? {};
      const value = Number(asked.get(name) || dial.defaultValue);
      dial.value = value; // the browser keeps it within the bounds and on a step
      found[name] = value === Number(dial.defaultValue) ? '' : String(value);
      return dial.valueAsNumber === value ? value : NaN;
    });
    return dials[1] <= dials[0] && dials[2] ? found : NO_RULES;
  }

  async function showRules() {
    if (!putRules && RULES.some((name) => state[name])) await wakeExplorer();
    putRules?.(state);
  }

  async function wakeExplorer() {
    const status = explorer.querySelector('[data-explorer-status]');
    try {
      const [figure] = await Promise.all([ivts.figure(explorer.dataset.src), ivts.script('live')]);
      putRules ??= ivts.explorer(explorer, figure, (rules) => {
        if (RULES.some((name) => state[name] !== rules[name])) change(rules);
      });
      status.textContent = '';
    } catch (error) {
      status.textContent = ivts.excuse(error, 'The series', 'the table stays as it is.', 'Move a slider');
    }
  }

  function setUpExplorer() {
    for (const intent of ['focusin', 'pointerdown', 'input']) {
      explorer?.addEventListener(intent, () => putRules ?? wakeExplorer());
    }
  }

  // ---------------------------------------------------------------- tabs

  const panels = all('[data-tabs] > [data-tab]');
  const tabs = [];

  const shownView = () => state.view || panels[0]?.dataset.tab;
  const knownView = (value) => (panels.slice(1).some(({ dataset }) => dataset.tab === value) ? value : '');

  function showView() {
    panels.forEach((panel, i) => {
      panel.hidden = panel.dataset.tab !== shownView();
      tabs[i].ariaSelected = String(!panel.hidden);
      tabs[i].tabIndex = panel.hidden ? -1 : 0;
    });
  }

  function makeTab(panel) {
    const name = panel.dataset.tab;
    const tab = make('button', {
      type: 'button',
      className: 'tab',
      id: `tab-${name}`,
      textContent: panel.querySelector('h3').textContent.trim(),
      role: 'tab',
      'aria-controls': panel.id,
    });
    tab.addEventListener('click', () => change({ view: knownView(name) }));
    panel.setAttribute('role', 'tabpanel');
    panel.setAttribute('aria-labelledby', tab.id);
    return tab;
  }

  /** Arrow keys move along the tabs and select, Home and End go to the ends. */
  function onTabKey(event) {
    const at = tabs.indexOf(event.target);
    const goal = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
    if (at < 0 || goal === undefined) return;
    event.preventDefault();
    const tab = tabs.at(goal % tabs.length);
    tab.focus();
    tab.click();
  }

  function setUpTabs(box) {
    const list = make('div', { className: 'tablist', role: 'tablist', 'aria-label': 'Chart views' });
    tabs.push(...panels.map(makeTab));
    list.append(...tabs);
    list.addEventListener('keydown', onTabKey);
    box.prepend(list);
    box.dataset.ready = '';
    showView();
  }

  // ---------------------------------------------------------------- sortable tables

  const announcer = make('p', { className: 'visually-hidden', role: 'status' });

  /** What a cell sorts by: its data-sort value, else its text; as a number where it reads as one. */
  function sortKey(row, column) {
    const cell = row.cells[column];
    const text = cell.dataset.sort ?? cell.textContent.trim();
    const plain = text.replace(/[\s,%+$]/g, '').replace('\u2212', '-');
    return plain !== '' && Number.isFinite(Number(plain)) ? Number(plain) : text;
  }

  function compare(a, b) {
    if (typeof a !== typeof b) return typeof a === 'number' ? -1 : 1;
    return (a > b) - (a < b);
  }

  function sortBy(table, heading) {
    const order = heading.ariaSort === 'descending' ? 'ascending' : 'descending';
    const sign = order === 'ascending' ? 1 : -1;
    const body = table.tBodies[0];
    const key = (row) => sortKey(row, heading.cellIndex);
    body.append(...[...body.rows].sort((a, b) => sign * compare(key(a), key(b))));
    for (const other of heading.parentElement.cells) other.removeAttribute('aria-sort');
    heading.ariaSort = order;
    announcer.textContent = `Sorted by ${heading.textContent.trim()}, ${order}.`;
  }

  function makeSortable(table) {
    for (const heading of table.tHead?.rows[0].cells ?? []) {
      const button = make('button', { type: 'button', className: 'sort' });
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
    if (performance.getEntriesByType('navigation')[0]?.type !== 'navigate') return;
    if (RULES.some((name) => state[name])) explorer.scrollIntoView(); // a shared view is what its reader came for
    else if (location.hash.includes(`view=${shownView()}`)) tabs[0].parentElement.scrollIntoView();
  }

  document.addEventListener('DOMContentLoaded', start);
})();
