/*
 * What a reader has chosen, kept in the address (#range=5y&view=distribution&entry=…) so that it can be shared: the
 * range of all charts, the tab, and the rules of the threshold explorer. "" is the default of each.
 *
 * Events on `document`:
 *   ivts:range   the range has been chosen or restored: a name, "2020-02-03..2020-06-30", or ""
 *   ivts:view    another tab is shown
 *   ivts:chosen  {range}  asks for a range, from a chart or from the strip
 *   ivts:failed  a range cannot be shown: back to the one that is
 *   ivts:theme   colors have changed
 */
(() => {
  'use strict';

  const { ivts } = window;
  const { all, make, tell } = ivts;

  const RULES = ['entry', 'exit', 'min'];
  const NO_RULES = { entry: '', exit: '', min: '' };
  const state = { range: '', view: '', ...NO_RULES };

  const placeOfAddress = () => (location.hash.length > 1 ? document.getElementById(location.hash.slice(1)) : null);
  const tabOfAddress = () => placeOfAddress()?.closest('[data-tab]');

  /** State named by the address; null where the address names a place on the page instead. */
  function stateOfAddress() {
    const hash = location.hash.slice(1);
    if (placeOfAddress()) return { view: knownView(tabOfAddress()?.dataset.tab ?? state.view) };
    if (hash && !hash.includes('=')) return null;
    const asked = new URLSearchParams(hash);
    return { range: knownRange(asked.get('range')), view: knownView(asked.get('view')), ...knownRules(asked) };
  }

  /** Address of the page in its state, or in another one. */
  ivts.addressOf = (other) => {
    const entries = Object.entries({ ...state, ...other }).filter(([, value]) => value);
    const hash = entries.map(([key, value]) => `${key}=${value}`).join('&');
    return location.pathname + location.search + (hash && `#${hash}`);
  };

  function change(patch) {
    if (Object.entries(patch).every(([key, value]) => state[key] === value)) return;
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
    if ('entry' in patch) showRules();
  }

  // ---------------------------------------------------------------- ranges

  const FREE_RANGE = /^\d{4}-\d\d-\d\d\.\.\d{4}-\d\d-\d\d$/;
  const choices = all('[data-range]');
  const named = Object.fromEntries(choices.map(({ dataset }) => [dataset.range, [dataset.first, dataset.last]]));
  const defaultRange = choices.find(({ ariaPressed }) => ariaPressed === 'true')?.dataset.range ?? '';

  /** First and last day of a range, by name or written out. */
  ivts.daysOf = (range) => named[range || defaultRange] ?? (range ? range.split('..') : undefined);
  ivts.defaultRange = defaultRange;
  ivts.range = () => state.range;

  /** A range that the charts know; "" for the default and for what none knows. */
  function knownRange(value) {
    const [first, last] = (value ?? '').split('..').map(Date.parse);
    const isKnown = value in named || (FREE_RANGE.test(value) && first < last);
    return isKnown && value !== defaultRange ? value : '';
  }

  function showRange() {
    for (const choice of choices) {
      const isChosen = String(choice.dataset.range === (state.range || defaultRange));
      if (choice.matches('button')) choice.ariaPressed = isChosen;
      else choice.ariaCurrent = isChosen;
    }
    tell('range', state.range);
  }

  function setUpRanges() {
    for (const choice of choices) {
      choice.addEventListener('click', (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        change({ range: knownRange(choice.dataset.range) });
      });
    }
    document.addEventListener('ivts:chosen', ({ detail: { range } }) => change({ range: knownRange(range) }));
    document.addEventListener('ivts:failed', ({ detail }) => {
      state.range = detail;
      history.replaceState(null, '', ivts.addressOf());
      showRange();
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
      putRules ??= ivts.explorer(explorer, figure, (rules) => change(rules));
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
    tell('view');
  }

  function makeTab(panel) {
    const name = panel.dataset.tab;
    const tab = make('button', {
      type: 'button',
      className: 'tab',
      id: `tab-${name}`,
      textContent: panel.dataset.label,
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

  // ---------------------------------------------------------------- start

  document.addEventListener('DOMContentLoaded', () => {
    all('[data-tabs]').slice(0, 1).forEach(setUpTabs);
    setUpRanges();
    setUpExplorer();
    addEventListener('popstate', restore);
    if (location.hash) restore();
    if (performance.getEntriesByType('navigation')[0]?.type !== 'navigate') return;
    if (RULES.some((name) => state[name])) explorer.scrollIntoView(); // a shared view is what its reader came for
    else if (location.hash.includes(`view=${shownView()}`)) tabs[0].parentElement.scrollIntoView();
  });
})();
