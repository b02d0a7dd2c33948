/*
 * The calculators of the hedge lab as `ivtsHedge`: those functions of analytics/hedge/ that the page needs, with the
 * same rules and messages; there it says what each result means. The tests compare both. No page is touched here.
 *
 * N notional, E entry, P price, W coins, L leverage, m maintenance, f rate, h hedge. Prices are USD per coin, amounts
 * USD or coin, shares and rates decimal fractions. What a formula does not allow throws HedgeInputError {field, message}.
 */
(() => {
  'use strict';

  const [SMALLEST, LARGEST] = [1e-9, 1e15];
  const [HOURS_A_YEAR, HOURS_A_DAY, DAYS_A_YEAR] = [8760, 24, 365];
  const ROUNDING = 8 * Number.EPSILON; // what decimal inputs leave behind is not coin

  class HedgeInputError extends Error {
    constructor(field, message) {
      super(message);
      this.name = 'HedgeInputError';
      this.field = field;
    }
  }

  function refuse(field, message) {
    throw new HedgeInputError(field, message);
  }

  // ---------------------------------------------------------------- inputs

  const POSITIVE = [
    [(x) => x > 0, 'must be above 0'],
    [(x) => x >= SMALLEST && x <= LARGEST, 'must lie between 1e-9 and 1e15'],
  ];
  const NOT_NEGATIVE = [
    [(x) => x >= 0, 'must be 0 or above'],
    [(x) => x <= LARGEST, 'must be at most 1e15'],
  ];
  const SIGNED = [[(x) => Math.abs(x) <= LARGEST, 'must lie between -1e15 and 1e15']];
  const HEDGE = [[(x) => x >= 0 && x <= 1, 'must be between 0 and 1, unless values outside are allowed']];
  const SHARE = [[(x) => x >= 0 && x < 1, 'must be 0 or above, and below 1']];
  const RETURN = [
    [(x) => x >= -1, 'must be -1 or above: nothing falls by more than all of itself'],
    [(x) => x <= LARGEST, 'must be at most 1e15'],
  ];
  const alike = (names, rules) => Object.fromEntries(names.split(' ').map((name) => [name, rules]));
  const RULES = {
    ...alike('spotValue value coins held entry price barrier spot forward days face volatility', POSITIVE),
    ...alike('closes prices notionals', POSITIVE),
    ...alike('margin notional amount slope horizonDays', NOT_NEGATIVE),
    ...alike('premium annualRate beta trade additions', SIGNED),
    ...alike('hedge hedges target', HEDGE),
    ...alike('maintenance fee shares', SHARE),
    ...alike('assetReturns instrumentReturns', RETURN),
    leverage: [
      [(x) => x >= 1, 'must be 1 or above'],
      [(x) => x <= LARGEST, 'must be at most 1e15'],
    ],
    rate: [[(x) => Math.abs(x) < 1, 'must be between -1 and 1, both excluded']],
    intervalHours: [[(x) => x >= SMALLEST && x <= HOURS_A_YEAR, 'must be above 0 and at most 8760, a year']],
    moves: [
      [(x) => x > -1, 'must be above -1: a price cannot fall by all of itself'],
      [(x) => x <= LARGEST, 'must be at most 1e15'],
    ],
    rSquared: [[(x) => x > 0 && x <= 1, 'must be above 0 and at most 1']],
  };

  function checkFinite(field, value) {
    if (typeof value !== 'number') refuse(field, 'must be a number');
    if (!Number.isFinite(value)) refuse(field, 'must be a finite number');
  }

  function checkRules(field, values, rules) {
    for (const [holds, message] of rules) {
      if (!values.every(holds)) refuse(field, message);
    }
  }

  /** Check inputs by the rules of their names, in the order given; `signed` ones may have any sign. */
  function check(given, signed = []) {
    for (const [field, value] of Object.entries(given)) checkFinite(field, value);
    for (const [field, value] of Object.entries(given)) {
      checkRules(field, [value], signed.includes(field) ? SIGNED : RULES[field]);
    }
  }

  function checkList(field, values, least, rules = RULES[field]) {
    if (!Array.isArray(values)) refuse(field, 'must be a list of numbers');
    for (const value of values) checkFinite(field, value);
    checkRules(field, values, rules);
    if (values.length < least) refuse(field, `needs at least ${least} ${least === 1 ? 'value' : 'values'}`);
  }

  /** Check lists that are compared value by value; each must be as long as the first. */
  function checkPairs(given, least) {
    const all = Object.entries(given);
    for (const [field, values] of all) checkList(field, values, least);
    for (const [field, values] of all) {
      if (values.length !== all[0][1].length) refuse(field, 'must have as many values as the other list');
    }
  }

  function checkChoice(field, value, choices) {
    if (!choices.includes(value)) refuse(field, `must be ${choices.join(' or ')}`);
  }

  function signOf(side) {
    checkChoice('side', side, ['short', 'long']);
    return side === 'long' ? 1 : -1;
  }

  const withoutNoise = (difference, size) => (Math.abs(difference) <= ROUNDING * Math.abs(size) ? 0 : difference);

  /** Round to whole contracts, unmoved by what decimal fractions leave behind: 3.0000000000000004 is 3. */
  function wholeContracts(count, rounding) {
    checkChoice('rounding', rounding, ['nearest', 'down', 'up']);
    if (Math.abs(count) > Number.MAX_SAFE_INTEGER) refuse('face', 'must be larger: the contracts are too many to count');
    const slack = ROUNDING * Math.max(Math.abs(count), 1);
    if (rounding === 'down') return Math.floor(count + slack);
    return rounding === 'up' ? Math.ceil(count - slack) : Math.floor(count + 0.5 + slack);
  }

  /** Zero has no sign in a result. */
  const unsigned = (value) =>
    Array.isArray(value) ? value.map(unsigned) : typeof value === 'number' ? value + 0 : value;

  const result = (values) =>
    Object.freeze(Object.fromEntries(Object.entries(values).map(([key, value]) => [key, unsigned(value)])));

  const sum = (values) => values.reduce((total, value) => total + value, 0);

  // ---------------------------------------------------------------- position

  function averageEntry({ notionals, prices }) {
    checkPairs({ notionals, prices }, 1);
    const notional = sum(notionals);
    const coinsSold = sum(notionals.map((amount, i) => amount / prices[i]));
    return result({ notional, entry: notional / coinsSold, coinsSold });
  }

  function inversePnl({ notional, entry, price, side = 'short' }) {
    check({ notional, entry, price });
    const coin = (signOf(side) * notional * (price - entry)) / (entry * price);
    return result({ coin, usd: coin * price });
  }

  function linearPnl({ notional, entry, price, side = 'short' }) {
    check({ notional, entry, price });
    const usd = (signOf(side) * notional * (price - entry)) / entry;
    return result({ usd, toPost: Math.max(0, -usd) });
  }

  /** W − N/E: the coin that no short stands against. */
  function unhedgedCoins(coins, notional, entry) {
    const covered = notional / entry;
    return withoutNoise(coins - covered, Math.max(coins, Math.abs(covered)));
  }

  function measurePosition({ coins, notional, entry, price }) {
    check({ coins, notional, entry, price }, ['notional']);
    const unhedged = unhedgedCoins(coins, notional, entry);
    return result({
      hedge: notional / (coins * entry),
      pnlCoin: (-notional * (price - entry)) / (entry * price),
      equity: unhedged + notional / price,
      value: unhedged * price + notional,
      netExposure: unhedged * price,
      netShare: unhedged / coins,
      entryFormula: withoutNoise(coins * price - notional, coins * price),
    });
  }

  const USED_UP = 'must leave coin: at this price the loss has used up all of it';

  function measureDrift({ coins, notional, entry, price, target, face = 1, rounding = 'nearest', allowOutside = false }) {
    check({ coins, notional, entry, price, target, face }, allowOutside ? ['notional', 'target'] : ['notional']);
    const netExposure = unhedgedCoins(coins, notional, entry) * price;
    const value = netExposure + notional;
    if (value <= 0) refuse('price', USED_UP);
    const wanted = withoutNoise(target * value - notional, value);
    const count = wholeContracts(Math.abs(wanted) / face, rounding);
    const contracts = wanted > 0 ? count : 0 - count;
    return result({
      value,
      netExposure,
      hedgeNow: notional / value,
      shareNow: netExposure / value,
      targetNotional: target * value,
      contracts,
      trade: contracts * face,
      exposureAfter: withoutNoise(netExposure - contracts * face, value),
    });
  }

  function applyTrade({ coins, notional, entry, price, trade, fee = 0 }) {
    check({ coins, notional, entry, price, trade, fee });
    const left = withoutNoise(notional + trade, notional);
    if (left < 0) refuse('trade', 'must not buy back more than is sold');
    const realized = (Math.max(0, -trade) * (entry - price)) / (entry * price);
    const feeCoin = (fee * Math.abs(trade)) / price;
    const held = coins + realized - feeCoin;
    if (held <= 0) refuse('price', USED_UP);
    const moved = trade > 0 ? left / (notional / entry + trade / price) : entry;
    return result({ coins: held, notional: left, entry: moved, realized, feeCoin });
  }

  // ---------------------------------------------------------------- funding, basis and carry

  function compounded(field, logGrowth) {
    const growth = Math.expm1(logGrowth);
    if (!Number.isFinite(growth)) refuse(field, 'compounds over a year to more than a number can hold');
    return growth;
  }

  function measureFunding({ notional, price, rate, intervalHours = 8, side = 'short' }) {
    const sign = signOf(side);
    check({ notional, price, rate, intervalHours });
    const credit = 0 - sign * rate;
    const intervalsPerYear = HOURS_A_YEAR / intervalHours;
    const intervalUsd = credit * notional;
    const [dayUsd, yearUsd] = [intervalUsd * (HOURS_A_DAY / intervalHours), intervalUsd * intervalsPerYear];
    return result({
      intervalUsd,
      dayUsd,
      yearUsd,
      intervalCoin: intervalUsd / price,
      dayCoin: dayUsd / price,
      yearCoin: yearUsd / price,
      intervalsPerYear,
      annualSimple: credit * intervalsPerYear,
      annualCompounded: compounded('rate', Math.log1p(credit) * intervalsPerYear),
    });
  }

  function forwardPrice({ spot, premium, days }) {
    check({ spot, premium, days });
    const forward = spot * (1 + (premium * days) / DAYS_A_YEAR);
    if (forward <= 0) refuse('premium', 'must leave the future a price above 0');
    return forward;
  }

  function measureBasis({ spot, forward, days }) {
    check({ spot, forward, days });
    const [premium, terms] = [forward - spot, DAYS_A_YEAR / days];
    const basis = premium / spot;
    const log = Math.log1p(basis) * terms;
    return result({ premium, basis, simple: basis * terms, compound: compounded('days', log), log });
  }

  function sizeCarry({ coins, spot, forward, hedge = 1, face = 1, rounding = 'nearest' }) {
    check({ coins, spot, forward, hedge, face });
    const contracts = wholeContracts((hedge * coins * forward) / face, rounding);
    const notional = contracts * face;
    return result({
      contracts,
      notional,
      spotValue: coins * spot,
      lockedProfit: (notional * (forward - spot)) / forward,
      lockedReturn: (forward - spot) / spot,
      unhedgedCoins: unhedgedCoins(coins, notional, forward),
    });
  }

  function breakEvenDays({ annualRate, fee }) {
    check({ annualRate, fee });
    return annualRate > 0 ? (2 * fee * DAYS_A_YEAR) / annualRate : null;
  }

  // ---------------------------------------------------------------- liquidation

  const TIER_RULES = [
    [[(x) => x > 0 && x <= LARGEST, 'must have sizes above 0']],
    [[(x) => x >= 0 && x < 1, 'must have rates of 0 or above, and below 1']],
    [[(x) => x >= 0 && x <= LARGEST, 'must have amounts of 0 or above']],
  ];

  function checkTiers(tiers) {
    const shape = 'must be a list of tiers: size in coin, rate, amount in coin';
    if (!Array.isArray(tiers) || !tiers.length) refuse('tiers', shape);
    let floor = 0;
    return tiers.map((row, place) => {
      const fits = Array.isArray(row) && (row.length === 2 || row.length === 3);
      if (!fits) refuse('tiers', 'must have a size, a rate and, if any, an amount in each line');
      const open = row[0] === null;
      if (open && place + 1 < tiers.length) refuse('tiers', 'may leave the size open in the last line alone');
      const [rate, amount] = [row[1], row[2] ?? 0];
      const cells = [open ? [] : [row[0]], [rate], [amount]];
      cells.forEach((cell, i) => checkList('tiers', cell, 0, TIER_RULES[i]));
      const ceiling = open ? Infinity : row[0];
      if (ceiling <= floor) refuse('tiers', 'must have sizes that rise from line to line');
      floor = ceiling;
      return [ceiling, rate, amount];
    });
  }

  /** q > 0 where free + perCoin · q − slope · q² is zero, on the side the position moves to. */
  function root(free, perCoin, slope, sign) {
    const inside = perCoin * perCoin + 4 * slope * free;
    if (inside < 0) return null;
    const below = perCoin - sign * Math.sqrt(inside);
    const found = below ? (-2 * free) / below : 0;
    return found > 0 ? found : null;
  }

  /** The size in coin at which equity meets what is asked, walking through the tiers; null where it never does. */
  function closingSize(size, margin, { tiers, slope, fee, onMark }, sign) {
    let place = tiers.findIndex(([ceiling]) => size <= ceiling);
    if (place < 0) refuse('tiers', 'must reach to the size of the position');
    const [, ownRate, ownAmount] = tiers[place];
    if (margin <= (ownRate + fee) * size + slope * size * size - ownAmount) {
      refuse('margin', 'must be more than maintenance and closing fee at the entry');
    }
    if (!onMark) {
      const fixed = ownRate * size + slope * size * size - ownAmount;
      return root(withoutNoise(margin + sign * size - fixed, size), -sign - fee, 0, sign);
    }
    for (let start = size; ; ) {
      const [ceiling, rate, amount] = tiers[place];
      const floor = place ? tiers[place - 1][0] : 0;
      const [free, perCoin] = [withoutNoise(margin + sign * size + amount, size), -sign - rate - fee];
      if (free + perCoin * start - slope * start * start <= 0) return start; // the next tier asks for more at once
      const found = root(free, perCoin, slope, sign);
      if (found !== null && floor < found && found <= ceiling) return found;
      place += sign;
      if (place < 0) return null;
      if (place === tiers.length) return ceiling;
      start = sign < 0 ? floor : ceiling;
    }
  }

  function findLiquidation({
    notional, margin, entry, maintenance = 0, fee = 0, amount = 0, slope = 0, tiers = null, side = 'short',
    maintenanceOn = 'entry',
  }) {
    check({ notional, margin, entry, maintenance, fee, amount, slope });
    const sign = signOf(side);
    checkChoice('maintenanceOn', maintenanceOn, ['entry', 'mark']);
    if (notional < SMALLEST) refuse('notional', 'must be at least 1e-9: without a position nothing is liquidated');
    const table = tiers === null ? [[Infinity, maintenance, amount]] : checkTiers(tiers);
    const size = notional / entry;
    const at = closingSize(size, margin, { tiers: table, slope, fee, onMark: maintenanceOn === 'mark' }, sign);
    if (at === null || notional / at > LARGEST) return result({ liquidates: false, price: null, distance: null });
    return result({ liquidates: true, price: notional / at, distance: size / at - 1 });
  }

  function measureAftermath({ held, margin, price }) {
    check({ held, margin, price });
    const coins = withoutNoise(held - margin, held);
    if (coins < 0) refuse('margin', 'must not be more coin than is held');
    return result({ marginValue: margin * price, coins, value: coins * price, longUnhedged: coins > 0 });
  }

  function alertPrices({ price, shares = [0.1, 0.05, 0.02], side = 'short' }) {
    check({ price });
    checkList('shares', shares, 1);
    const sign = signOf(side);
    return shares.map((share) => price / (1 - sign * share));
  }

  /** Complementary error function: its series below 2, its continued fraction from there on. */
  function erfc(x) {
    if (x < 2) {
      let [term, total] = [x, x];
      for (let n = 1; term > total * Number.EPSILON / 4; n += 1) {
        term *= (2 * x * x) / (2 * n + 1);
        total += term;
      }
      return 1 - (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * total;
    }
    let below = x;
    for (let n = 120; n > 0; n -= 1) below = x + n / 2 / below;
    return Math.exp(-x * x) / Math.sqrt(Math.PI) / below;
  }

  function chanceOfReaching({ price, barrier, volatility, days }) {
    check({ price, barrier, volatility, days });
    const away = Math.abs(Math.log(barrier / price));
    return erfc(away / (volatility * Math.sqrt((2 * days) / DAYS_A_YEAR)));
  }

  // ---------------------------------------------------------------- a whole position

  /** Coin that a short at the price given pays over the horizon; nothing where it is paid. */
  function dueFunding(notional, price, { rate = 0, intervalHours = 8, horizonDays = 0 }) {
    check({ rate, intervalHours, horizonDays });
    const intervals = (horizonDays / DAYS_A_YEAR) * (HOURS_A_YEAR / intervalHours);
    return (Math.max(0, -rate) * intervals * notional) / price;
  }

  /** Liquidation price of the short once the funding due has left its margin. */
  function closingPrice(margin, due, notional, entry, { maintenance, fee, amount, slope, tiers, maintenanceOn }) {
    if (notional === 0) return null;
    if (due >= margin && margin > 0) refuse('rate', 'would use up the margin within the days looked ahead');
    const terms = { maintenance, fee, amount, slope, tiers, maintenanceOn };
    return findLiquidation({ notional, margin: margin - due, entry, ...terms }).price;
  }

  const isClosed = (price, closes) => closes !== null && price >= closes * (1 - ROUNDING);
  const distanceOf = (closes, from) => (closes === null ? null : closes / from - 1);

  function measureHedge({ coins, margin, notional, entry, price, ...terms }) {
    check({ coins, margin, notional, entry, price });
    if (withoutNoise(coins - margin, coins) < 0) refuse('margin', 'must not be more coin than is held');
    const fundingDue = dueFunding(notional, price, terms);
    const liquidation = closingPrice(margin, fundingDue, notional, entry, terms);
    const liquidated = isClosed(price, liquidation);
    const left = measureAftermath({ held: coins, margin, price: liquidation ?? price });
    const held = measurePosition({ coins, notional, entry, price });
    if (!liquidated && held.value <= 0) refuse('price', USED_UP);
    return result({
      value: liquidated ? left.coins * price : held.value,
      exposedShare: liquidated ? 1 : held.netExposure / held.value,
      liquidates: liquidation !== null,
      liquidation,
      distance: distanceOf(liquidation, price),
      fromEntry: distanceOf(liquidation, entry),
      liquidated,
      coinsLeft: left.coins,
      leftValue: liquidation === null ? null : left.value,
      fundingDue,
    });
  }

  function projectHedge({ coins, margin, notional, entry, price, moves, ...terms }) {
    const now = measureHedge({ coins, margin, notional, entry, price, ...terms });
    checkList('moves', moves, 1);
    const prices = moves.map((move) => price * (1 + move));
    const liquidated = prices.map((at) => now.liquidated || isClosed(at, now.liquidation));
    const values = prices.map((at, i) =>
      liquidated[i] ? now.coinsLeft * at : measurePosition({ coins, notional, entry, price: at }).value,
    );
    return result({
      moves,
      prices,
      values,
      changes: values.map((value) => withoutNoise(value - now.value, now.value)),
      futures: prices.map((at, i) => (liquidated[i] ? -margin * at : inversePnl({ notional, entry, price: at }).usd)),
      unhedged: moves.map((move) => coins * price * move),
      exposedShares: values.map((value, i) => (liquidated[i] ? 1 : withoutNoise(1 - notional / value, 1))),
      liquidated,
    });
  }

  function topUpLadder({ margin, notional, entry, price, additions, volatility, days, ...terms }) {
    check({ margin, notional, entry, price, volatility, days });
    checkList('additions', additions, 1);
    const due = dueFunding(notional, price, terms);
    const margins = additions.map((added) => margin + added);
    const prices = margins.map((each) => closingPrice(each, due, notional, entry, terms));
    const chance = (barrier) => {
      if (barrier === null) return 0;
      return isClosed(price, barrier) ? 1 : chanceOfReaching({ price, barrier, volatility, days });
    };
    return result({
      margins,
      prices,
      distances: prices.map((closes) => distanceOf(closes, price)),
      chances: prices.map(chance),
    });
  }

  // ---------------------------------------------------------------- another coin

  const PERCENT_SIGN = 0.3; // half of all returns of a coin above it: percentages or prices, not fractions
  const CLOSE = [[(x) => x >= SMALLEST && x <= LARGEST, 'must have closes above 0']];
  const dot = (a, b) => sum(a.map((value, i) => value * b[i]));

  function byDate(field, series) {
    const found = new Map();
    if (!Array.isArray(series) || !series.length) refuse(field, 'must have a date and a close in each line');
    for (const row of series) {
      const fits = Array.isArray(row) && row.length === 2 && typeof row[0] === 'string';
      if (!fits) refuse(field, 'must have a date and a close in each line');
      if (found.has(row[0])) refuse(field, `has ${row[0]} twice`);
      checkList(field, [row[1]], 1, CLOSE);
      found.set(...row);
    }
    return found;
  }

  function pairCloses({ asset, instrument }) {
    const [first, second] = [byDate('asset', asset), byDate('instrument', instrument)];
    const dates = [...first.keys()].filter((day) => second.has(day)).sort();
    if (dates.length < 4) refuse('instrument', `shares ${dates.length} dates with the other; at least 4 are needed`);
    return result({
      dates,
      asset: dates.map((day) => first.get(day)),
      instrument: dates.map((day) => second.get(day)),
      nUnpaired: first.size + second.size - 2 * dates.length,
    });
  }

  function simpleReturns({ closes }) {
    checkList('closes', closes, 2);
    return closes.slice(1).map((close, i) => (close - closes[i]) / closes[i]);
  }

  function checkReturns(field, returns) {
    const middle = returns.map(Math.abs).sort((a, b) => a - b)[Math.floor(returns.length / 2)];
    if (middle > PERCENT_SIGN) refuse(field, 'must be fractions, 0.013 for 1.3%: these look like percent or prices');
    if (returns.every((value) => value === returns[0])) refuse(field, 'must vary: all values are equal');
  }

  function hedgeBeta({ assetReturns, instrumentReturns, value }) {
    checkPairs({ assetReturns, instrumentReturns }, 3);
    checkReturns('assetReturns', assetReturns);
    checkReturns('instrumentReturns', instrumentReturns);
    check({ value });
    const n = assetReturns.length;
    const [meanX, meanY] = [sum(instrumentReturns) / n, sum(assetReturns) / n];
    const [x, y] = [instrumentReturns.map((each) => each - meanX), assetReturns.map((each) => each - meanY)];
    const spread = dot(x, x);
    const beta = dot(x, y) / spread;
    const residuals = y.map((each, i) => each - beta * x[i]);
    const unexplained = dot(residuals, residuals);
    const residualDeviation = Math.sqrt(unexplained / (n - 2));
    return result({
      beta,
      alpha: meanY - beta * meanX,
      standardError: residualDeviation / Math.sqrt(spread),
      rSquared: 1 - unexplained / dot(y, y),
      residualDeviation,
      n,
      notional: beta * value,
      residualRisk: residualDeviation * value,
    });
  }

  function sizeBetaHedge({ value, beta, leverage, marginHeld = false }) {
    check({ value, beta, leverage });
    const exposure = beta * value;
    const sign = exposure > 0 ? -1 : 1;
    if (!marginHeld && leverage === 1 && sign < 0) {
      refuse('leverage', 'must be above 1: the margin bought would undo all that is sold');
    }
    const notional = marginHeld ? exposure : (exposure * leverage) / (leverage + sign);
    const margin = Math.abs(notional) / leverage;
    return result({
      exposure,
      notional,
      margin,
      bought: marginHeld ? 0 : margin,
      openExposure: marginHeld ? margin : 0,
    });
  }

  function residualRisk({ value, beta, rSquared, volatility, days }) {
    check({ value, beta, rSquared, volatility, days });
    const moved = Math.abs(beta) * value * volatility * Math.sqrt(days / DAYS_A_YEAR);
    return moved * Math.sqrt(1 / rSquared - 1);
  }

  globalThis.ivtsHedge = Object.freeze({
    HedgeInputError,
    alertPrices,
    applyTrade,
    averageEntry,
    breakEvenDays,
    chanceOfReaching,
    checkInputs: check,
    findLiquidation,
    forwardPrice,
    hedgeBeta,
    inversePnl,
    linearPnl,
    measureAftermath,
    measureBasis,
    measureDrift,
    measureFunding,
    measureHedge,
    measurePosition,
    pairCloses,
    projectHedge,
    residualRisk,
    simpleReturns,
    sizeBetaHedge,
    sizeCarry,
    topUpLadder,
  });
})();
