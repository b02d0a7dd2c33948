/* The calendar of all years: a tap on a row leads to the page of the session there, and says which before. */
(() => {
  'use strict';

  const { ivts } = window;
  const box = document.querySelector('[data-calendar]');
  if (!box) return;
  const told = box.querySelector('[data-calendar-day]');
  const words = told.textContent;
  const DAY = 86_400_000;

  /** The session of a row nearest to a place on it, as a date. */
  function sessionAt({ dataset, firstElementChild }, clientX) {
    const { left, width } = firstElementChild.getBoundingClientRect();
    const wanted = 1 + ((clientX - left) / width) * 366;
    let day = 0;
    const days = dataset.days.split(' ').map((step) => (day += Number(step)));
    const nearest = days.reduce((best, each) => (Math.abs(each + 0.5 - wanted) < Math.abs(best + 0.5 - wanted) ? each : best));
    return new Date(Date.UTC(Number(dataset.year), 0, 1) + (nearest - 1) * DAY).toISOString().slice(0, 10);
  }

  const rowOf = ({ target }) => target.closest('[data-days]');

  box.addEventListener('pointermove', (event) => {
    const row = rowOf(event);
    told.textContent = row ? ivts.weekdayDate(sessionAt(row, event.clientX)) : words;
  });
  box.addEventListener('pointerleave', () => {
    told.textContent = words;
  });
  box.addEventListener('click', (event) => {
    const row = rowOf(event);
    if (!row || !event.detail || event.ctrlKey || event.metaKey) return; // a key opens the year
    event.preventDefault();
    location.assign(`${box.dataset.calendar}${sessionAt(row, event.clientX)}/`);
  });
})();
