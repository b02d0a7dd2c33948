/*
 * The hedge lab worked out, as `ivtsLabWork`: from what is typed to numbers, words, flags and rows by the names that the
 * page's texts use. words/lab.py takes the same steps at build time; the calculating is hedge.js's, and texts, flags and
 * the steps of the tables are lab.yaml's.
 */
(() => {
  'use strict';

  const { ivtsHedge: hedge, ivtsLabText: say } = window;

  const pick = (from, names) => Object.fromEntries(names.split(' ').map((name) => [name, from[name]]));
  const sorted = (values) => [...new Set(values)].sort((a, b) => a - b);

  /** A row for each place of a record of lists. */
  const spread = (record) =>
    Object.values(record)[0].map((_, i) => Object.fromEntries(Object.entries(record).map(([name, list]) => [name, list[i]])));

  /** What `work` gives; null where a calculator refuses. */
  function unlessRefused(work) {
    try {
      return work();
    } catch (error) {
      if (error instanceof hedge.HedgeInputError) return null;
      throw error;
    }
  }

  // ---------------------------------------------------------------- the position

  /** What is typed: a word that is chosen, lines of cells, or a number; null where nothing is. */
  function read(text, { choices, lines, start, unit }, name) {
    if (lines) return text ? say.lines(text) : null;
    if (choices || name === 'preset') return text;
    return text || start ? say.parse(text) / (unit === '%' ? 100 : 1) : null;
  }

  /** The position as the calculators take it. */
  function readPosition(k) {
    let [notional, entry] = [k.notional, k.entry];
    if (k.fills) {
      const [prices, notionals] = [0, 1].map((place) => k.fills.map((row) => say.parse(row[place] ?? '')));
      ({ notional, entry } = hedge.averageEntry({ notionals, prices }));
    }
    const isolated = k.mode === 'isolated';
    hedge.checkInputs({ face: k.face });
    if (isolated) hedge.checkInputs({ leverage: k.leverage });
    const margin = k.margin ?? (isolated ? notional / (entry * k.leverage) : k.hold);
    k.lev = k.margin && isolated ? notional / (entry * margin) : k.leverage;
    const tiers = k.tiers?.map(([size, rate, ...amount]) => [
      size ? say.parse(size) : null, say.parse(rate ?? '') / 100, ...amount.map(say.parse),
    ]);
    k.position = { coins: k.hold, margin, notional, entry };
    return {
      ...k.position, ...pick(k, 'price maintenance fee amount slope'), tiers: tiers ?? null, maintenanceOn: k.on,
      rate: k.contract === 'perpetual' ? k.rate : 0, intervalHours: k.hours, horizonDays: k.ahead,
    };
  }

  function whole({ own, k }) {
    const now = hedge.measureHedge(own);
    const paid = hedge.measureFunding({ notional: 1, price: k.price, rate: k.rate, intervalHours: k.hours });
    Object.assign(k, {
      now, annual: paid.annualSimple, held: own.coins * k.price, contracts: own.notional / k.face,
      fromEntry: k.price / own.entry - 1, hedged: 1 - now.exposedShare, open: 1 - k.target, most: own.notional / own.entry,
    });
  }

  // ---------------------------------------------------------------- scenarios and drift

  function scenarios({ own, k, steps, rows }) {
    const closes = own.notional && !k.now.liquidated ? k.now.distance : null;
    const moves = sorted([...steps.moves, k.move, ...(closes !== null && closes < 1 ? [closes] : [])]);
    const found = spread(hedge.projectHedge({ ...own, moves })).map((row) => ({
      ...row, neverSold: own.coins * row.prices, bold: row.moves === k.move, red: row.moves === closes,
    }));
    Object.assign(rows, { scenarios: found, left: found });
    [k.fall, k.double] = [-0.2, 1].map((move) => found.find((row) => row.moves === move));
    k.full = Math.abs(k.fall.changes) < (own.coins * k.price) / 1000;
  }

  /** The trade in whole contracts at a price; of the coin left where the short is gone. */
  function restoring(own, k, price, gone) {
    if (gone && !k.now.coinsLeft) return 0;
    const position = gone ? { coins: k.now.coinsLeft, notional: 0, entry: price } : pick(own, 'coins notional entry');
    return hedge.measureDrift({ ...position, price, ...pick(k, 'target face rounding') }).trade;
  }

  /** The position after a trade at the price now; isolated margin as the leverage asks for. */
  function after(own, k, trade) {
    const traded = hedge.applyTrade({ ...pick(own, 'coins notional entry price fee'), trade });
    const secured = Math.min(traded.coins, traded.notional / (traded.entry * k.lev));
    return { ...own, ...traded, margin: k.mode === 'isolated' ? secured : own.margin + traded.coins - own.coins };
  }

  function drift({ own, k, steps, rows }) {
    rows.drift = spread(hedge.projectHedge({ ...own, moves: steps.few_moves })).map((row) => ({
      ...row, trade: restoring(own, k, row.prices, row.liquidated), bold: row.moves === 0,
    }));
    const { trade } = rows.drift.find((row) => row.bold);
    Object.assign(k, {
      trade, tradeContracts: Math.abs(trade) / k.face, gap: Math.abs(k.now.exposedShare - k.open),
      then: rows.drift.find((row) => row.moves === -0.2), unfunded: false,
    });
    if (k.now.liquidated) rows.again = steps.new_times.map((times) => newHedge(own, trade, times));
    else if (trade) {
      const moved = after(own, k, trade);
      const found = unlessRefused(() => hedge.measureHedge(moved));
      k.after = { entry: moved.entry, liquidation: found?.liquidation ?? null };
      k.unfunded = !found;
    }
  }

  /** Margin and liquidation of a new hedge at the price now with some leverage. */
  function newHedge(own, trade, times) {
    const tied = trade / (own.price * times);
    if (!trade) return { times, tied };
    const rules = pick(own, 'maintenance fee amount slope tiers maintenanceOn');
    const liquidation = hedge.findLiquidation({ notional: trade, margin: tied, entry: own.price, ...rules }).price;
    return { times, tied, liquidation, distance: liquidation === null ? null : liquidation / own.price - 1 };
  }

  // ---------------------------------------------------------------- liquidation

  /** The next of 1, 2 and 5 times a power of ten. */
  function roundStep(size) {
    const power = 10 ** Math.floor(Math.log10(size));
    return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= size);
  }

  /** Coin to add to the margin; where no price closes the hedge, to take out of it. */
  function additions(own, k, steps, asked) {
    if (k.now.liquidates) {
      const step = roundStep(k.most / 20);
      return steps.added.map((times) => step * times).filter((coin) => coin === 0 || own.margin + coin <= own.coins);
    }
    const less = steps.left.map((share) => k.most * share).filter((coin) => coin < own.margin).map((coin) => coin - own.margin);
    return [0, ...less.filter((coin) => unlessRefused(() => hedge.topUpLadder({ ...asked, additions: [coin] })))];
  }

  function ladder({ own, k, steps, rows }) {
    if (k.now.liquidated) {
      const kinds = { before: own.coins, lost: own.margin, kept: k.now.coinsLeft };
      rows.lost = Object.entries(kinds).map(([kind, coins]) => ({ kind, coins, worth: coins * k.price, red: kind === 'lost' }));
    }
    if (k.now.liquidated || !own.notional) return;
    const asked = { ...own, volatility: k.vol, days: k.ahead };
    const added = additions(own, k, steps, asked);
    const found = spread(hedge.topUpLadder({ ...asked, additions: added })).map((row, i) => ({
      ...row, added: added[i], bold: added[i] === 0,
    }));
    rows[k.now.liquidates ? 'topups' : 'drawn'] = found;
    if (!k.now.liquidates) return;
    k.asIs = found[0];
    k.alerts = hedge.alertPrices({ price: k.now.liquidation });
    k.helps = (found[0].chances > 0.05 && found.find(({ chances }) => chances <= 0.05)) || null;
  }

  // ---------------------------------------------------------------- funding, basis, another coin, linear

  /** USD sold; after liquidation those of a new hedge to the target. */
  const sold = (own, k) => (k.now.liquidated ? restoring(own, k, own.price, true) : own.notional);

  function funding({ own, k, steps, rows }) {
    const [notional, { value }] = [sold(own, k), k.now];
    const rates = [k.rate, ...steps.rates.filter((rate) => rate !== k.rate)];
    rows.funding = rates.map((rate, i) => {
      const paid = hedge.measureFunding({ notional, price: own.price, rate, intervalHours: k.hours });
      return { ...paid, rate, ofEquity: value ? paid.yearUsd / value : 0, bold: i === 0 };
    });
    [k.paid] = rows.funding;
  }

  function basis({ own, k, rows }) {
    const [spot, { days }] = [own.price, k];
    const future = k.forward ?? hedge.forwardPrice({ spot, premium: k.premium, days });
    const found = hedge.measureBasis({ spot, forward: future, days });
    const [even, again] = [found.simple, k.annual].map((annualRate) => hedge.breakEvenDays({ annualRate, fee: own.fee }));
    const size = { coins: k.now.value / spot, spot, hedge: k.target, ...pick(k, 'face rounding') };
    const carry = (forward) => (size.coins ? hedge.sizeCarry({ ...size, forward }) : { notional: 0, lockedProfit: 0 });
    Object.assign(k, { future, basis: found, even, locked: carry(future).lockedProfit });
    rows.basis = [
      ['price', future, spot], ['sold', carry(future).notional, carry(spot).notional], ['above', found.basis, null],
      ['year', found.simple, k.annual], ['even', even, again], ['known', null, null],
    ].map(([kind, dated, perpetual]) => ({ kind, dated, perpetual }));
  }

  /** Dated closes as lines of a date and a number. */
  const dated = (field, lines) =>
    lines.filter(([day], i) => i || /\d/.test(day)).map(([day, close = '']) => {
      if (!/^\d{4}-\d\d-\d\d$/.test(day)) throw new hedge.HedgeInputError(field, 'must have a date such as 2026-02-27 in each line');
      return [day, say.parse(close)];
    });

  /** Beta and R² of pasted closes. */
  function measuredBeta(k) {
    const pairs = hedge.pairCloses({ asset: dated('asset', k.closes), instrument: dated('instrument', k.btc) });
    const found = hedge.hedgeBeta({
      assetReturns: hedge.simpleReturns({ closes: pairs.asset }),
      instrumentReturns: hedge.simpleReturns({ closes: pairs.instrument }),
      value: 1,
    });
    return { beta: found.beta, r2: found.rSquared, measured: { ...found, nUnpaired: pairs.nUnpaired } };
  }

  function other({ k, steps, rows }) {
    if (k.closes && k.btc) Object.assign(k, measuredBeta(k));
    const [{ value, beta, times }, isHeld] = [k, k.bought === 'held'];
    const possible = times !== 1 || isHeld || beta <= 0;
    const short = hedge.sizeBetaHedge({ value, beta, leverage: times, marginHeld: isHeld || !possible });
    k.sized = possible ? short : { exposure: short.exposure, notional: null, margin: null };
    const sizes = [value, Math.abs(short.exposure), Math.abs(k.sized.notional), k.sized.margin ?? 0];
    const widths = sizes.map((size) => size / Math.max(...sizes));
    k.bars = { other: widths[0], moves: widths[1], sell: widths[2], bmargin: widths[3] };
    k.residual = hedge.residualRisk({ value, beta, rSquared: k.r2, volatility: k.bvol, days: 30 });
    rows.coin = sorted([...steps.times, times]).map((leverage) => ({
      times: leverage, bold: leverage === times,
      sale: leverage === 1 && beta > 0 ? null : hedge.sizeBetaHedge({ value, beta, leverage }),
    }));
  }

  function linear({ own, k, steps, rows }) {
    const notional = sold(own, k);
    const entry = k.now.liquidated ? own.price : own.entry;
    rows.linear = steps.few_moves.map((moves) => {
      const at = { notional, entry, price: own.price * (1 + moves) };
      return { moves, ...hedge.linearPnl(at), coin: hedge.inversePnl(at).coin, bold: moves === 1 };
    });
    const last = rows.linear.at(-1); // a doubling
    k.linear = { ...last, notional, entry, most: notional / entry, takes: Math.max(0, -last.coin) };
  }

  // ---------------------------------------------------------------- all of it

  const PANELS = { scen: scenarios, drift, liq: ladder, fund: funding, basis, coin: other, lin: linear };

  /** Numbers, words and flags, rows of tables, and what keeps each panel from its result; `pos` keeps all of them. */
  function workOut(given, { flags, inputs, names, steps, words }) {
    const k = { ...words, ...names[given.asset] };
    for (const [name, input] of Object.entries(inputs)) k[name] = read(given[name], input, name);
    const sheet = { k, steps, rows: {}, own: null };
    const wrong = {};
    const attempt = (panel, work) => {
      try {
        work(sheet);
      } catch (error) {
        if (!(error instanceof hedge.HedgeInputError)) throw error;
        wrong[panel] = error;
      }
    };
    attempt('pos', () => {
      sheet.own = readPosition(k);
      whole(sheet);
    });
    if (!wrong.pos) for (const [panel, work] of Object.entries(PANELS)) attempt(panel, work);
    for (const [flag, when] of Object.entries(flags)) k[flag] = say.holds(when, k);
    return { numbers: k, rows: sheet.rows, position: sheet.own, wrong };
  }

  window.ivtsLabWork = Object.freeze({ after, workOut });
})();
