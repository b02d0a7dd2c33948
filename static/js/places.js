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

  /** Whether an address has a page; opened from disk, nobody can tell. */
  const exists = (address) =>
    fetch(address, { method: 'HEAD' }).then(
      ({ ok }) => ok,
      () => true,
    );

  /** Lead to the page of a day, or of the session before a weekend and a holiday. */
  async function goTo(event) {
    event.preventDefault();
    const { elements, dataset } = event.target;
    const day = elements.day.valueAsDate;
    const pages = Array.from({ length: 5 }, (_, back) => new Date(day - back * 86_400_000))
      .filter((each) => each.getUTCDay() % 6)
      .map((each) => `${dataset.goto + each.toISOString().slice(0, 10)}/`);
    for (const page of pages) if (await exists(page)) return location.assign(page);
    location.assign(pages[0]);
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
