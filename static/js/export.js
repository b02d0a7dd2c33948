/*
 * What a visitor can take along from a chart: a link to the view, its rows as CSV, its drawing as PNG.
 * Each function gets the chart as pictures.js keeps it, and returns the words to confirm with.
 */
(() => {
  'use strict';

  const { ivts } = window;
  const { all, make } = ivts;

  /** Save under a name that says what is shown. */
  function save(chart, blob, kind, days) {
    const download = `${['ivts', chart.id, ...days].join('-')}.${kind}`;
    const href = URL.createObjectURL(blob);
    make('a', { href, download }).click();
    setTimeout(() => URL.revokeObjectURL(href), 10_000);
    return `Saved as ${download}`;
  }

  // ---------------------------------------------------------------- link

  /** A field with the link, selected, where the browser does not let the page copy. */
  function offer(value, after) {
    const field = make('input', { readOnly: true, value, className: 'link-field', 'aria-label': 'Link to this view' });
    after.querySelector('.link-field')?.remove();
    after.append(field);
    field.select();
    return 'Copy the selected link';
  }

  /** The page as it is, with the tab of the chart named, the first one, too. */
  async function link({ element, id }) {
    const address = new URL(ivts.addressOf(element.closest('[data-tab]') && { view: id }), location).href;
    try {
      await navigator.clipboard.writeText(address);
      return 'Link copied';
    } catch {
      return offer(address, element.querySelector('[data-tools]'));
    }
  }

  // ---------------------------------------------------------------- rows

  /** Rows of the published CSV, which holds derived columns alone unless the site says otherwise. */
  async function csv(chart) {
    const text = await (await ivts.load(chart.element.dataset.csv)).text();
    const [head, ...rows] = text.split(/(?<=\n)/);
    // a row is a session, or an episode, of which a part may lie outside of what is shown
    const end = head.startsWith('first_') ? 11 : 0;
    const days = /^(first_)?session/.test(head) ? ivts.daysOf(chart.range) : [];
    const [first, last] = days.length ? days : ['', '~'];
    const kept = rows.filter((row) => row.slice(end, end + 10) >= first && row.slice(0, 10) <= last);
    return save(chart, new Blob([head, ...kept], { type: 'text/csv' }), 'csv', days);
  }

  // ---------------------------------------------------------------- picture

  const HEAD = 30; // pixels for the title
  const SCALE = 2;
  const LOOK = ['fill', 'stroke', 'stroke-width', 'stroke-linejoin', 'font-family', 'font-size', 'font-weight', 'paint-order'];

  function put(element, attributes) {
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return element;
  }

  /** A copy of a drawing that carries its looks with it, where the page shows it. */
  function copyOf(drawing, box) {
    const copy = drawing.cloneNode(true);
    const copies = all('*', copy);
    all('*', drawing).forEach((element, i) => {
      const style = getComputedStyle(element);
      if (style.display === 'none' || element.matches('.hoverlayer')) copies[i].remove();
      for (const name of LOOK) copies[i].setAttribute(name, style.getPropertyValue(name));
    });
    const { left, top, width, height } = drawing.getBoundingClientRect();
    return put(copy, { x: left - box.left, y: top - box.top + HEAD, width, height, overflow: 'visible' });
  }

  /** What the box shows, Plotly's drawing or the picture, below the chart's title. */
  async function png(chart) {
    const box = chart.plot.getBoundingClientRect();
    const size = { width: box.width, height: box.height + HEAD };
    const heading = chart.element.querySelector('.chart-title');
    const { color, fontFamily } = getComputedStyle(heading);
    const font = { 'font-family': fontFamily, 'font-size': 16, 'font-weight': 650 };
    const drawing = put(chart.plot.querySelector('.pic').cloneNode(), size);
    const part = (name, attributes) => put(document.createElementNS(drawing.namespaceURI, name), attributes);
    const title = part('text', { x: 10, y: 21, fill: color, ...font });
    title.textContent = heading.textContent.trim();
    drawing.append(
      part('rect', { ...size, fill: getComputedStyle(document.documentElement).backgroundColor }),
      title,
      ...all(chart.isLive ? '.main-svg' : '.pic', chart.plot).map((layer) => copyOf(layer, box)),
    );
    const source = new XMLSerializer().serializeToString(drawing);
    const image = make('img', { src: `data:image/svg+xml,${encodeURIComponent(source)}` });
    await image.decode();
    const canvas = make('canvas', { width: SCALE * size.width, height: SCALE * size.height });
    canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height);
    return save(chart, await new Promise((done) => canvas.toBlob(done)), 'png', ivts.daysOf(chart.range) ?? []);
  }

  ivts.tools = { link, csv, png };
})();
