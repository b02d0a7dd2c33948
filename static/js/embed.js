/*
 * A chart in a frame on another page: `?theme=dark` or `light`, and `?range=1y` or any range that the page offers, by
 * the address. The page around it is told the height: {type: "ivts:height", chart, height}.
 */
(() => {
  'use strict';

  const asked = new URLSearchParams(location.search);
  const figure = document.querySelector('[data-chart]');
  const { chart, pictures = '' } = figure.dataset;

  const theme = asked.get('theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;

  if (window.parent !== window) {
    const tell = () => {
      const height = Math.ceil(document.body.getBoundingClientRect().height);
      window.parent.postMessage({ type: 'ivts:height', chart, height }, '*');
    };
    new ResizeObserver(tell).observe(document.body);
    tell();
  }

  /** Put the picture over another range in the place of the first one; where it cannot be had, that stays. */
  async function show(address) {
    const response = await fetch(address);
    if (!response.ok) return;
    const picture = new DOMParser().parseFromString(await response.text(), 'image/svg+xml').documentElement;
    const told = picture.querySelector('metadata');
    const { summary } = JSON.parse(told.textContent);
    told.remove();
    figure.querySelector('[data-plot]').replaceChildren(document.importNode(picture, true));
    if (summary) figure.querySelector('[data-summary]').textContent = summary;
    figure.dataset.range = asked.get('range');
  }

  const offered = new Map([...pictures.matchAll(/(\S+) (\S+)/g)].map(([, range, address]) => [range, address]));
  const address = offered.get(asked.get('range'));
  if (address) show(address).catch((error) => console.warn('range:', error));
})();
