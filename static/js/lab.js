/*
 * The hedge lab: reads the fields, lets hedge.js work everything out, and puts the numbers into the patterns that the
 * page carries in `data-shows` and `data-worked`. Names of numbers end with their unit; view/lab_work.py takes the same
 * steps at build time, and the tests compare both. The state of the page is its address: #hold=1&unit=coin&entry=…
 */
(() => {
  'use strict';

  const { ivts, ivtsHedge: hedge } = window;
  const lab = document.querySelector('[data-lab]');
  const { words, messages, moves } = JSON.parse(lab.dataset.lab);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const named = (selector, key) => Object.fromEntries(all(selector, lab).map((element) => [element.dataset[key], element]));
  const fields = named('[data-input]', 'input');
  const sliders = named('[data-slide]', 'slide');
  const kinds = named('[data-kind]', 'kind');
  const outside = lab.querySelector('[data-switch]');
  const spoken = lab.querySelector('[data-spoken]');

  // ---------------------------------------------------------------- numbers to text, as view/lab_words.py

  const ABSENT = '–';
  const MINUS = '\u2212';
  const PLACES = { usd: 2, pct: 2, x: 2, coin: 4, num: 4 };
  const UNITS = { usd: ' USD', coin: ' coin', pct: '%', x: '×' };
  const [TINY, HUGE] = [1e-9, 1e12];
  const wholes = (text) => text.replace(/\.0+(?=$|\D)/g, '');

  function digits(value, unit) {
    const size = Math.abs(value);
    const places = PLACES[unit];
    if (size >= HUGE || (size > 0 && size < TINY)) {
      return value.toExponential(3).replace('e+', 'e').replaceAll('-', MINUS);
    }
    const [least, kept] = unit === 'pct' ? [0.1, 2] : [1, 4];
    if (size === 0 || size >= least) return ivts.fixed(value, places);
    const text = ivts.fixed(value, Math.max(places, kept - 1 - Math.floor(Math.log10(size))));
    return text.replace(new RegExp(`(\\.\\d{${places}}\\d*?)0+$`), '$1');
  }

  function write(value, unit, { signed = false, bare = false, fixed = false } = {}) {
    if (unit === 'n') return ivts.count(value);
    let text = digits(unit === 'pct' ? value * 100 : value, unit);
    if (!fixed) text = wholes(text);
    const plus = signed && value > 0 && /[1-9]/.test(text) ? '+' : '';
    return plus + text + (bare && unit !== 'pct' && unit !== 'x' ? '' : (UNITS[unit] ?? ''));
  }

  /** Put numbers into the tokens of a text; one that is not there becomes a dash. */
  function fill(text, numbers, bare = false) {
    return text.replace(/\[(\+?)([a-z][a-z0-9_]*)\]/g, (_, sign, name) => {
      const value = numbers[name];
      if (value === undefined || value === '') return ABSENT;
      if (typeof value === 'string') return fill(value, numbers, bare);
      return write(value, name.slice(name.lastIndexOf('_') + 1), { signed: sign === '+', bare });
    });
  }

  // ---------------------------------------------------------------- what is typed

  const GROUPED = /^[-+]?\d{1,3}([,\s]\d{3})+(\.\d*)?$/;
  const NUMBER = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;

  /** A number as people write it: 10,000 and 10 000 are ten thousand, 0,5 is none. */
  function parse(text) {
    const plain = text.trim().replaceAll(MINUS, '-');
    const bare = GROUPED.test(plain) ? plain.replace(/[,\s]/g, '') : plain;
    return NUMBER.test(bare) ? Number(bare) : NaN;
  }

  const typed = (name) => parse(fields[name].value);
  const share = (name) => typed(name) / 100;
  const tidy = (number, precision = 10) => String(Number(number.toPrecision(precision)));

  function refuse(field, message) {
    throw new hedge.HedgeInputError(field, message);
  }

  /** A share of the coin held: calculators are given the coin itself, of which there could be any amount. */
  function heldShare(name) {
    if (share(name) > 1) refuse(name, 'must not be more coin than is held');
    return share(name);
  }

  /** Let the fields called `from` by the calculators be those of the page. */
  function calling(places, work) {
    try {
      return work();
    } catch (error) {
      if (error instanceof hedge.HedgeInputError) refuse(places(error) ?? error.field, error.message);
      throw error;
    }
  }

  function returnsOf(name) {
    const list = fields[name].value.split(/[\s;]+/).filter(Boolean).map(parse);
    if (list.some((value) => !Number.isFinite(value))) refuse(name, 'must be a finite number');
    if (kinds[`${name}Kind`].value === 'returns') return list;
    return calling(() => name, () => hedge.simpleReturns({ closes: list }));
  }

  // ---------------------------------------------------------------- working out, group by group

  const UNIT_OF = {
    hold: 'num', entry: 'usd', hedge: 'pct', price: 'usd', leverage: 'x', face: 'usd', rate: 'pct',
    hours: 'num', forward: 'usd', days: 'num', maintenance: 'pct', wallet: 'pct',
  };
  const PLACE = {
    spotValue: 'hold', coins: 'hold', held: 'hold', value: 'hold', notional: 'hold', spot: 'entry', target: 'hedge',
    moves: 'price', margin: 'leverage', intervalHours: 'hours', assetReturns: 'asset', instrumentReturns: 'instrument',
  };

  function inputs() {
    const found = {};
    for (const [name, unit] of Object.entries(UNIT_OF)) {
      const value = unit === 'pct' ? share(name) : typed(name);
      if (Number.isFinite(value)) found[`${name}_${unit}`] = value;
    }
    return found;
  }

  function sizing() {
    const entry = typed('entry');
    const unitPrice = kinds.unit.value === 'coin' ? (entry > 0 ? entry : 1) : 1; // a bad entry is the entry's fault
    const given = { hedge: share('hedge'), entry, leverage: typed('leverage'), face: typed('face') };
    const size = hedge.sizeHedge({ spotValue: typed('hold') * unitPrice, ...given, allowOutside: outside.checked });
    const long = size.notional < 0;
    return {
      side: long ? words.long : words.short,
      order: long ? words.opens_long : words.opens_short,
      minus: long ? '+' : MINUS,
      plus: long ? MINUS : '+',
      spot_usd: typed('hold') * unitPrice,
      coins_coin: size.coins,
      target_usd: size.targetNotional,
      contracts_n: size.contracts,
      lots_n: Math.abs(size.contracts),
      notional_usd: size.notional,
      size_usd: Math.abs(size.notional),
      short_usd: -size.notional,
      reached_pct: size.hedge,
      margin_coin: size.margin,
      free_coin: size.freeCoins,
      entrynet_usd: size.netExposure,
    };
  }

  /** The futures as a side and an amount: hedges below 0 are longs. */
  const contract = (k) => ({ notional: Math.abs(k.notional_usd), side: k.notional_usd < 0 ? 'long' : 'short' });

  const scenarios = (k, at, hedges = [k.reached_pct, 0, 1]) =>
    hedge.buildScenarios({ spotValue: k.spot_usd, entry: typed('entry'), hedges, moves: at, allowOutside: true });

  function position(k) {
    const at = { entry: typed('entry'), price: typed('price') };
    const now = hedge.measurePosition({ coins: k.coins_coin, notional: k.notional_usd, ...at });
    const move = at.price / at.entry - 1;
    const table = scenarios(k, [move]);
    return {
      move_pct: move,
      alone_usd: table.spot[0],
      alone_change_usd: table.change[1][0],
      change_usd: table.change[0][0],
      pnl_usd: hedge.inversePnl({ ...contract(k), ...at }).usd,
      pnl_coin: now.pnlCoin,
      linear_usd: hedge.linearPnl({ ...contract(k), ...at }).usd,
      equity_coin: now.equity,
      value_usd: now.value,
      net_usd: now.netExposure,
      net_pct: now.netShare,
      naive_usd: now.entryFormula,
    };
  }

  function drift(k) {
    const { trade, hedgeNow, exposureAfter } = hedge.measureDrift({
      coins: k.coins_coin,
      notional: k.notional_usd,
      entry: typed('entry'),
      price: typed('price'),
      target: share('hedge'),
      allowOutside: outside.checked,
    });
    const [sell, buy] = k.notional_usd < 0 ? [words.sell_long, words.buy_long] : [words.sell, words.buy];
    return {
      trade: trade > 0 ? sell : trade < 0 ? buy : words.keep,
      trade_usd: Math.abs(trade),
      now_pct: hedgeNow,
      after_usd: exposureAfter,
    };
  }

  function funding(k) {
    const paid = hedge.measureFunding({
      ...contract(k),
      price: typed('price'),
      rate: share('rate'),
      intervalHours: typed('hours'),
    });
    const rate = share('rate');
    return {
      credit_pct: k.notional_usd < 0 ? 0 - rate : rate,
      interval_usd: paid.intervalUsd,
      interval_coin: paid.intervalCoin,
      daily_usd: paid.dayUsd,
      yearly_usd: paid.yearUsd,
      day_usd: Math.abs(paid.dayUsd),
      year_usd: Math.abs(paid.yearUsd),
      intervals_num: paid.intervalsPerYear,
      annual_pct: paid.annualSimple,
      compounded_pct: paid.annualCompounded,
      simple_pct: Math.abs(paid.annualSimple),
      compound_pct: Math.abs(paid.annualCompounded),
      pays_or_receives: paid.annualSimple >= 0 ? words.receives : words.pays,
    };
  }

  function carry(k) {
    const dated = { coins: k.coins_coin, forward: typed('forward') };
    const held = hedge.sizeCarry({ ...dated, spot: typed('entry'), days: typed('days') });
    return {
      basis_pct: held.lockedReturn,
      csimple_pct: held.simple,
      ccompound_pct: held.compound,
      clog_pct: held.log,
      sell_usd: held.notional,
      locked_usd: held.lockedProfit,
      loose_coin: held.unhedgedIfSpotSized,
      payoff_usd: hedge.carryPayoff({ ...dated, notional: held.notional, price: typed('price') }).payoff,
    };
  }

  function way(name, found, margin, held) {
    if (!found.liquidates) return { [`${name}_usd`]: words.never };
    const left = hedge.measureAftermath({ held, margin, price: found.price });
    return {
      [`${name}_usd`]: found.price,
      [`${name}_pct`]: found.distance,
      [`${name}_lost_usd`]: left.marginValue,
      [`${name}_left_coin`]: left.coins,
      [`${name}_left_usd`]: left.value,
    };
  }

  function bothWays(kind, k, margin, find) {
    const none = k.notional_usd === 0;
    return Object.assign(
      {},
      ...['entry', 'mark'].map((maintenanceOn) => {
        const name = `${kind}_${maintenanceOn}`;
        const given = { entry: typed('entry'), maintenance: share('maintenance'), maintenanceOn, ...contract(k) };
        return none ? { [`${name}_usd`]: words.none } : way(name, find(given), margin, k.coins_coin);
      }),
    );
  }

  function isolated(k) {
    const leverage = typed('leverage');
    const found = bothWays('isolated', k, k.margin_coin, ({ notional, ...given }) =>
      hedge.liquidationIsolated({ ...given, leverage }),
    );
    const closed = found.isolated_entry_pct !== undefined;
    const told = k.notional_usd < 0 ? words.closed_long : words.closed;
    return { ...found, closing: k.notional_usd === 0 ? words.idle : closed ? told : words.kept };
  }

  function cross(k) {
    const coins = heldShare('wallet') * k.coins_coin;
    const fine = share('maintenance') >= 0 && share('maintenance') < 1; // then it is the wallet that is too small
    const places = { coins: 'wallet', margin: 'wallet', ...(fine && { maintenance: 'wallet' }) };
    return calling(
      (error) => places[error.field],
      () => bothWays('cross', k, coins, (given) => hedge.liquidationCross({ ...given, coins })),
    );
  }

  function beta(k) {
    const series = { assetReturns: returnsOf('asset'), instrumentReturns: returnsOf('instrument') };
    const found = hedge.hedgeBeta({ ...series, value: k.spot_usd });
    return {
      beta_num: found.beta,
      se_num: found.standardError,
      r2_num: found.rSquared,
      pairs_n: found.n,
      border: found.notional < 0 ? words.opens_long : words.opens_short,
      bnotional_usd: found.notional,
      bsize_usd: Math.abs(found.notional),
      residual_pct: found.residualDeviation,
      residual_usd: found.residualRisk,
    };
  }

  const GROUPS = [
    ['sizing', sizing],
    ['position', position],
    ['drift', drift],
    ['funding', funding],
    ['carry', carry],
    ['liquidation', isolated],
    ['liquidation', cross],
    ['beta', beta],
  ];

  const RULE = { hold: 'spotValue', wallet: 'coins', hours: 'intervalHours' }; // others go by the name of their field

  /** Say of every field what is wrong with it: the calculators stop at the first. */
  function examine(tell) {
    const attempt = (check) => {
      try {
        check();
      } catch (error) {
        tell(error);
      }
    };
    for (const [name, unit] of Object.entries(UNIT_OF)) {
      const signed = name === 'hedge' && outside.checked ? ['hedge'] : [];
      const value = unit === 'pct' ? share(name) : typed(name);
      attempt(() => calling(() => name, () => hedge.checkInputs({ [RULE[name] ?? name]: value }, signed)));
    }
    attempt(() => heldShare('wallet'));
    const kept = ['asset', 'instrument'].map((name) => () => returnsOf(name));
    kept.forEach(attempt);
    attempt(() => hedge.hedgeBeta({ assetReturns: kept[0](), instrumentReturns: kept[1](), value: 1 }));
  }

  /** Numbers by name, what is wrong by field, and what keeps each panel from its result. */
  function workOut() {
    const found = { numbers: inputs(), wrong: {}, blocked: {} };
    let unsized = null;
    const tell = (error) => {
      if (!(error instanceof hedge.HedgeInputError)) throw error;
      const field = PLACE[error.field] ?? error.field;
      const message = messages[`${field}: ${error.message}`] ?? messages[error.message] ?? error.message;
      found.wrong[field] ??= `${fields[field].dataset.label} ${message}.`;
      return found.wrong[field];
    };
    for (const [name, work] of GROUPS) {
      try {
        if (unsized) throw unsized;
        Object.assign(found.numbers, work(found.numbers));
      } catch (error) {
        const sentence = tell(error);
        if (name === 'sizing') unsized = error;
        found.blocked[name] ??= sentence;
      }
    }
    examine(tell);
    return found;
  }

  // ---------------------------------------------------------------- charts

  const [LEFT, RIGHT, TOP, BOTTOM] = [52, 10, 20, 24];

  /** Round numbers from low to high, about so many. */
  function ticks(low, high, about) {
    const rough = (high - low) / about || 1;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].find((factor) => factor * power >= rough) * power;
    const first = Math.ceil(low / step);
    return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, i) => (first + i) * step);
  }

  const compact = new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 4 });
  const short = (value) => compact.format(value).replace('-', MINUS);
  const moved = (move) => write(move, 'pct', { signed: true });

  /** Lines of a picture by move of the price, from the calculators; null where a line does not run. */
  const LINES = {
    value(k, at) {
      const { total, prices } = scenarios(k, at);
      const [yours, none, full] = total;
      const closed = typeof k.isolated_entry_usd === 'number';
      const near = Number.EPSILON * 4; // the liquidation price itself is one of the prices
      const beyond = (price) =>
        k.notional_usd < 0 ? price <= k.isolated_entry_usd * (1 + near) : price >= k.isolated_entry_usd * (1 - near);
      const held = { held: k.coins_coin, margin: k.margin_coin };
      const left = prices.map((price) =>
        closed && beyond(price) ? hedge.measureAftermath({ ...held, price }).value : null,
      );
      return { yours, none, full, left };
    },
    exposure(k, at) {
      const given = { coins: k.coins_coin, notional: k.notional_usd, entry: typed('entry') };
      const { netExposure, prices } = scenarios(k, at);
      return {
        net: netExposure[0],
        naive: prices.map((price) => hedge.measurePosition({ ...given, price }).entryFormula),
      };
    },
    expiry(k, at) {
      const { spot, prices } = scenarios(k, at);
      const paid = (notional) =>
        prices.map((price) => hedge.carryPayoff({ coins: k.coins_coin, forward: typed('forward'), notional, price }).payoff);
      return { carry: paid(k.sell_usd), spotsold: paid(k.spot_usd), coin: spot };
    },
  };
  const DOT = { value: 'value_usd', exposure: 'net_usd', expiry: 'payoff_usd' };

  function node(svg, tag, attributes, text = '') {
    const made = document.createElementNS(svg.namespaceURI, tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.textContent = text;
    return made;
  }

  const sizes = new Map(); // as observed: to ask for one would make the browser lay the page out at once

  function draw(svg, name, k) {
    if (!sizes.has(svg)) return;
    const { width, height } = sizes.get(svg);
    const [low, high] = [Math.min(moves[0], k.move_pct), Math.max(moves.at(-1), k.move_pct)];
    const closed = name === 'value' ? k.isolated_entry_pct : undefined;
    const inside = closed > low && closed < high;
    const at = [...new Set([...moves, k.move_pct, ...(inside ? [closed] : [])])].sort((a, b) => a - b);
    const lines = LINES[name](k, at);
    const values = Object.values(lines).flat().filter((value) => value !== null);
    const [least, most] = [Math.min(0, ...values), Math.max(...values, 0) || 1];
    const x = (move) => LEFT + ((move - low) / (high - low)) * (width - LEFT - RIGHT);
    const y = (value) => height - BOTTOM - ((value - least) / (most - least)) * (height - TOP - BOTTOM);
    const spot = (move, value) => `${x(move).toFixed(1)} ${y(value).toFixed(1)}`;
    const upright = (move, kind) => node(svg, 'path', { class: kind, d: `M${spot(move, least)}V${TOP}` });
    const parts = [];
    for (const value of ticks(least, most, 4)) {
      parts.push(node(svg, 'path', { class: value ? 's-rule' : 's-muted', d: `M${LEFT} ${y(value).toFixed(1)}H${width - RIGHT}` }));
      parts.push(node(svg, 'text', { class: 't', x: LEFT - 6, y: y(value) + 4, 'text-anchor': 'end' }, short(value)));
    }
    for (const move of ticks(low, high, Math.min(6, width / 80))) {
      const anchor = x(move) > width - 30 ? 'end' : 'middle';
      const label = Math.abs(move) < Number.EPSILON ? 'entry' : moved(move);
      parts.push(node(svg, 'text', { class: 't', x: Math.min(x(move), width), y: height - 6, 'text-anchor': anchor }, label));
    }
    const label = (move, text, kind) =>
      node(svg, 'text', { class: `t halo ${kind}`, x: x(move) + (x(move) > width / 2 ? -4 : 4), y: TOP - 7, 'text-anchor': x(move) > width / 2 ? 'end' : 'start' }, text);
    parts.push(upright(k.move_pct, 'l-now'));
    if (inside) parts.push(upright(closed, 'l-closed'), label(closed, fill('liquidation [isolated_entry_usd]', k, true), 'f-backwardation'));
    else parts.push(label(k.move_pct, fill('[price_usd] now', k, true), ''));
    for (const [line, values] of Object.entries(lines).reverse()) {
      const points = values.map((value, i) => [at[i], value]).filter(([, value]) => value !== null);
      if (points.length) parts.push(node(svg, 'path', { class: `l-${line}`, d: `M${points.map((point) => spot(...point)).join('L')}` }));
    }
    for (const [line, values] of Object.entries(lines)) {
      svg.parentElement.querySelector(`.k-${line}`).hidden = values.every((value) => value === null);
    }
    parts.push(node(svg, 'circle', { class: 'dot', cx: x(k.move_pct), cy: y(k[DOT[name]]), r: 5 }));
    svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
    svg.replaceChildren(...parts);
  }

  const written = (value) => write(value, 'usd', { fixed: true });

  function tabulate(body, name, k) {
    const lines = Object.values(LINES[name](k, moves));
    const { prices } = scenarios(k, moves);
    body.replaceChildren(
      ...moves.map((move, i) => {
        const row = document.createElement('tr');
        const cells = [written(prices[i]), moved(move), ...lines.map((line) => (line[i] === null ? ABSENT : written(line[i])))];
        cells.forEach((text, column) => {
          const cell = document.createElement(column ? 'td' : 'th');
          if (column) cell.className = 'n';
          else cell.scope = 'row';
          cell.textContent = text;
          row.append(cell);
        });
        return row;
      }),
    );
  }

  const pictures = all('[data-picture]', lab).map((figure) => ({
    name: figure.dataset.picture,
    svg: figure.querySelector('.stage'),
    body: figure.querySelector('tbody'),
    details: figure.querySelector('details'),
  }));

  /** A chart and its table; both empty where a number is missing, or a price on the way is beyond all bounds. */
  function showPictures({ numbers }) {
    for (const { name, svg, body, details } of pictures) {
      try {
        if (numbers[DOT[name]] === undefined || numbers.move_pct === undefined) refuse(name, '');
        draw(svg, name, numbers);
        if (details.open) tabulate(body, name, numbers);
      } catch (error) {
        if (!(error instanceof hedge.HedgeInputError)) throw error;
        svg.replaceChildren();
        body.replaceChildren();
      }
    }
  }

  // ---------------------------------------------------------------- bars: coin, result, short, net

  function showBars({ numbers: k }) {
    const spans = { coin: [0, k.alone_usd], result: [k.alone_usd, k.value_usd], short: [k.net_usd, k.value_usd], net: [0, k.net_usd] };
    const ends = Object.values(spans).flat();
    const known = k.net_usd !== undefined;
    const [least, most] = known ? [Math.min(...ends), Math.max(...ends)] : [0, 1];
    const place = (value) => ((value - least) / (most - least)) * 100;
    for (const rect of all('[data-bar]', lab)) {
      const [from, to] = known ? spans[rect.dataset.bar].map(place).sort((a, b) => a - b) : [0, 0];
      rect.setAttribute('x', from.toFixed(2));
      rect.setAttribute('width', (to - from).toFixed(2));
      rect.nextElementSibling.setAttribute('d', `M${place(0).toFixed(2)} 0v10`);
    }
  }

  // ---------------------------------------------------------------- showing

  const patterns = [
    ...all('[data-shows]', lab).map((element) => [element, element.dataset.shows, false]),
    ...all('[data-worked]', lab).map((element) => [element, element.dataset.worked, true]),
  ];

  const absent = all('td[data-shows]', lab);

  function put(element, text) {
    if (element.textContent !== text) element.textContent = text;
  }

  function complain(element, text) {
    element.hidden = !text;
    put(element, text);
  }

  function showSliders() {
    const entry = typed('entry');
    for (const [name, slider] of Object.entries(sliders)) {
      const value = slider.dataset.of === 'move' ? (typed(name) / entry - 1) * 100 : typed(name);
      if (Number.isFinite(value)) slider.value = tidy(value);
      const unit = document.getElementById(`unit-${name}`).textContent;
      slider.setAttribute('aria-valuetext', `${fields[name].value} ${unit}`);
    }
  }

  let latest = null;

  function show() {
    latest = workOut();
    const { numbers, wrong, blocked } = latest;
    for (const [element, pattern, bare] of patterns) put(element, fill(pattern, numbers, bare));
    for (const cell of absent) cell.toggleAttribute('data-none', cell.textContent === ABSENT);
    for (const [name, field] of Object.entries(fields)) {
      complain(document.getElementById(`error-${name}`), wrong[name] ?? '');
      if (wrong[name]) field.setAttribute('aria-invalid', 'true');
      else field.removeAttribute('aria-invalid');
    }
    for (const note of all('[data-blocked]', lab)) {
      const reason = blocked[note.dataset.blocked];
      complain(note, reason ? `${words.blocked} ${reason}` : '');
      document.getElementById(`says-${note.dataset.blocked}`).hidden = Boolean(reason); // it would be dashes
    }
    const { isolated_entry_usd: closed, price_usd: price, notional_usd: notional } = numbers;
    const gone = typeof closed === 'number' && (notional > 0 ? price >= closed : price <= closed);
    complain(lab.querySelector('[data-liquidated]'), gone ? fill(words.liquidated, numbers) : '');
    showSliders();
    showBars(latest);
    showPictures(latest);
    markCases();
  }

  let asked = 0;
  const showSoon = () => {
    asked ||= requestAnimationFrame(() => {
      asked = 0;
      show();
    });
  };

  // ---------------------------------------------------------------- the address

  const LONGEST = 4000; // of both series together; longer addresses break in too many places
  const controls = { ...fields, ...kinds, outside };
  const isSwitch = (control) => control === outside;
  const valueOf = (control) => (isSwitch(control) ? (control.checked ? '1' : '') : control.value.trim().replace(/\s+/g, ' '));

  /** What a control holds in the page as built; browsers may have put back what was there before a reload. */
  function startOf(control) {
    if (isSwitch(control)) return '';
    if (control instanceof HTMLSelectElement) return [...control.options].find((option) => option.defaultSelected).value;
    return control.defaultValue.trim().replace(/\s+/g, ' ');
  }

  const starts = Object.fromEntries(Object.entries(controls).map(([name, control]) => [name, startOf(control)]));

  function stateOf(asked) {
    return Object.fromEntries(Object.keys(controls).map((name) => [name, asked.get(name) ?? starts[name]]));
  }

  function currentState() {
    return Object.fromEntries(Object.entries(controls).map(([name, control]) => [name, valueOf(control)]));
  }

  function hashOf(state, more = {}) {
    const long = state.asset.length + state.instrument.length > LONGEST;
    put(lab.querySelector('[data-state]'), long ? words.too_long : '');
    const kept = Object.entries(state).filter(([name, value]) => value !== starts[name] && !(long && /^(asset|instrument)$/.test(name)));
    return new URLSearchParams([...kept, ...Object.entries(more)]).toString();
  }

  function remember() {
    const hash = hashOf(currentState());
    if (hash === location.hash.slice(1).replace(/&?at=[^&]*$/, '')) return;
    history.pushState(null, '', location.pathname + location.search + (hash && `#${hash}`));
  }

  function place(state) {
    for (const [name, control] of Object.entries(controls)) {
      if (isSwitch(control)) control.checked = state[name] === '1';
      else if (control instanceof HTMLSelectElement) control.value = [...control.options].some(({ value }) => value === state[name]) ? state[name] : starts[name];
      else control.value = name in UNIT_OF ? state[name].slice(0, control.maxLength) : state[name].replaceAll(' ', '\n');
    }
    pinned.clear();
    keepMoves();
  }

  function restore() {
    const hash = location.hash.slice(1);
    if (hash && !hash.includes('=')) return; // a place on the page
    const asked = new URLSearchParams(hash);
    place(stateOf(asked));
    show();
    const section = document.querySelector(`main section[id="${CSS.escape(asked.get('at') ?? '')}"]`);
    if (!section) return;
    section.scrollIntoView();
    section.querySelector('h2').focus({ preventScroll: true });
    speak(section);
  }

  const cases = all('[data-case]').map((link) => [link, stateOf(new URLSearchParams(link.hash.slice(1)))]);

  function markCases() {
    const now = JSON.stringify(currentState());
    for (const [link, state] of cases) {
      if (JSON.stringify(state) === now) link.setAttribute('aria-current', 'true');
      else link.removeAttribute('aria-current');
    }
  }

  // ---------------------------------------------------------------- saying what came of it, once it rests

  const PAUSE = 700;
  let timer = 0;

  function speak(place) {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const panel = place.closest('.panel') ?? lab.querySelector('.panel');
      const own = latest.wrong[place.dataset.input];
      const reason = own ?? latest.blocked[panel.id];
      put(spoken, reason ?? panel.querySelector('.says').textContent);
    }, PAUSE);
  }

  // ---------------------------------------------------------------- fields and sliders

  const FOLLOWERS = ['price', 'forward'];
  const pinned = new Set(); // typed: they stay when the entry changes; others keep their distance from it
  const distance = {};

  function keepMoves() {
    for (const name of FOLLOWERS) distance[name] = typed(name) / typed('entry');
  }

  function follow() {
    const entry = typed('entry');
    if (!(entry > 0)) return;
    for (const name of FOLLOWERS) {
      const value = entry * distance[name];
      if (!pinned.has(name) && Number.isFinite(value)) fields[name].value = tidy(value);
    }
  }

  function slide(name) {
    const slider = sliders[name];
    const value = slider.dataset.of === 'move' ? typed('entry') * (1 + slider.valueAsNumber / 100) : slider.valueAsNumber;
    if (!Number.isFinite(value)) return;
    fields[name].value = tidy(value);
    pinned.delete(name);
    if (FOLLOWERS.includes(name)) keepMoves();
  }

  /** The same holding in the other unit. */
  function convert() {
    const [amount, entry] = [typed('hold'), typed('entry')];
    const value = kinds.unit.value === 'coin' ? amount / entry : amount * entry;
    if (amount > 0 && entry > 0) fields.hold.value = tidy(value, 12);
  }

  function onInput({ target }) {
    const { input, slide: slid, kind } = target.dataset;
    if (slid) slide(slid);
    if (kind === 'unit') convert();
    if (input === 'entry') follow();
    if (FOLLOWERS.includes(input)) pinned.add(input);
    showSoon();
    speak(slid ? fields[slid] : target);
  }

  /** A link within the page that takes the state along. */
  function visit(link, hash) {
    link.addEventListener('click', (event) => {
      event.preventDefault();
      if (location.hash === `#${hash()}`) restore();
      else location.hash = hash();
    });
  }

  function setUp() {
    lab.addEventListener('input', onInput);
    lab.addEventListener('change', remember);
    lab.addEventListener('toggle', show, true); // a table is made once it is open
    for (const link of all('[data-hedge]')) visit(link, () => hashOf({ ...currentState(), hedge: link.dataset.hedge }, { at: 'position' }));
    for (const link of all('[data-jump]')) visit(link, () => hashOf(currentState(), { at: link.dataset.jump }));
    for (const heading of all('main section > h2')) heading.tabIndex = -1;
    addEventListener('popstate', restore);
    place(stateOf(new URLSearchParams()));
    if (location.hash.includes('=')) restore();
    else (window.requestIdleCallback ?? setTimeout)(show); // the words stand already
    const watch = new ResizeObserver((found) => {
      for (const { target, contentRect } of found) sizes.set(target, contentRect);
      if (latest) showPictures(latest);
    });
    for (const { svg } of pictures) watch.observe(svg);
  }

  setUp();
})();
