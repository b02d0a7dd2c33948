/*
 * What every page has: the theme button and sortable tables. Nothing here is needed to read a page.
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

  document.addEventListener('DOMContentLoaded', () => {
    all('[data-theme-button]').forEach(setUpTheme);
    all('table[data-sortable]').forEach(makeSortable);
    document.body.append(announcer);
  });
})();
