/*
 * The page ages in the visitor's browser: a page that nobody rebuilds says how far behind it is. Instants and words
 * come from the page, the rules are those of the build (src/ivts_site/freshness.py, words/status.py).
 */
(() => {
  'use strict';

  const MINUTE = 60_000;

  /** State and words of a page at an instant. */
  function judge({ upcoming, late, due, through }, now) {
    const instants = upcoming.split(' ').map(Date.parse);
    const behind = instants.filter((instant) => instant <= now).length;
    const lead = behind === instants.length ? 'At least ' : '';
    const count = `${lead}${behind} session${behind > 1 ? 's' : ''} behind`;
    if (!behind) return ['fresh', 'Up to date'];
    if (behind > 1) return ['stale', `${count}: the last close here is ${through}`];
    if (now < Date.parse(late)) return ['due', `Next closes due since ${due}`];
    return ['late', `${count}: closes were due ${due}`];
  }

  function tellAge(box) {
    const [state, words] = judge(box.dataset, Date.now());
    box.dataset.age = state;
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
