/*
 * The strip of the whole history: a brush over the range shown, to be dragged with mouse or finger and moved with
 * the arrow keys. Events and years on it are links that address.js takes.
 */
(() => {
  'use strict';

  const { ivts } = window;
  const { tell } = ivts;
  const map = document.querySelector('[data-strip]');
  if (!map) return;
  const brush = map.querySelector('[data-brush]');
  const DAY = 86_400_000;
  const LEAST = 21 * DAY;
  const SLACK = 6; // pixels that a tap may move
  const [start, end] = [Date.parse(map.dataset.first), Date.parse(map.dataset.last)];

  const part = (name, settings) => ivts.draw(brush, name, settings);
  const shade = part('rect', { class: 'brush', y: '20%', height: '80%' });
  const edges = [0, 1].map(() => part('line', { class: 'brush-edge', y1: '20%', y2: '100%' }));
  const grips = [0, 1].map(() => part('rect', { class: 'brush-grip', y: '52%', width: 5, height: 18, rx: 2.5 }));

  let shown = []; // moments of the brush
  const share = (time) => (time - start) / (end - start);
  const percent = (value) => `${(100 * Math.max(0, Math.min(1, value))).toFixed(2)}%`;
  const day = (time) => new Date(time).toISOString().slice(0, 10);

  function put([first, last]) {
    shown = [first, last];
    const places = shown.map((time) => percent(share(time)));
    shade.setAttribute('x', places[0]);
    shade.setAttribute('width', percent(share(last) - share(first)));
    places.forEach((place, n) => {
      edges[n].setAttribute('x1', place);
      edges[n].setAttribute('x2', place);
      grips[n].setAttribute('x', place);
      grips[n].setAttribute('transform', 'translate(-2.5)');
    });
    brush.setAttribute('aria-valuenow', Math.round((last - start) / DAY));
    brush.setAttribute('aria-valuetext', shown.map((time) => ivts.longDate(day(time))).join(' to '));
  }

  /** Both ends within the history, at least three weeks apart. */
  function kept([first, last]) {
    const length = Math.min(Math.max(last - first, LEAST), end - start);
    const from = Math.max(start, Math.min(first, end - length));
    return [from, from + length];
  }

  const choose = ([first, last]) => tell('chosen', { range: `${day(first)}..${day(last)}` });
  const current = () => ivts.daysOf(ivts.range()).map(Date.parse);

  // ---------------------------------------------------------------- mouse and finger

  const timeAt = (clientX) => {
    const { left, width } = map.getBoundingClientRect();
    return start + ((clientX - left) / width) * (end - start);
  };

  /** What a drag does: within the brush it moves it, at an edge it moves that, elsewhere it draws a new one. */
  function planDrag(clientX) {
    const { width } = map.getBoundingClientRect();
    const from = timeAt(clientX);
    const near = (10 / width) * (end - start);
    const [first, last] = shown;
    if (Math.abs(from - first) < near) return (to) => [Math.min(to, last - LEAST), last];
    if (Math.abs(from - last) < near && last < end - near) return (to) => [first, Math.max(to, first + LEAST)];
    const isInside = from > first && from < last && last - first < 0.8 * (end - start);
    if (isInside) return (to) => kept([first + to - from, last + to - from]);
    return (to) => [Math.max(start, Math.min(from, to)), Math.min(end, Math.max(from, to))];
  }

  let drag = null;

  map.addEventListener('pointerdown', ({ clientX, pointerId, button }) => {
    if (button === 0) drag = { plan: planDrag(clientX), from: clientX, pointerId, hasMoved: false };
  });
  map.addEventListener('pointermove', ({ clientX, pointerId }) => {
    if (drag?.pointerId !== pointerId) return;
    if (!drag.hasMoved && Math.abs(clientX - drag.from) < SLACK) return;
    if (!drag.hasMoved) map.setPointerCapture(pointerId);
    drag.hasMoved = true;
    put(drag.plan(timeAt(clientX)));
  });
  map.addEventListener('pointerup', ({ clientX }) => {
    if (drag?.hasMoved) choose(kept(drag.plan(timeAt(clientX))));
    setTimeout(() => {
      drag = null; // after the click that follows, which is none where the finger has moved
    });
  });
  map.addEventListener('pointercancel', () => {
    drag = null;
    put(current());
  });
  map.addEventListener('click', (event) => {
    if (!drag?.hasMoved) return;
    event.preventDefault();
    event.stopPropagation();
  }, { capture: true });
  map.addEventListener('dragstart', (event) => event.preventDefault());

  // ---------------------------------------------------------------- keys

  /** Left and right move the range by a quarter of its length, up and down double and halve it. */
  const MOVES = {
    ArrowLeft: ([a, b]) => [a - (b - a) / 4, b - (b - a) / 4],
    ArrowRight: ([a, b]) => [a + (b - a) / 4, b + (b - a) / 4],
    ArrowUp: ([a, b]) => [a - (b - a) / 2, b + (b - a) / 2],
    ArrowDown: ([a, b]) => [a + (b - a) / 4, b - (b - a) / 4],
    Home: ([a, b]) => [start, start + b - a],
    End: ([a, b]) => [end - (b - a), end],
  };

  brush.addEventListener('keydown', (event) => {
    const move = MOVES[event.key];
    if (event.key === 'Escape') tell('chosen', { range: '' });
    if (!move || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    choose(kept(move(shown)));
  });

  brush.setAttribute('role', 'slider');
  brush.setAttribute('tabindex', '0');
  brush.setAttribute('aria-label', 'Range shown: arrow keys move it, up and down change its length');
  brush.setAttribute('aria-valuemin', '0');
  brush.setAttribute('aria-valuemax', Math.round((end - start) / DAY));
  document.addEventListener('ivts:range', () => put(current()));
  put(current());
})();
