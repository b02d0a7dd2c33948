/*
 * What a visitor can take along from a chart: a link to the view, its rows as CSV, its picture as PNG.
 * Each function gets the chart as charts.js keeps it, and returns the words to confirm with.
 */
(() => {
  'use strict';

  const { ivts } = window;
  const daysShown = (chart) => (chart.meta?.ranges ? ivts.charts.daysOf(chart, chart.range) : null);
  const title = ({ element }) => element.querySelector('.chart-title').textContent.trim();

  function save(blob, name) {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    return `Saved as ${name}`;
  }

  const fileName = (chart, days, kind) => `${['ivts', chart.id, ...(days ?? [])].join('-')}.${kind}`;

  // ---------------------------------------------------------------- link

  /** A field with the link, selected, where the browser does not let the page copy. */
  function offer(address, after) {
    const field = document.createElement('input');
    field.readOnly = true;
    field.value = address;
    field.className = 'link-field';
    field.setAttribute('aria-label', 'Link to this view');
    after.querySelector('.link-field')?.remove();
    after.append(field);
    field.select();
    return 'Copy the selected link';
  }

  /** Address of the page as it is, with the tab of the chart named, the first one, too. */
  function addressOf({ element, id }) {
    const [page, hash = ''] = location.href.split('#');
    const state = new URLSearchParams(hash.includes('=') ? hash : '');
    if (element.closest('[data-tab]')) state.set('view', id);
    return page + (String(state) && `#${state}`);
  }

  async function link(chart) {
    const address = addressOf(chart);
    try {
      await navigator.clipboard.writeText(address);
      return 'Link copied';
    } catch {
      return offer(address, chart.element.querySelector('[data-tools]'));
    }
  }

  // ---------------------------------------------------------------- rows

  /** Rows of the published CSV, which holds derived columns alone unless the site says otherwise. */
  async function csv(chart) {
    const days = daysShown(chart);
    const response = await fetch(chart.element.dataset.csv);
    if (!response.ok) throw new Error(`${response.url}: ${response.status}`);
    const [head, ...rows] = (await response.text()).trimEnd().split('\n');
    // a row is a session, or an episode, of which a part may lie outside of what is shown
    const end = head.startsWith('first_session,last_session') ? 11 : 0;
    const kept = days ? rows.filter((row) => row.slice(end, end + 10) >= days[0] && row.slice(0, 10) <= days[1]) : rows;
    const text = `${[head, ...kept].join('\n')}\n`;
    return save(new Blob([text], { type: 'text/csv' }), fileName(chart, days, 'csv'));
  }

  // ---------------------------------------------------------------- picture

  const HEAD = 30; // pixels for the title
  const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

  async function png(chart) {
    const { data, layout } = ivts.charts.compose(chart);
    const { width, height, margin, font } = layout;
    const ink = layout.hoverlabel.font.color;
    const image = await window.Plotly.toImage(
      {
        data,
        layout: {
          ...layout,
          height: height + HEAD,
          margin: { ...margin, t: margin.t + HEAD },
          title: {
            text: escaped(title(chart)),
            font: { ...font, color: ink, size: 16, weight: 650 },
            xref: 'container',
            x: 0,
            yref: 'container',
            y: 1,
            yanchor: 'top',
            pad: { l: 10, t: 12 },
          },
        },
      },
      { format: 'png', width, height: height + HEAD, scale: 2 },
    );
    const bytes = Uint8Array.from(atob(image.split(',')[1]), (letter) => letter.charCodeAt(0));
    return save(new Blob([bytes], { type: 'image/png' }), fileName(chart, daysShown(chart), 'png'));
  }

  ivts.tools = { link, csv, png };
})();
