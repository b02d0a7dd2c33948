/*
 * The page ages in the visitor's browser: a page that nobody rebuilds says how far behind it is. Instants and words
 * come from the page, the rules are those of the build (src/ivts_site/freshness.py, view/status.py).
 */
(() => {
  'use strict';

  const MINUTE = 60_000;

  function judge(upcoming, late, now) {
    const behind = upcoming.filter((instant) => instant <= now).length;
    if (behind === 0) return { state: 'fresh', behind };
    if (behind > 1) return { state: 'stale', behind };
    return { state: now >= late ? 'late' : 'due', behind };
  }

  function wordAge({ state, behind }, known, { due, through }) {
    if (state === 'fresh') return 'Up to date';
    if (state === 'due') return `Next closes due since ${due}`;
    const count = `${behind} ${behind === 1 ? 'session' : 'sessions'} behind`;
    const lead = behind === known ? `At least ${count}` : count;
    if (state === 'late') return `${lead}: closes were due ${due}`;
    return `${lead}: the last close here is ${through}`;
  }

  function tellAge(box) {
    const upcoming = box.dataset.upcoming.split(' ').map(Date.parse);
    const found = judge(upcoming, Date.parse(box.dataset.late), Date.now());
    const words = wordAge(found, upcoming.length, box.dataset);
    box.dataset.age = found.state;
    if (box.textContent !== words) box.textContent = words; // a live region speaks only when it changes
  }

  function start() {
    const box = document.querySelector('[data-age]');
    if (!box) return;
    const tell = () => tellAge(box);
    tell();
    setInterval(tell, MINUTE);
    document.addEventListener('visibilitychange', tell);
    addEventListener('pageshow', tell);
  }

  document.addEventListener('DOMContentLoaded', start);
})();
