/*
 * The hedge lab worked out, as `ivtsLabWork`: from what is typed to numbers, words, flags and rows by the names that the
 * page's texts use. words/lab.py takes the same steps at build time; the calculating is hedge.js's.
 */
(() => {
  'use strict';

  const { ivtsHedge: hedge, ivtsLabText: say } = window;

  const MOVES = [-0.5, -0.3, -0.2, -0.1, 0, 0.1, 0.2, 0.5, 1];
  const FEWER_MOVES = [-0.5, -0.2, 0, 0.2, 0.5, 1];
  const RATES = [0.0003, 0, -0.0001, -0.0003];
  const [TIMES, NEW_TIMES] = [[1, 2, 5, 10], [2, 3, 5, 10]];
  const [LEFT, STEPS] = [[1.25, 1, 0.75, 0.5, 0.25], [0, 1, 2, 4, 8, 12]];
  const NEAR = 0.1;

  const pick = (from, names) => Object.fromEntries(names.split(' ').map((name) => [name, from[name]]));

  // ---------------------------------------------------------------- words

  const moveWord = (move, words, liquidation = false) => {
    const said = say.write(move, 'pct', 1, true);
    if (liquidation) return words.liquidation.replace('[+away_pct1]', said);
    return move ? said : words.now;
  };
  const tradeWords = (trade, words, more = false) => ({
    trade: !trade ? words.none : trade < 0 ? words.buy : more ? words.sell_more : words.sell,
    trade_usd: Math.abs(trade),
  });
  const chanceWord = (chance, words) => {
    if (chance < 0.01) return words.under;
    return chance > 0.99 ? words.over : say.write(chance, 'pct');
  };
  function chancePhrase(chance, words) {
    const said = chanceWord(chance, words);
    return words[/^(8|11%|18%)/.test(said) ? 'chance_an' : 'chance'].replace('[chance]', said);
  }

  // ---------------------------------------------------------------- the position

  /** The position as the calculators take it, from what is typed; notes what is typed in `k`. */
  function readPosition(given, k) {
    const number = (name, scale = 1) => say.parse(given[name]) / scale;
    let [notional, entry] = [number('notional'), number('entry')];
    const fills = say.lines(given.fills).map((row) => row.map(say.parse));
    if (fills.length) {
      const filled = hedge.averageEntry({ notionals: fills.map((row) => row[1]), prices: fills.map((row) => row[0]) });
      [notional, entry] = [filled.notional, filled.entry];
    }
    const [coins, leverage, isolated] = [number('hold'), number('leverage'), given.mode === 'isolated'];
    hedge.checkInputs({ face: number('face') });
    if (isolated) hedge.checkInputs({ leverage });
    const typed = given.margin !== '';
    const margin = typed ? number('margin') : isolated ? notional / (entry * leverage) : coins;
    const perpetual = given.contract === 'perpetual';
    const tiers = say.lines(given.tiers).map(([size, rate, ...amount]) => [
      size ? say.parse(size) : null, say.parse(rate) / 100, ...amount.map(say.parse),
    ]);
    Object.assign(k, {
      isolated, cross: !isolated, perpetual, dated: !perpetual,
      lev_x: typed && isolated && margin ? notional / (entry * margin) : leverage,
      face_usd: number('face'), target_pct: number('target', 100),
      ahead_days: say.days(number('ahead')), vol_pct: number('vol', 100),
      fee_pct2: number('fee', 100), maint_pct2: number('maintenance', 100),
      on: given.on, tiered: tiers.length > 0, rounding: given.rounding,
    });
    const terms = {
      maintenance: number('maintenance', 100), fee: number('fee', 100), amount: number('amount'),
      slope: number('slope', 100), tiers: tiers.length ? tiers : null, maintenanceOn: given.on,
      rate: perpetual ? number('rate', 100) : 0, intervalHours: number('hours'), horizonDays: number('ahead'),
    };
    return { coins, margin, notional, entry, price: number('price'), terms, filled: fills.length > 0 };
  }

  const asHedge = (position) => ({ ...pick(position, 'coins margin notional entry price'), ...position.terms });

  function whole({ given, position, k, words }) {
    const now = hedge.measureHedge(asHedge(position));
    const { price, entry, notional, coins } = position;
    const [rate, hours] = [say.parse(given.rate) / 100, say.parse(given.hours)];
    const short = notional > 0;
    Object.assign(k, {
      coins_coin: coins, unit_name: k.name, held_usd: coins * price,
      margin_coin: position.margin, notional_usd: notional, entry_px: entry, price_px: price,
      contracts_n: notional / k.face_usd, move_pct1: price / entry - 1,
      value_usd: now.value, share_pct: now.exposedShare, hedge_pct: 1 - now.exposedShare,
      open_pct: 1 - k.target_pct, left_coin: now.coinsLeft, due_coin: now.fundingDue,
      most_coin: notional / entry, short, liquidated: now.liquidated,
      never: short && !now.liquidates, spent: now.liquidated && now.coinsLeft === 0,
      paying: rate < 0 && k.perpetual, unpaid: rate === 0, rate_pct2: rate, hours_num: hours,
      mode_word: words[k.isolated ? 'isolated' : 'cross'], near: false, within: false,
    });
    if (now.liquidation !== null) {
      Object.assign(k, {
        liq_px: now.liquidation, away_pct1: now.distance, fromentry_pct1: now.fromEntry,
        leftthen_usd: now.leftValue, near: now.distance <= NEAR, within: now.distance < 1,
      });
    }
    const annual = hedge.measureFunding({ notional: 1, price, rate, intervalHours: hours }).annualSimple;
    Object.assign(k, {
      annual_pct2: Math.abs(annual),
      margin_hint: words[k.isolated ? 'isolated_hint' : 'cross_hint'],
      entry_hint: words[position.filled ? 'fills_hint' : 'entry_hint'],
      price_hint: words[price === entry ? 'at_entry' : 'from_entry'],
      rate_hint: words[annual < 0 ? 'paying_hint' : 'paid_hint'],
    });
    if (k.tiered) k.maint_pct2 = 0;
  }

  // ---------------------------------------------------------------- scenarios and drift

  function scenarios({ given, position, k, words, rows }) {
    const chosen = say.parse(given.move) / 100;
    const marked = k.short && !k.liquidated ? k.away_pct1 : undefined;
    const wanted = new Set([...MOVES, chosen, ...(marked < 1 ? [marked] : [])]);
    const out = hedge.projectHedge({ ...asHedge(position), moves: [...wanted].sort((a, b) => a - b) });
    rows.scenarios = out.moves.map((move, i) => ({
      move: moveWord(move, words, move === marked),
      price_px: out.prices[i], value_usd: out.values[i], futures_usd: out.futures[i],
      never_usd: position.coins * out.prices[i], on: move === chosen, bk: move === marked,
      ...(move && { change_usd: out.changes[i], alone_usd: out.unhedged[i] }),
    }));
    rows.left = rows.scenarios;
    const [fall, double] = [out.moves.indexOf(-0.2), out.moves.indexOf(1)];
    const lost = out.changes[fall];
    const full = Math.abs(lost) < (position.coins * position.price) / 1000;
    Object.assign(k, {
      move_pct: chosen, fall_usd: Math.abs(lost), fall_sign: say.write(lost, 'usd', 0, true),
      fall_alone_usd: -out.unhedged[fall], double_usd: Math.abs(out.changes[double]),
      double_alone_usd: out.unhedged[double], full, gains: lost > 0 && !full,
      futures_head: words[position.price === position.entry ? 'futures' : 'futures_to_date'],
    });
  }

  /** The trade in whole contracts at a price; of the coin left where the short is gone. */
  function restoring(position, k, price, gone) {
    if (gone && !k.left_coin) return 0;
    const own = gone ? { coins: k.left_coin, notional: 0, entry: price } : pick(position, 'coins notional entry');
    return hedge.measureDrift({ ...own, price, target: k.target_pct, face: k.face_usd, rounding: k.rounding }).trade;
  }

  /** The position after a trade at the price now; isolated margin as the leverage asks for. */
  function after(position, k, trade) {
    const asked = { ...pick(position, 'coins notional entry price'), trade, fee: position.terms.fee };
    const traded = pick(hedge.applyTrade(asked), 'coins notional entry');
    const secured = Math.min(traded.coins, traded.notional / (traded.entry * k.lev_x));
    return { ...position, ...traded, margin: k.isolated ? secured : position.margin + traded.coins - position.coins };
  }

  function drift({ position, k, words, rows }) {
    const out = hedge.projectHedge({ ...asHedge(position), moves: FEWER_MOVES });
    const trades = out.prices.map((price, i) => restoring(position, k, price, out.liquidated[i]));
    rows.drift = out.moves.map((move, i) => ({
      move: moveWord(move, words), price_px: out.prices[i], share_pct: out.exposedShares[i], on: move === 0,
      ...tradeWords(trades[i], words),
    }));
    const [trade, fall] = [trades[FEWER_MOVES.indexOf(0)], FEWER_MOVES.indexOf(-0.2)];
    const then = tradeWords(trades[fall], words);
    Object.assign(k, tradeWords(trade, words, !k.liquidated), {
      trade_n: Math.abs(trade) / k.face_usd, moved: trade !== 0, steady: trades[fall] === 0,
      adrift: trade === 0 && Math.abs(k.share_pct - k.open_pct) >= 0.005,
      share20_pct: out.exposedShares[fall], reaches: false, unfunded: false, trade20: say.fill(then.trade, then),
    });
    if (k.liquidated) newHedge(position, rows, trade);
    else if (trade) {
      const moved = after(position, k, trade);
      k.newentry_px = moved.entry;
      try {
        const closes = hedge.measureHedge(asHedge(moved)).liquidation;
        Object.assign(k, closes !== null && { newliq_px: closes, reaches: true });
      } catch (error) {
        if (!(error instanceof hedge.HedgeInputError)) throw error;
        k.unfunded = true;
      }
    }
  }

  /** Margin and liquidation of a new hedge at the price now, by leverage. */
  function newHedge(position, rows, trade) {
    const rules = pick(position.terms, 'maintenance fee amount slope tiers maintenanceOn');
    rows.again = NEW_TIMES.map((times) => {
      const margin = trade / (position.price * times);
      if (!trade) return { times_x: times, tied_coin: margin };
      const { price } = hedge.findLiquidation({ notional: trade, margin, entry: position.price, ...rules });
      const found = price !== null && { liq_px: price, away_pct: price / position.price - 1 };
      return { times_x: times, tied_coin: margin, ...found };
    });
  }

  // ---------------------------------------------------------------- liquidation

  /** The next of 1, 2 and 5 times a power of ten. */
  function roundStep(size) {
    const power = 10 ** Math.floor(Math.log10(size));
    return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= size);
  }

  /** Whether maintenance, fee and the funding due can be met once so much is added to the margin. */
  function isEnough(asked, added) {
    try {
      hedge.topUpLadder({ ...asked, additions: [added] });
      return true;
    } catch (error) {
      if (error instanceof hedge.HedgeInputError) return false;
      throw error;
    }
  }

  function ladder({ given, position, k, words, rows }) {
    const { price, margin, coins } = position;
    Object.assign(rows, { topups: [], drawn: [], lost: [] });
    k.helps = false;
    if (k.liquidated) {
      const kinds = [['before', coins], ['lost', margin], ['kept', k.left_coin]];
      rows.lost = kinds.map(([name, coin]) => ({
        what: words[name], amount_coin: coin, worth_usd: coin * price, bk: name === 'lost',
      }));
      return;
    }
    if (!k.short) return;
    const most = k.most_coin;
    const step = roundStep(most / 20);
    const chance = { volatility: say.parse(given.vol) / 100, days: say.parse(given.ahead) };
    const asked = { ...pick(position, 'margin notional entry price'), ...position.terms, ...chance };
    const less = LEFT.map((share) => most * share).filter((each) => each < margin).map((each) => each - margin);
    const more = STEPS.filter((times) => times === 0 || margin + step * times <= coins).map((times) => step * times);
    const added = k.never ? [0, ...less.filter((each) => isEnough(asked, each))] : more;
    const steps = hedge.topUpLadder({ ...asked, additions: added });
    rows[k.never ? 'drawn' : 'topups'] = added.map((each, i) => ({
      left_coin: steps.margins[i], added_coin: each, ticker: k.ticker, on: each === 0,
      added: words[each === 0 ? 'nothing' : 'added'], liq_px: steps.prices[i] ?? words.never,
      ...(steps.distances[i] !== null && {
        away_pct: steps.distances[i], away_pct1: steps.distances[i], chance: chanceWord(steps.chances[i], words),
      }),
    }));
    if (k.never) return;
    k.chance_words = chancePhrase(steps.chances[0], words);
    [k.alert10_px, k.alert5_px, k.alert2_px] = hedge.alertPrices({ price: k.liq_px });
    const helps = steps.chances.findIndex((each) => each <= 0.05);
    if (helps <= 0) return;
    Object.assign(k, { helps: true, help_coin: added[helps], help_chance: chanceWord(steps.chances[helps], words) });
  }

  // ---------------------------------------------------------------- funding, basis, another coin, linear

  /** USD sold; after liquidation those of a new hedge to the target. */
  const currentNotional = (position, k) => (k.liquidated ? restoring(position, k, position.price, true) : position.notional);

  function funding({ position, k, rows }) {
    const notional = currentNotional(position, k);
    const rates = [k.rate_pct2, ...RATES.filter((rate) => rate !== k.rate_pct2)];
    rows.funding = rates.map((rate) => {
      const paid = hedge.measureFunding({ notional, price: position.price, rate, intervalHours: k.hours_num });
      return {
        rate_pct2: rate, day_usd2: paid.dayUsd, year_usd: paid.yearUsd, annual_pct2: paid.annualSimple,
        equity_pct1: k.value_usd ? paid.yearUsd / k.value_usd : 0, on: rate === k.rate_pct2,
      };
    });
    k.day_usd = Math.abs(rows.funding[0].day_usd2);
    k.day_usd2 = k.day_usd;
  }

  function basis({ given, position, k, words, rows }) {
    const [spot, days, fee] = [position.price, say.parse(given.days), position.terms.fee];
    const typed = given.forward !== '';
    const forward = typed
      ? say.parse(given.forward)
      : hedge.forwardPrice({ spot, premium: say.parse(given.premium) / 100, days });
    const found = hedge.measureBasis({ spot, forward, days });
    const rate = hedge.measureFunding({ notional: 1, price: spot, rate: k.rate_pct2, intervalHours: k.hours_num }).annualSimple;
    const even = hedge.breakEvenDays({ annualRate: found.simple, fee });
    const again = hedge.breakEvenDays({ annualRate: rate, fee });
    const coins = k.value_usd / spot;
    Object.assign(k, {
      premium_pct1: found.simple, premium_pct2: found.simple, forward_px2: forward,
      days_n: days, expiry_days: say.days(days), forward_hint: words[typed ? 'premium_hint' : 'forward_hint'],
      locked_usd: 0, earned: false, dated_even: even ?? 0, dated_rate: found.simple, perpetual_rate: rate,
    });
    let [dated, perpetual] = [0, 0];
    if (coins) {
      const size = { coins, spot, hedge: k.target_pct, face: k.face_usd, rounding: k.rounding };
      const carry = hedge.sizeCarry({ ...size, forward });
      [dated, perpetual] = [carry.notional, hedge.sizeCarry({ ...size, forward: spot }).notional];
      Object.assign(k, { locked_usd: carry.lockedProfit, earned: even !== null });
    }
    if (even !== null) k.even_days = say.days(even);
    const pct = (value) => say.write(value, 'pct', 2, true);
    const daysOr = (value) => (value === null ? words.unknown : say.days(value));
    const shown = [
      ['price', say.write(forward, 'px', 2), say.write(spot, 'px', 2)],
      ['sold', say.write(dated, 'usd'), say.write(perpetual, 'usd')],
      ['above', pct(found.basis), words.unknown],
      ['year', pct(found.simple), pct(rate)],
      ['even', daysOr(even), daysOr(again)],
      ['known', words.yes_known, words.no_known],
    ];
    rows.basis = shown.map(([name, one, other]) => ({
      what: words[name], dated: one, perpetual: other, target_pct: k.target_pct,
    }));
  }

  /** Dated closes as lines of a date and a number. */
  const dated = (field, text) =>
    say.lines(text).filter(([day], i) => i || /\d/.test(day)).map(([day, close = '']) => {
      if (!/^\d{4}-\d\d-\d\d$/.test(day)) throw new hedge.HedgeInputError(field, 'must have a date such as 2026-02-27 in each line');
      return [day, say.parse(close)];
    });

  function measuredBeta(given, k, words) {
    const pairs = hedge.pairCloses({ asset: dated('asset', given.closes), instrument: dated('instrument', given.btc) });
    const found = hedge.hedgeBeta({
      assetReturns: hedge.simpleReturns({ closes: pairs.asset }),
      instrumentReturns: hedge.simpleReturns({ closes: pairs.instrument }),
      value: 1,
    });
    Object.assign(k, { se_num: found.standardError, pairs_n: found.n, unpaired_n: pairs.nUnpaired, beta_hint: words.pairs });
    return [found.beta, found.rSquared];
  }

  function other({ given, k, words, rows }) {
    const [value, times, volatility] = [say.parse(given.value), say.parse(given.times), say.parse(given.bvol) / 100];
    let [beta, rSquared] = [say.parse(given.beta), say.parse(given.r2)];
    const isHeld = given.bought === 'held';
    k.beta_hint = words.no_pairs;
    if (given.closes && given.btc) [beta, rSquared] = measuredBeta(given, k, words);
    const negative = beta < 0;
    const impossible = times === 1 && !isHeld && beta > 0;
    const sized = hedge.sizeBetaHedge({ value, beta, leverage: times, marginHeld: isHeld || impossible });
    const widest = Math.max(value, Math.abs(sized.exposure), impossible ? 0 : Math.abs(sized.notional));
    Object.assign(k, {
      other_usd: value, beta_num: beta, r2_num: rSquared, bvol_pct: volatility, times_x: times,
      moves_usd: Math.abs(sized.exposure), negative, impossible, bought: !isHeld,
      bought_word: words[isHeld ? 'held' : 'bought'], order: words[negative ? 'buy_order' : 'sell_order'],
      residual_usd: hedge.residualRisk({ value, beta, rSquared, volatility, days: 30 }),
      bar_other: value / widest, bar_moves: Math.abs(sized.exposure) / widest,
      bar_sell: impossible ? 0 : Math.abs(sized.notional) / widest,
      bar_bmargin: impossible ? 0 : sized.margin / widest,
      ...(!impossible && { sell_usd: Math.abs(sized.notional), bmargin_usd: sized.margin }),
    });
    rows.coin = [...new Set([...TIMES, times])].sort((a, b) => a - b).map((each) => {
      const row = { times_x: each, held_usd: Math.abs(sized.exposure), on: each === times };
      if (each === 1 && beta > 0) return { ...row, bought: words.impossible };
      const bought = hedge.sizeBetaHedge({ value, beta, leverage: each });
      return { ...row, bought: say.write(Math.abs(bought.notional), 'usd'), bmargin_usd: bought.bought };
    });
  }

  function linear({ position, k, words, rows }) {
    const notional = currentNotional(position, k);
    const entry = k.liquidated ? position.price : position.entry;
    Object.assign(k, { lnotional_usd: notional, lmost_coin: notional / entry, lentry_px: entry });
    rows.linear = FEWER_MOVES.map((move) => {
      const at = { notional, entry, price: position.price * (1 + move) };
      const [inverse, dollars] = [hedge.inversePnl(at), hedge.linearPnl(at)];
      Object.assign(k, { post_usd: dollars.toPost, takes_coin: Math.max(0, -inverse.coin) }); // the last: a doubling
      return {
        move: moveWord(move, words), result_usd: dollars.usd, taken_coin: inverse.coin, on: move === 1,
        ...(dollars.toPost && { post_usd: dollars.toPost }),
      };
    });
  }

  // ---------------------------------------------------------------- all of it

  const PANELS = { scen: scenarios, drift, liq: ladder, fund: funding, basis, coin: other, lin: linear };

  /** Numbers, words and flags, rows of tables, and what keeps each panel from its result; `pos` keeps all of them. */
  function workOut(given, { names, words }) {
    const k = { ...names[given.asset] };
    const sheet = { given, words, k, rows: {}, position: null };
    const wrong = {};
    const attempt = (panel, work) => {
      try {
        work();
      } catch (error) {
        if (!(error instanceof hedge.HedgeInputError)) throw error;
        wrong[panel] = error;
      }
    };
    attempt('pos', () => {
      sheet.position = readPosition(given, k);
      whole(sheet);
    });
    if (!wrong.pos) for (const [panel, work] of Object.entries(PANELS)) attempt(panel, () => work(sheet));
    return { numbers: k, rows: sheet.rows, position: sheet.position, wrong };
  }

  window.ivtsLabWork = Object.freeze({ after, asHedge, workOut });
})();
