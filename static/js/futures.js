/*
 * Curves of any dates on one graph, from a file a month: ?d=2020-03-16&d=2008-10-24. Without an address it shows the
 * dates that the page names.
 */
(() => {
  'use strict';

  const { ivts } = window;
  const box = document.querySelector('[data-curves]');
  if (!box) return;
  const { first, last } = box.dataset;
  const form = box.querySelector('[data-form]');
  const field = form.querySelector('input');
  const list = box.querySelector('[data-list]');
  const canvas = box.querySelector('[data-canvas]');
  const heading = document.getElementById('h-compare');
  const message = box.querySelector('[data-message]');
  const MOST = 20;
  const TICKS = [8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 100, 120, 150];
  const MARGIN = { top: 24, right: 84, bottom: 28, left: 34 };
  const SVG = canvas.querySelector('svg').namespaceURI;
  const months = new Map();
  let dates = [];
  let scale = 'points';

  // ---------------------------------------------------------------- curves

  function month(name) {
    if (!months.has(name)) {
      const asked = fetch(`${box.dataset.api}${name}.json`).then((response) => {
        if (response.status === 404) return {};
        if (!response.ok) throw new Error(`${response.url}: ${response.status}`);
        return response.json();
      });
      asked.catch(() => months.delete(name)); // to be asked for again
      months.set(name, asked);
    }
    return months.get(name);
  }

  async function curve(day) {
    const sessions = await month(day.slice(0, 7));
    if (sessions[day]) return sessions[day].curve;
    const near = Object.keys(sessions).filter((each) => each < day).pop() ?? Object.keys(sessions)[0];
    throw new Unknown(`No settlement is stored for ${ivts.longDate(day)}${near ? `; try ${ivts.longDate(near)}` : ''}.`);
  }

  class Unknown extends Error {}

  const SHORT = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });
  const shortDate = (day) => SHORT.format(new Date(day));

  const slope = (points) => points[1][1] / points[0][1] - 1;

  // ---------------------------------------------------------------- picture

  function element(name, attributes, text) {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text !== undefined) made.textContent = text;
    return made;
  }

  /** Push names apart where they would cover each other. */
  function spread(ends, gap) {
    const sorted = [...ends].sort((a, b) => a.y - b.y);
    sorted.forEach((end, i) => {
      if (i) end.y = Math.max(end.y, sorted[i - 1].y + gap);
    });
  }

  function draw(curves) {
    const width = canvas.clientWidth;
    const height = canvas.clientHeight;
    const lines = curves.map(({ day, points }) => ({
      day,
      tone: slope(points) < 0 ? 'backwardation' : 'contango',
      points: points.map(([x, y]) => [x, scale === 'index' ? (y / points[0][1]) * 100 : y]),
    }));
    const logs = lines.flatMap((line) => line.points.map(([, y]) => Math.log10(y)));
    const low = Math.min(...logs) - 0.02;
    const high = Math.max(...logs) + 0.02;
    const longest = Math.max(...lines.flatMap((line) => line.points.map(([x]) => x)));
    const right = width - MARGIN.right;
    const across = (x) => MARGIN.left + (x / longest) * (right - MARGIN.left);
    const down = (y) => MARGIN.top + ((high - Math.log10(y)) / (high - low)) * (height - MARGIN.top - MARGIN.bottom);
    const words = lines.map((line) => ivts.longDate(line.day)).join(', ');
    const svg = element('svg', { class: 'drawn', viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': `Curves of ${words}` });
    svg.append(element('text', { class: 't', x: 0, y: 12 }, scale === 'index' ? 'first month = 100, log scale' : 'points, log scale'));
    for (const tick of TICKS.filter((each) => Math.log10(each) >= low && Math.log10(each) <= high)) {
      svg.append(element('line', { class: 's-rule', x1: MARGIN.left, x2: right, y1: down(tick), y2: down(tick) }));
      svg.append(element('text', { class: 't', x: MARGIN.left - 6, y: down(tick) + 4, 'text-anchor': 'end' }, String(tick)));
    }
    const step = width < 560 ? 60 : 30;
    for (let x = 0; x <= longest; x += step) {
      svg.append(element('text', { class: 't', x: across(x), y: height - 8, 'text-anchor': 'middle' }, x ? String(x) : '0 days'));
    }
    const ends = [];
    lines.forEach(({ day, tone, points }, i) => {
      const path = points.map(([x, y], at) => `${at ? 'L' : 'M'}${across(x).toFixed(1)} ${down(y).toFixed(1)}`).join('');
      svg.append(element('path', { class: `s-${tone}`, d: path, 'stroke-width': i ? 1.25 : 2.5 }));
      for (const [x, y] of points) svg.append(element('circle', { class: `f-${tone}`, cx: across(x), cy: down(y), r: i ? 2.5 : 3.5 }));
      ends.push({ day, tone, y: down(points.at(-1)[1]) + 4, strong: !i });
    });
    spread(ends, 14);
    for (const { day, tone, y, strong } of ends) {
      svg.append(element('text', { class: `t${strong ? '-strong' : ''} f-${tone} halo`, x: right + 6, y }, shortDate(day)));
    }
    canvas.replaceChildren(svg);
  }

  // ---------------------------------------------------------------- dates and the address

  const moved = (value) => `${value < 0 ? 'down' : 'up'} ${ivts.fixed(Math.abs(value) * 100)}%`;

  /** As the page words it for the dates that it came with. */
  function headline(curves) {
    const sorted = [...curves].sort((a, b) => slope(a.points) - slope(b.points));
    const told = ({ day, points }) => `${moved(slope(points))} on ${ivts.longDate(day)}`;
    const [low, high] = [sorted[0], sorted.at(-1)];
    return `First to second month: ${[...new Set([told(low), told(high)])].join(', ')}`;
  }

  function show(curves) {
    heading.textContent = headline(curves);
    list.replaceChildren(
      ...curves.map(({ day, points }) => {
        const item = document.createElement('li');
        const value = slope(points);
        const told = document.createElement('small');
        told.className = value < 0 ? 'down' : 'up';
        told.textContent = ivts.percentChange(value);
        const away = document.createElement('button');
        away.type = 'button';
        away.textContent = '×';
        away.setAttribute('aria-label', `Take ${ivts.longDate(day)} away`);
        away.disabled = curves.length === 1;
        away.addEventListener('click', () => change(dates.filter((each) => each !== day)));
        item.append(shortDate(day), ' ', told, away);
        return item;
      }),
    );
    draw(curves);
  }

  let latest = 0; // an answer that comes late must not replace a newer one

  async function load(wanted) {
    latest += 1;
    const turn = latest;
    try {
      const curves = await Promise.all(wanted.map(async (day) => ({ day, points: await curve(day) })));
      if (turn !== latest) return;
      dates = wanted;
      show(curves);
      message.textContent = `${dates.length} of ${MOST} dates`;
    } catch (error) {
      if (turn !== latest) return;
      if (!(error instanceof Unknown)) console.warn('The curves:', error);
      const disk = 'This page was opened from disk, where browsers keep its data from it; open it from a server.';
      message.textContent = error instanceof Unknown ? error.message : ivts.fromDisk ? disk : 'The curves could not be loaded; try again.';
    }
  }

  function change(wanted) {
    if (wanted.length > MOST) {
      message.textContent = `At most ${MOST} dates; take one away first.`;
      return;
    }
    load(wanted).then(() => history.replaceState(null, '', `?${dates.map((day) => `d=${day}`).join('&')}${location.hash}`));
  }

  /** Whether a text is a date of the calendar; browsers take 31 February for one of March. */
  function isDay(text) {
    const at = Date.parse(/^\d{4}-\d\d-\d\d$/.test(text) ? text : '');
    return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
  }

  function asked() {
    const given = new URLSearchParams(location.search).getAll('d').flatMap((each) => each.split(','));
    const found = [...new Set(given)].filter((day) => isDay(day) && day >= first && day <= last);
    return found.slice(0, MOST);
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (isDay(field.value)) change([...new Set([...dates, field.value])]);
  });
  for (const button of form.querySelectorAll('[data-scale]')) {
    button.addEventListener('click', () => {
      scale = button.dataset.scale;
      for (const each of form.querySelectorAll('[data-scale]')) each.setAttribute('aria-pressed', String(each === button));
      load(dates);
    });
  }
  form.querySelector('[data-copy]').addEventListener('click', async () => {
    const address = `${location.origin}${location.pathname}?${dates.map((day) => `d=${day}`).join('&')}#compare`;
    try {
      await navigator.clipboard.writeText(address);
      message.textContent = 'The link is copied.';
    } catch {
      message.textContent = address;
    }
  });
  form.querySelector('[data-csv]')?.addEventListener('click', async () => {
    const rows = await Promise.all(dates.map(async (day) => (await curve(day)).map(([days, settle]) => `${day},${days},${settle}`)));
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([['session,days,settle', ...rows.flat(), ''].join('\n')], { type: 'text/csv' }));
    link.download = 'futures-curves.csv';
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  });

  dates = box.dataset.dates.split(' ');
  form.hidden = false;
  const wanted = asked();
  // the first picture came with the page: its files are fetched when somebody reaches for them
  if (wanted.length) load(wanted);
  else {
    const wake = () => load(dates);
    for (const kind of ['pointerenter', 'focusin', 'touchstart']) box.addEventListener(kind, wake, { once: true, passive: true });
    message.textContent = `${dates.length} of ${MOST} dates`;
  }
  let drawnAt = 0;
  new ResizeObserver(() => {
    if (canvas.querySelector('.drawn') && Math.abs(canvas.clientWidth - drawnAt) > 1) {
      drawnAt = canvas.clientWidth;
      load(dates);
    }
  }).observe(canvas);
})();
