/*
 * The line above the main chart that says what the curve was at a session: it follows mouse, finger and arrow keys
 * over the picture, with a hairline through both panels. Without any it says the last session of the range. Its cells
 * name the columns of the readings that they show.
 */
(() => {
  'use strict';

  const { ivts } = window;
  const { all } = ivts;
  const line = document.querySelector('[data-readout]');
  const chart = ivts.mainChart;
  if (!line || !chart) return;
  const { plot, reader } = chart;
  const cells = Object.fromEntries(all('[data-read]', line).map((cell) => [cell.dataset.read, cell]));
  const STEPS = { ArrowLeft: -1, ArrowRight: 1, PageUp: -21, PageDown: 21, Home: -Infinity, End: Infinity };
  const SPOKEN_AFTER = 150; // milliseconds: a key held down is not read out session by session

  let main = null; // readings of the range shown
  let at = -1; // session read, by position; -1 for none
  let speaking;

  // ---------------------------------------------------------------- hairline

  const cross = ivts.draw(plot, 'svg', { class: 'cross', 'aria-hidden': 'true' });
  const hair = ivts.draw(cross, 'line', { y2: '100%' });
  const dots = [0, 1].map(() => ivts.draw(cross, 'circle', { r: 4 }));
  const percent = (share) => `${(100 * share).toFixed(2)}%`;

  function mark(i) {
    cross.classList.toggle('is-on', i >= 0);
    if (i < 0) return;
    const [low, high] = main.ends;
    const left = percent((main.times[i] - low) / (high - low));
    hair.setAttribute('x1', left);
    hair.setAttribute('x2', left);
    main.lines.forEach((name, n) => {
      const value = main[name][i];
      dots[n].setAttribute('visibility', value === null ? 'hidden' : 'visible');
      if (value === null) return;
      dots[n].setAttribute('cx', left);
      dots[n].setAttribute('cy', percent(ivts.heightOf(value, main.panels[n])));
    });
  }

  // ---------------------------------------------------------------- words

  /** How the cells of each column write its values; the first line of the picture has the color of the regime. */
  const FORMS = {
    ratios: (value) => ivts.fixed(ivts.published(value), 4),
    slope: (value) => `${value > 0 ? '+' : ''}${ivts.fixed(value, 2)}%`,
  };
  const level = (value) => ivts.fixed(value, 2);

  function say(i) {
    const { regime, day } = main.sessions[i];
    const [name] = main.lines;
    const isKnown = main[name][i] !== null;
    for (const [key, cell] of Object.entries(cells)) {
      const value = main[key]?.[i] ?? null;
      cell.textContent = value === null ? '–' : (FORMS[key] ?? level)(value);
    }
    if (main.suspect.includes(i)) cells[name].textContent += ' ○'; // as the picture marks it
    cells[name].className = isKnown ? regime : '';
    cells.day.textContent = ivts.weekdayDate(main.x[i]);
    cells.run.textContent = isKnown ? ivts.count(day) : '–';
    const { dataset } = cells.regime;
    cells.regime.textContent = isKnown ? (dataset[regime] ?? regime) : dataset.none;
  }

  function speak() {
    clearTimeout(speaking);
    speaking = setTimeout(() => {
      reader.textContent = at < 0 ? '' : [...line.children].map((each) => each.textContent.trim()).join(', ').replace('○', 'suspect');
    }, SPOKEN_AFTER);
  }

  /** Read a session; its last one without any. */
  function read(i) {
    if (!main) return;
    at = i;
    mark(chart.isLive ? -1 : i);
    say(i < 0 ? main.x.length - 1 : i);
  }

  // ---------------------------------------------------------------- mouse, finger, keys

  /** Position of the session nearest to a moment. */
  function nearest(time) {
    const { times } = main;
    let [low, high] = [0, times.length - 1];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (times[middle] <= time) low = middle;
      else high = middle;
    }
    return time - times[low] < times[high] - time ? low : high;
  }

  function onPointer({ clientX }) {
    if (!main || chart.isLive) return;
    const { left, width } = plot.querySelector('.pic').getBoundingClientRect();
    const [low, high] = main.ends;
    read(nearest(low + ((clientX - left) / width) * (high - low)));
  }

  function onKey(event) {
    if (event.target !== plot || event.altKey || event.ctrlKey || event.metaKey) return;
    const step = STEPS[event.key];
    if (event.key === 'Escape') {
      if (chart.isLive) ivts.charts.leave(chart);
      read(-1);
      speak();
    }
    if (!step) return;
    event.preventDefault();
    if (chart.isLive) {
      ivts.charts.read(chart, step);
      return;
    }
    if (!main) return;
    const last = main.x.length - 1;
    const from = at < 0 ? last + 1 : at; // the first key reads the latest session, or the first with Home
    read(Math.max(0, Math.min(last, from + step)));
    speak();
  }

  plot.addEventListener('pointermove', onPointer);
  plot.addEventListener('pointerdown', onPointer);
  plot.addEventListener('pointerleave', ({ pointerType }) => pointerType === 'mouse' && read(-1));
  plot.addEventListener('keydown', onKey);

  /** Read from the readings of another range. */
  function take(readings) {
    main = readings;
    read(-1);
  }

  take(chart.first);
  ivts.readout = {
    take,
    /** The picture has changed: what was read of the last one is gone. */
    forget() {
      main = null;
      at = -1;
      cross.classList.remove('is-on');
    },
    /** Read a day that Plotly's pointer stands on. */
    point(day) {
      if (main?.x.includes(day)) read(main.x.indexOf(day));
    },
  };
})();
