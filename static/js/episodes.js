/*
 * Filters of the table of episodes: least length, least ratio, years; kept in the address (?sessions=5&from=2015).
 * Bounds come from the page, what is compared from the cells.
 */
(() => {
  'use strict';

  const form = document.querySelector('[data-filters]');
  const table = document.querySelector('table.every');
  if (!form || !table) return;
  const count = form.querySelector('[data-count]');
  const fields = [...form.elements].filter(({ name }) => name);
  const rows = [...table.tBodies[0].rows].map((row) => {
    const [start, , sessions, ratio] = [...row.cells].map(({ dataset }) => dataset.sort);
    return { row, year: Number(start.slice(0, 4)), sessions: Number(sessions), ratio: Number(ratio) };
  });

  const value = (name) => Number(form.elements[name].value);
  const initial = (field) => field.defaultValue ?? [...field.options].find((option) => option.defaultSelected).value;

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
    count.textContent = `${shown} of ${rows.length} episodes shown`;
  }

  function remember() {
    const changed = fields.filter((field) => field.value !== '' && field.value !== initial(field));
    const search = new URLSearchParams(changed.map(({ name, value }) => [name, value]));
    history.replaceState(null, '', location.pathname + (String(search) && `?${search}`) + location.hash);
  }

  function restore() {
    for (const [name, text] of new URLSearchParams(location.search)) {
      const field = fields.find((each) => each.name === name);
      const known = field?.options ? [...field.options].some((option) => option.value === text) : Number(text) > 0;
      if (field && known) field.value = text;
    }
  }

  form.addEventListener('input', () => {
    show();
    remember();
  });
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('reset', () => {
    setTimeout(() => {
      show();
      remember();
    });
  });
  restore();
  form.hidden = false;
  show();
})();
