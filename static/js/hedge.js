/*
 * The calculators of the hedge lab as `ivtsHedge`: the same functions, rules and messages as analytics/hedge/ (which
 * says what each result means), of numbers instead of arrays; the tests compare both. No page is touched here.
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
  const RULES = {
    spotValue: POSITIVE,
    value: POSITIVE,
    coins: POSITIVE,
    held: POSITIVE,
    margin: NOT_NEGATIVE,
    notional: NOT_NEGATIVE,
    entry: POSITIVE,
    price: POSITIVE,
    spot: POSITIVE,
    forward: POSITIVE,
    days: POSITIVE,
    face: POSITIVE,
    hedge: HEDGE,
    hedges: HEDGE,
    target: HEDGE,
    leverage: [
      [(x) => x >= 1, 'must be 1 or above'],
      [(x) => x <= LARGEST, 'must be at most 1e15'],
    ],
    maintenance: [[(x) => x >= 0 && x < 1, 'must be 0 or above, and below 1']],
    rate: [[(x) => Math.abs(x) < 1, 'must be between -1 and 1, both excluded']],
    intervalHours: [[(x) => x >= SMALLEST && x <= HOURS_A_YEAR, 'must be above 0 and at most 8760, a year']],
    moves: [
      [(x) => x > -1, 'must be above -1: a price cannot fall by all of itself'],
      [(x) => x <= LARGEST, 'must be at most 1e15'],
    ],
    closes: POSITIVE,
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

  /** Check inputs by the rules of their names, in the order given; `signed` ones may have any sign and size. */
  function check(given, signed = []) {
    for (const [field, value] of Object.entries(given)) checkFinite(field, value);
    for (const [field, value] of Object.entries(given)) {
      checkRules(field, [value], signed.includes(field) ? SIGNED : RULES[field]);
    }
  }

  function checkList(field, values, least) {
    if (!Array.isArray(values)) refuse(field, 'must be a number');
    for (const value of values) checkFinite(field, value);
    if (values.length < least) refuse(field, `needs at least ${least} ${least === 1 ? 'value' : 'values'} in one list`);
  }

  /** Check series that are compared value by value. */
  function checkSeries(given, least) {
    const all = Object.entries(given);
    for (const [field, values] of all) {
      checkList(field, values, least);
      checkRules(field, values, SIGNED);
      if (values.length !== all[0][1].length) refuse(field, 'must have as many values as the other series');
    }
    for (const [field, values] of all) {
      if (values.every((value) => value === values[0])) refuse(field, 'must vary: all values are equal');
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

  /** Zero has no sign in a result. */
  const unsigned = (value) =>
    Array.isArray(value) ? value.map(unsigned) : typeof value === 'number' ? value + 0 : value;

  const result = (values) =>
    Object.freeze(Object.fromEntries(Object.entries(values).map(([key, value]) => [key, unsigned(value)])));

  // ---------------------------------------------------------------- sizing and position

  /** Round to whole contracts, not moved by what decimal fractions leave behind: 3.0000000000000004 is 3. */
  function whole(count, rounding) {
    if (Math.abs(count) > Number.MAX_SAFE_INTEGER) refuse('face', 'must be larger: the contracts are too many to count');
    const slack = ROUNDING * Math.max(Math.abs(count), 1);
    if (rounding === 'down') return Math.floor(count + slack);
    return rounding === 'up' ? Math.ceil(count - slack) : Math.floor(count + 0.5 + slack);
  }

  function sizeHedge({ spotValue, hedge, entry, leverage = 1, face = 1, rounding = 'nearest', allowOutside = false }) {
    checkChoice('rounding', rounding, ['nearest', 'down', 'up']);
    check({ spotValue, hedge, entry, leverage, face }, allowOutside ? ['hedge'] : []);
    const targetNotional = hedge * spotValue;
    const contracts = whole(targetNotional / face, rounding);
    const [notional, coins] = [contracts * face, spotValue / entry];
    const margin = Math.abs(notional) / (entry * leverage);
    return result({
      coins,
      targetNotional,
      contracts,
      notional,
      hedge: notional / spotValue,
      margin,
      freeCoins: withoutNoise(coins - margin, coins),
      netExposure: withoutNoise(spotValue - notional, spotValue),
      netShare: withoutNoise(1 - notional / spotValue, 1),
    });
  }

  function inversePnl({ notional, entry, price, side = 'short' }) {
    check({ notional, entry, price });
    const coin = (signOf(side) * notional * (price - entry)) / (entry * price);
    return result({ coin, usd: coin * price });
  }

  function linearPnl({ notional, entry, price, side = 'short' }) {
    check({ notional, entry, price });
    const usd = (signOf(side) * notional * (price - entry)) / entry;
    return result({ coin: usd / price, usd });
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

  function measureDrift({ coins, notional, entry, price, target, allowOutside = false }) {
    check({ coins, notional, entry, price, target }, allowOutside ? ['notional', 'target'] : ['notional']);
    const netExposure = unhedgedCoins(coins, notional, entry) * price;
    const value = netExposure + notional;
    if (value <= 0) refuse('price', 'must leave coin: at this price the loss has used up all of it');
    return result({
      value,
      netExposure,
      hedgeNow: notional / value,
      shareNow: netExposure / value,
      targetNotional: target * value,
      trade: withoutNoise(target * value - notional, value),
      exposureAfter: (1 - target) * value,
    });
  }

  // ---------------------------------------------------------------- funding, basis and carry

  function compounded(field, logGrowth) {
    const growth = Math.expm1(logGrowth);
    if (!Number.isFinite(growth)) refuse(field, 'compounds over a year to more than a number can hold');
    return growth;
  }

  function measureFunding({ notional, price, rate, intervalHours = 8, side = 'short' }) {
    checkChoice('side', side, ['short', 'long']);
    check({ notional, price, rate, intervalHours });
    const credit = side === 'short' ? rate : -rate;
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

  function measureBasis({ spot, forward, days }) {
    check({ spot, forward, days });
    const [premium, terms] = [forward - spot, DAYS_A_YEAR / days];
    const basis = premium / spot;
    const log = Math.log1p(basis) * terms;
    return result({ premium, basis, simple: basis * terms, compound: compounded('days', log), log });
  }

  function sizeCarry({ coins, spot, forward, days }) {
    const { premium, basis, simple, compound, log } = measureBasis({ spot, forward, days });
    check({ coins });
    return result({
      notional: coins * forward,
      spotValue: coins * spot,
      lockedProfit: coins * premium,
      lockedReturn: basis,
      simple,
      compound,
      log,
      unhedgedIfSpotSized: (coins * premium) / forward,
    });
  }

  function carryPayoff({ coins, notional, forward, price }) {
    check({ coins, notional, forward, price });
    const unhedged = unhedgedCoins(coins, notional, forward);
    return result({
      pnlCoin: (-notional * (price - forward)) / (forward * price),
      equity: unhedged + notional / price,
      payoff: unhedged * price + notional,
    });
  }

  // ---------------------------------------------------------------- liquidation

  /** Solve for P / E; `margin` is the margin's share of the coin value N / E. */
  function liquidation({ entry, margin, maintenance, side, maintenanceOn }) {
    const sign = signOf(side);
    checkChoice('maintenanceOn', maintenanceOn, ['entry', 'mark']);
    if (maintenance >= margin) refuse('maintenance', 'must be below 1 / leverage, the margin as a share of the position');
    const uncovered = withoutNoise(1 + sign * margin, 1);
    if (uncovered <= 0) return result({ liquidates: false, price: null, distance: null });
    const relative =
      maintenanceOn === 'entry' ? 1 / (uncovered - sign * maintenance) : (1 + sign * maintenance) / uncovered;
    return result({ liquidates: true, price: entry * relative, distance: relative - 1 });
  }

  function liquidationIsolated({ entry, leverage, maintenance, side = 'short', maintenanceOn = 'entry' }) {
    check({ entry, leverage, maintenance });
    return liquidation({ entry, margin: 1 / leverage, maintenance, side, maintenanceOn });
  }

  function liquidationCross({ notional, coins, entry, maintenance, side = 'short', maintenanceOn = 'mark' }) {
    check({ notional, coins, entry, maintenance });
    if (notional < SMALLEST) refuse('notional', 'must be at least 1e-9: without a position nothing is liquidated');
    return liquidation({ entry, margin: coins / (notional / entry), maintenance, side, maintenanceOn });
  }

  function measureAftermath({ held, margin, price }) {
    check({ held, margin, price });
    const coins = withoutNoise(held - margin, held);
    if (coins < 0) refuse('margin', 'must not be more coin than is held');
    return result({ marginValue: margin * price, coins, value: coins * price, longUnhedged: coins > 0 });
  }

  // ---------------------------------------------------------------- hedge ratios from returns

  const sum = (values) => values.reduce((total, value) => total + value, 0);
  const mean = (values) => sum(values) / values.length;
  const dot = (a, b) => sum(a.map((value, i) => value * b[i]));

  function centred(values) {
    const middle = mean(values);
    return values.map((value) => value - middle);
  }

  function simpleReturns({ closes }) {
    checkList('closes', closes, 0);
    checkRules('closes', closes, RULES.closes);
    checkList('closes', closes, 2);
    return closes.slice(1).map((close, i) => (close - closes[i]) / closes[i]);
  }

  function minimumVariance({ spotReturns, futuresReturns }) {
    checkSeries({ spotReturns, futuresReturns }, 2);
    const [ofSpot, ofFutures] = [centred(spotReturns), centred(futuresReturns)];
    const [shared, variance] = [dot(ofSpot, ofFutures), dot(ofFutures, ofFutures)];
    const correlation = shared / Math.sqrt(dot(ofSpot, ofSpot) * variance);
    return result({
      ratio: shared / variance,
      correlation,
      varianceRemoved: correlation ** 2,
      n: spotReturns.length,
    });
  }

  function hedgeBeta({ assetReturns, instrumentReturns, value }) {
    checkSeries({ assetReturns, instrumentReturns }, 3);
    check({ value });
    const [x, y] = [centred(instrumentReturns), centred(assetReturns)];
    const [n, spread] = [x.length, dot(x, x)];
    const beta = dot(x, y) / spread;
    const residuals = y.map((each, i) => each - beta * x[i]);
    const unexplained = dot(residuals, residuals);
    const residualDeviation = Math.sqrt(unexplained / (n - 2));
    return result({
      beta,
      alpha: mean(assetReturns) - beta * mean(instrumentReturns),
      standardError: residualDeviation / Math.sqrt(spread),
      rSquared: 1 - unexplained / dot(y, y),
      residualDeviation,
      n,
      notional: beta * value,
      residualRisk: residualDeviation * value,
    });
  }

  // ---------------------------------------------------------------- scenarios

  /** Rows of `pnlCoin`, `pnl`, `total`, `change`, `totalReturn`, `netExposure` by hedge, columns by move. */
  function buildScenarios({ spotValue, entry, hedges, moves, allowOutside = false }) {
    check({ spotValue, entry });
    checkList('hedges', hedges, 0);
    checkRules('hedges', hedges, allowOutside ? SIGNED : RULES.hedges);
    checkList('moves', moves, 0);
    checkRules('moves', moves, RULES.moves);
    checkList('hedges', hedges, 1);
    checkList('moves', moves, 1);
    const table = (cell) => hedges.map((hedge) => moves.map((move) => cell(hedge, move)));
    return result({
      hedges,
      moves,
      prices: moves.map((move) => entry * (1 + move)),
      spot: moves.map((move) => spotValue * (1 + move)),
      pnlCoin: table((hedge, move) => (-hedge * spotValue * move) / (entry * (1 + move))),
      pnl: table((hedge, move) => -hedge * spotValue * move),
      total: table((hedge, move) => spotValue + (1 - hedge) * spotValue * move),
      change: table((hedge, move) => (1 - hedge) * spotValue * move),
      totalReturn: table((hedge, move) => (1 - hedge) * move),
      netExposure: table((hedge, move) => (1 - hedge) * spotValue * (1 + move)),
    });
  }

  globalThis.ivtsHedge = Object.freeze({
    HedgeInputError,
    buildScenarios,
    carryPayoff,
    checkInputs: check,
    hedgeBeta,
    inversePnl,
    linearPnl,
    liquidationCross,
    liquidationIsolated,
    measureAftermath,
    measureBasis,
    measureDrift,
    measureFunding,
    measurePosition,
    minimumVariance,
    simpleReturns,
    sizeCarry,
    sizeHedge,
  });
})();
