/*
 * What every page has: the theme button, sortable tables, the box that leads to the page of a day, and the way to places
 * that moved from the front page into the guide. Nothing here is needed to read a page.
 */
(() => {
  'use strict';

  const { all, make, tell } = window.ivts;
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

  // ---------------------------------------------------------------- ways to other pages

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

  // ---------------------------------------------------------------- start

  addEventListener('hashchange', leadOn);
  document.addEventListener('DOMContentLoaded', () => {
    leadOn();
    all('[data-theme-button]').forEach(setUpTheme);
    all('table[data-sortable]').forEach(makeSortable);
    for (const form of all('[data-goto]')) {
      form.hidden = false;
      form.addEventListener('submit', goTo);
    }
    document.body.append(announcer);
  });
})();
