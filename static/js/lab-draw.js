/*
 * Charts of the hedge lab, as `ivtsLabDraw`: value, exposed share, prices on the way to liquidation, carry and the result
 * of the short. All points come from the calculators; here they are only placed.
 */
(() => {
  'use strict';

  const { ivtsHedge: hedge, ivtsLabText: say } = window;

  const [LEFT, TOP, BOTTOM] = [44, 22, 24];
  const [LOW, HIGH] = [-0.5, 1];

  const SVG = document.querySelector('svg')?.namespaceURI ?? '';

  function node(tag, attributes, text = '') {
    const made = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.textContent = text;
    return made;
  }

  /** Round numbers from low to high, about so many. */
  function ticks(low, high, about) {
    const rough = (high - low) / about || 1;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].find((factor) => factor * power >= rough) * power;
    const first = Math.ceil(low / step - 1e-9);
    return Array.from({ length: Math.floor(high / step + 1e-9) - first + 1 }, (_, i) => (first + i) * step);
  }

  const compact = new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 3 });
  const dollars = (value) => `${value < 0 ? '\u2212' : ''}$${compact.format(Math.abs(value)).toLowerCase()}`;

  /** A plane with both axes: `x` and `y` place values, `parts` holds what is drawn. */
  function plane({ width, height }, xs, ys, right = 84) {
    const [x0, x1] = xs;
    const [y0, y1] = ys[0] === ys[1] ? [ys[0] - 1, ys[1] + 1] : ys;
    const x = (value) => LEFT + ((value - x0) / (x1 - x0)) * (width - LEFT - right);
    const y = (value) => height - BOTTOM - ((value - y0) / (y1 - y0)) * (height - TOP - BOTTOM);
    const parts = [];
    const add = (tag, attributes, text) => parts.push(node(tag, attributes, text));
    const at = (px, py) => `${x(px).toFixed(1)} ${y(py).toFixed(1)}`;
    return {
      x, y, parts, add, width, height, right,
      line: (points, kind) => points.length && add('path', { class: kind, d: `M${points.map((p) => at(...p)).join('L')}` }),
      area: (points, kind) => add('path', { class: kind, d: `M${points.map((p) => at(...p)).join('L')}Z` }),
      upright: (value, kind) => add('path', { class: kind, d: `M${x(value).toFixed(1)} ${height - BOTTOM}V${TOP - 8}` }),
      dot: (px, py, kind) => add('circle', { class: kind, cx: x(px).toFixed(1), cy: y(py).toFixed(1), r: 4.5 }),
      text: (px, py, text, { anchor = 'middle', dx = 0, dy = 0, kind = '' } = {}) =>
        add('text', { class: `t ${kind}`, x: (x(px) + dx).toFixed(1), y: (y(py) + dy).toFixed(1), 'text-anchor': anchor }, text),
      grid(values, word) {
        for (const value of values) {
          add('path', { class: value ? 's-rule' : 's-muted', d: `M${LEFT} ${y(value).toFixed(1)}H${width - right}` });
          add('text', { class: 't', x: 0, y: (y(value) - 4).toFixed(1) }, word(value));
        }
      },
      across(values, word) {
        for (const value of values) {
          const last = x(value) > width - 24;
          add('text', { class: 't', x: (last ? width : x(value)).toFixed(1), y: height - 6, 'text-anchor': last ? 'end' : 'middle' }, word(value));
        }
      },
    };
  }

  const moveWord = (move) => (Math.abs(move) < 1e-9 ? 'now' : say.write(move, 'pct', '+'));
  const movesAcross = (width) => (width < 500 ? [-0.5, 0, 0.5, 1] : [-0.5, -0.2, 0, 0.2, 0.5, 1]);

  /** Labels at the right end, moved apart where they would touch. */
  function ends(p, labels) {
    let last = -Infinity;
    for (const [value, text, kind] of [...labels].sort((a, b) => b[0] - a[0])) {
      const at = Math.max(p.y(value) + 4, last + 14);
      p.add('text', { class: `t ${kind}`, x: p.width - p.right + 7, y: at.toFixed(1) }, text);
      last = at;
    }
  }

  /** Moves at which something bends: both sides of liquidation, now and the chosen one. */
  function bends(k, chosen) {
    const inside = k.within && k.short && !k.liquidated;
    return { inside, at: [...new Set([LOW, chosen, 0, HIGH, ...(inside ? [k.now.distance] : [])])].sort((a, b) => a - b) };
  }

  function value(size, { numbers: k, position }) {
    const chosen = Math.min(Math.max(k.move, LOW), HIGH);
    const bent = bends(k, chosen);
    const [inside, at] = [bent.inside, bent.at];
    const out = hedge.projectHedge({ ...position, moves: at });
    const alone = at.map((move) => k.held * (1 + move));
    const p = plane(size, [LOW, HIGH], [0, Math.max(...out.values, ...alone) * 1.02]);
    if (inside) p.area([[k.now.distance, 0], [HIGH, 0], [HIGH, alone.at(-1)], [k.now.distance, alone.at(-1)]], 'past');
    p.grid(ticks(0, alone.at(-1), 4), dollars);
    p.upright(0, 'now');
    if (inside) p.upright(k.now.distance, 'closed');
    if (k.short && !k.liquidated && !inside) p.line([[LOW, k.now.value], [HIGH, k.now.value]], 'full');
    p.line(at.map((move, i) => [move, alone[i]]), 'alone');
    const points = at.map((move, i) => [move, out.values[i], out.liquidated[i]]);
    const lost = points.filter(([, , gone]) => gone);
    const last = { coins: position.coins, notional: position.notional, entry: position.entry, price: k.now.liquidation };
    const kept = points.filter(([, , gone]) => !gone);
    p.line(inside ? [...kept, [k.now.distance, hedge.measurePosition(last).value]] : kept, 'you');
    p.line(lost, 'you gone');
    p.across(movesAcross(size.width), moveWord);
    ends(p, [
      [alone.at(-1), k.liquidated ? 'never sold' : 'no hedge', ''],
      ...(k.short || k.liquidated ? [[out.values.at(-1), k.liquidated || inside ? 'you' : 'your hedge', `b ${lost.length ? 'bk' : 'ink'}`]] : []),
      ...(k.short && !k.liquidated && !inside && !k.full ? [[k.now.value, 'full hedge', '']] : []),
    ]);
    if (inside) p.text(k.now.distance, 0, `▲ closed at ${say.write(k.now.liquidation, 'px')}`, { anchor: k.now.distance > 0.5 ? 'end' : 'start', dx: k.now.distance > 0.5 ? -6 : 6, dy: -10, kind: 'b bk halo' });
    const i = at.indexOf(chosen);
    if (chosen && k.short) {
      p.dot(chosen, alone[i], 'mdot');
      p.text(chosen, alone[i], say.write(alone[i], 'usd'), { dy: alone[i] > out.values[i] ? -10 : 18, kind: 'halo' });
    }
    if (chosen) {
      p.dot(chosen, out.values[i], 'idot');
      p.text(chosen, out.values[i], say.write(out.values[i], 'usd'), { dy: alone[i] > out.values[i] ? 18 : -10, kind: 'b ink halo' });
    }
    p.dot(0, k.now.value, k.liquidated ? 'ndot gone' : 'ndot');
    return p;
  }

  function exposure(size, { numbers: k, position }) {
    const steps = Array.from({ length: 61 }, (_, i) => LOW + (i * (HIGH - LOW)) / 60);
    const { inside } = bends(k, 0);
    const at = [...steps, ...(inside ? [k.now.distance] : [])].sort((a, b) => a - b);
    const out = hedge.projectHedge({ ...position, moves: at });
    const shares = out.exposedShares;
    const open = k.open;
    const [least, most] = [Math.min(...shares, open - 0.05), Math.max(...shares, open + 0.05)];
    const p = plane(size, [LOW, HIGH], [least - 0.03, most + 0.03], 14);
    p.grid(ticks(least, most, 4), (share) => say.write(share, 'pct'));
    p.area([[LOW, open - 0.05], [HIGH, open - 0.05], [HIGH, open + 0.05], [LOW, open + 0.05]], 'band');
    p.line([[LOW, open], [HIGH, open]], 'target');
    p.upright(0, 'now');
    if (inside) p.upright(k.now.distance, 'closed');
    const kept = at.map((move, i) => [move, shares[i]]).filter((_, i) => !out.liquidated[i]);
    const gone = at.map((move, i) => [move, shares[i]]).filter((_, i) => out.liquidated[i]);
    p.line(kept, 'you');
    p.line(gone, 'you gone');
    p.text(HIGH, open, `${say.write(open, 'pct')} target`, { anchor: 'end', dy: -6, kind: 'halo' });
    p.dot(0, k.now.exposedShare, k.liquidated ? 'ndot gone' : 'ndot');
    p.text(0, k.now.exposedShare, say.write(k.now.exposedShare, 'pct'), { anchor: 'start', dx: 8, dy: 16, kind: 'b ink halo' });
    p.across(movesAcross(size.width), moveWord);
    return p;
  }

  /** Entry, alerts, price now and liquidation on one line. */
  function ruler(size, { numbers: k, position }) {
    const marks = [
      [position.entry, 'entry', 38], ...['10%', '5%', '2%'].map((text, i) => [k.alerts[i], text, 20]),
    ];
    const all = [...marks.map(([price]) => price), k.price, k.now.liquidation].filter((price) => price > k.price * 0.5);
    const [low, high] = [Math.min(...all), Math.max(...all)];
    const room = (high - low) * 0.09 || high * 0.1;
    const p = plane({ width: size.width, height: 132 }, [low - room, high + room], [0, 1], 12);
    const base = 90;
    const up = (price, kind, length) => p.add('path', { class: kind, d: `M${p.x(price).toFixed(1)} ${base}V${base - length}` });
    const label = (price, y, text, kind = '', anchor = 'middle') =>
      p.add('text', { class: `t ${kind}`, x: p.x(price).toFixed(1), y, 'text-anchor': anchor }, text);
    p.add('rect', { class: 'past', x: p.x(k.now.liquidation).toFixed(1), y: base - 60, width: (p.width - 12 - p.x(k.now.liquidation)).toFixed(1), height: 60 });
    p.add('path', { class: 's-muted', d: `M${LEFT} ${base}H${p.width - 12}` });
    let free = -Infinity;
    for (const [price, text, length] of marks.sort((a, b) => a[0] - b[0])) {
      if (price < low - room) continue;
      up(price, 'tick', length);
      label(price, base - length - 5, text);
      if (text !== 'entry' && p.x(price) - free > 56) {
        label(price, base + 16, say.write(price, 'px'));
        free = p.x(price);
      }
    }
    up(k.price, 'here', 48);
    label(k.price, base - 54, 'now', 'b ct halo');
    p.add('circle', { class: 'ndot', cx: p.x(k.price).toFixed(1), cy: base, r: 5 });
    up(k.now.liquidation, 'closed', 66);
    label(k.now.liquidation, base - 72, `▲ ${say.write(k.now.liquidation, 'px')}`, 'b bk', 'end');
    return p;
  }

  function carry(size, { numbers: k }) {
    const days = k.days;
    const after = (rate, day) => (rate * day) / 365 - 2 * k.fee;
    const lines = [[k.basis.simple, 'dated', 'b ink', 'you'], [k.annual, 'perpetual', '', 'alone']];
    const all = lines.flatMap(([rate]) => [after(rate, 0), after(rate, days)]);
    const p = plane(size, [0, days], [Math.min(0, ...all), Math.max(0.001, ...all)]);
    p.grid(ticks(Math.min(0, ...all), Math.max(0.001, ...all), 4), (rate) => say.write(rate, 'pct1', '+'));
    for (const [rate, , , kind] of lines) p.line([[0, after(rate, 0)], [days, after(rate, days)]], kind);
    if (k.earned && k.even <= days) {
      p.dot(k.even, 0, 'ndot');
      p.text(k.even, 0, say.write(k.even, 'days'), { anchor: 'start', dx: 8, dy: -8, kind: 'b ct halo' });
    }
    p.across([days / 3, (days * 2) / 3, days].map(Math.round), (day) => `day ${day}`);
    ends(p, lines.map(([rate, text, kind]) => [after(rate, days), text, kind]));
    return p;
  }

  function linear(size, { numbers: k, position }) {
    const result = (move) =>
      hedge.linearPnl({ notional: k.linear.notional, entry: k.linear.entry, price: position.price * (1 + move) }).usd;
    const flat = Math.min(Math.max(k.linear.entry / position.price - 1, LOW), HIGH);
    const [first, last] = [result(LOW), result(HIGH)];
    const p = plane(size, [LOW, HIGH], [Math.min(0, last), Math.max(0, first)]);
    p.grid(ticks(Math.min(0, last), Math.max(0, first), 4), dollars);
    if (last < 0) p.area([[flat, 0], [HIGH, 0], [HIGH, last], [flat, Math.min(0, result(flat))]], 'shade');
    p.upright(0, 'now');
    p.line([[LOW, first], [HIGH, last]], 'you');
    p.dot(HIGH, last, 'idot');
    p.text(HIGH, last, say.write(last, 'usd'), { anchor: 'start', dx: 8, dy: 4, kind: 'b ink' });
    p.across(movesAcross(size.width), moveWord);
    return p;
  }

  const PICTURES = { value, exposure, ruler, carry, linear };

  /** Draw a chart into its place; empty where the calculators refuse a price on the way. */
  function draw(svg, size, worked) {
    try {
      const { parts, width, height } = PICTURES[svg.dataset.picture](size, worked);
      svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
      svg.replaceChildren(...parts);
    } catch (error) {
      if (!(error instanceof hedge.HedgeInputError)) throw error;
      svg.replaceChildren();
    }
  }

  window.ivtsLabDraw = draw;
})();
