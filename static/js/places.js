/*
 * Ways to other pages: places that moved from the front page into the guide, shared addresses of the threshold explorer,
 * and the box that leads to the page of a day. Without script the front page keeps a link at each old place.
 */
(() => {
  'use strict';

  /** Lead an old address of the front page on; a place that is still there, and the charts' state, stay. */
  function leadOn() {
    const moved = document.querySelector('[data-moved]');
    const hash = location.hash;
    const there = hash && document.getElementById(hash.slice(1));
    if (!moved || !hash || (there && !moved.contains(there))) return;
    if (/[#&](entry|exit|min)=/.test(hash)) location.replace(moved.dataset.rules + hash);
    else if (/^#[a-z][\w-]*$/.test(hash)) location.replace(there?.href ?? moved.dataset.moved + hash);
  }

  function goTo(event) {
    event.preventDefault();
    const day = event.target.elements.day.valueAsDate;
    while (day.getUTCDay() % 6 === 0) day.setUTCDate(day.getUTCDate() - 1); // a weekend has no page: back to Friday
    location.assign(`${event.target.dataset.goto + day.toISOString().slice(0, 10)}/`);
  }

  addEventListener('hashchange', leadOn);
  document.addEventListener('DOMContentLoaded', () => {
    leadOn();
    for (const form of window.ivts.all('[data-goto]')) {
      form.hidden = false;
      form.addEventListener('submit', goTo);
    }
  });
})();
