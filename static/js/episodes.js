/*
 * Filters of the table of episodes: least length, least ratio, years; kept in the address (?sessions=5&from=2015).
 * Bounds come from the page, what is compared from the cells.
 */
(() => {
  'use strict';

  const box = document.querySelector('[data-filters]');
  const table = document.querySelector('table.every');
  if (!box || !table) return;
  const count = box.querySelector('[data-count]');
  const fields = [...box.querySelectorAll('input, select')];
  const field = (name) => fields.find((each) => each.name === name);
  const rows = [...table.tBodies[0].rows].map((row) => {
    const [start, sessions, ratio] = [...row.cells].map(({ dataset }) => dataset.sort);
    return { row, year: Number(start.slice(0, 4)), sessions: Number(sessions), ratio: Number(ratio) };
  });

  const value = (name) => Number(field(name).value);
  const initial = (each) => each.defaultValue ?? [...each.options].find((option) => option.defaultSelected).value;

  /** Show the rows within the bounds; a field that is empty or out of its bounds bounds nothing. */
  function show() {
    let shown = 0;
    for (const { row, year, sessions, ratio } of rows) {
      row.hidden = !(
        sessions >= value('sessions') &&
        ratio >= value('ratio') &&
        year >= value('from') &&
        year <= value('to')
      );
      shown += !row.hidden;
    }
    count.textContent = `${shown} of ${rows.length} inversions shown`;
  }

  function remember() {
    const changed = fields.filter((each) => each.value !== '' && each.value !== initial(each));
    const search = new URLSearchParams(changed.map(({ name, value }) => [name, value]));
    history.replaceState(null, '', location.pathname + (String(search) && `?${search}`) + location.hash);
  }

  function restore() {
    for (const [name, text] of new URLSearchParams(location.search)) {
      const asked = field(name);
      const known = asked?.options ? [...asked.options].some((option) => option.value === text) : Number(text) > 0;
      if (asked && known) asked.value = text;
    }
  }

  function change() {
    show();
    remember();
  }

  box.addEventListener('input', change);
  box.querySelector('[data-reset]').addEventListener('click', () => {
    for (const each of fields) each.value = initial(each);
    change();
  });
  restore();
  box.hidden = false;
  show();
})();
