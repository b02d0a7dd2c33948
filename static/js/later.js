/*
 * Sections far below the window (class `later`) are laid out one after the other once the browser is idle, so that the
 * top of a long page is there at once; and all together as soon as somebody goes to a place of the page.
 */
(() => {
  'use strict';

  const root = document.documentElement;
  const waiting = window.ivts.all('.later');
  const idle = window.requestIdleCallback ?? setTimeout;
  const finish = () => root.classList.remove('partly');

  function next() {
    const section = waiting.shift();
    if (!section) return finish();
    section.classList.remove('later');
    return idle(next);
  }

  if (waiting.length) idle(next);
  addEventListener('click', ({ target }) => target.closest?.('a[href*="#"]') && finish(), { capture: true });
})();
