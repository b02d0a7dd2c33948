/*
 * The calculators of the hedge lab as `ivtsHedge`: of analytics/hedge.py the functions, for a short, and of their
 * results those numbers that the page needs, by the same rules and with the same messages; what each means stands
 * there. The tests compare both. No page is touched here.
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

  const AT_MOST = [(x) => x <= LARGEST, 'must be at most 1e15'];
  const WITHIN = (x) => x >= SMALLEST && x <= LARGEST;
  const POSITIVE = [[(x) => x > 0, 'must be above 0'], [WITHIN, 'must lie between 1e-9 and 1e15']];
  const NOT_NEGATIVE = [[(x) => x >= 0, 'must be 0 or above'], AT_MOST];
  const SIGNED = [[(x) => Math.abs(x) <= LARGEST, 'must lie between -1e15 and 1e15']];
  const HEDGE = [[(x) => x >= 0 && x <= 1, 'must be between 0 and 1, unless values outside are allowed']];
  const SHARE = [[(x) => x >= 0 && x < 1, 'must be 0 or above, and below 1']];
  const RETURN = [[(x) => x >= -1, 'must be -1 or above: nothing falls by more than all of itself'], AT_MOST];
  const alike = (names, rules) => Object.fromEntries(names.split(' ').map((name) => [name, rules]));
  const RULES = {
    ...alike('value coins entry price barrier spot forward days face volatility closes prices notionals', POSITIVE),
    ...alike('margin notional amount slope horizonDays', NOT_NEGATIVE),
    ...alike('premium annualRate beta trade additions', SIGNED),
    ...alike('hedge target', HEDGE),
    ...alike('maintenance fee', SHARE),
    ...alike('assetReturns instrumentReturns', RETURN),
    leverage: [[(x) => x >= 1, 'must be 1 or above'], AT_MOST],
    rate: [[(x) => Math.abs(x) < 1, 'must be between -1 and 1, both excluded']],
    intervalHours: [[(x) => x >= SMALLEST && x <= HOURS_A_YEAR, 'must be above 0 and at most 8760, a year']],
    moves: [[(x) => x > -1, 'must be above -1: a price cannot fall by all of itself'], AT_MOST],
    rSquared: [[(x) => x > 0 && x <= 1, 'must be above 0 and at most 1']],
  };
  /** Inputs that are lists, and how many values they need. */
  const LEAST = { ...alike('prices notionals moves additions', 1), closes: 2, assetReturns: 3, instrumentReturns: 3 };
  const CHOICES = { rounding: ['nearest', 'down', 'up'], maintenanceOn: ['entry', 'mark'] };

  function checkNumber(field, value, rules = []) {
    if (typeof value !== 'number') refuse(field, 'must be a number');
    if (!Number.isFinite(value)) refuse(field, 'must be a finite number');
    checkRules(field, [value], rules);
  }

  function checkRules(field, values, rules) {
    for (const [holds, message] of rules) {
      if (!values.every(holds)) refuse(field, message);
    }
  }

  function checkList(field, values) {
    if (!Array.isArray(values)) refuse(field, 'must be a list of numbers');
    for (const value of values) checkNumber(field, value);
  }

  /** Check inputs by the rules of their names: all that are numbers first, then each by its rules. */
  function check(given) {
    for (const [field, choices] of Object.entries(CHOICES)) {
      if (given[field] !== undefined && !choices.includes(given[field])) refuse(field, `must be ${choices.join(' or ')}`);
    }
    const ruled = Object.entries(given).filter(([field, value]) => RULES[field] && value !== undefined);
    for (const [field, value] of ruled) (LEAST[field] ? checkList : checkNumber)(field, value);
    for (const [field, value] of ruled) {
      checkRules(field, [value].flat(), RULES[field]);
      const least = LEAST[field] ?? 0;
      if (value.length < least) refuse(field, `needs at least ${least} ${least === 1 ? 'value' : 'values'}`);
    }
    const [first, second] = ruled.filter(([field]) => /^(notionals|prices|assetReturns|instrumentReturns)$/.test(field));
    if (second && first[1].length !== second[1].length) refuse(second[0], 'must have as many values as the other list');
  }

  /** A calculator that runs on checked inputs alone. */
  const calculator = (compute) => (given) => {
    check(given);
    return compute(given);
  };

  const withoutNoise = (difference, size) => (Math.abs(difference) <= ROUNDING * Math.abs(size) ? 0 : difference);

  /** Round to whole contracts, unmoved by what decimal fractions leave behind: 3.0000000000000004 is 3. */
  function wholeContracts(count, rounding) {
    if (Math.abs(count) > Number.MAX_SAFE_INTEGER) refuse('face', 'must be larger: the contracts are too many to count');
    const slack = ROUNDING * Math.max(Math.abs(count), 1);
    if (rounding === 'down') return Math.floor(count + slack);
    return rounding === 'up' ? Math.ceil(count - slack) : Math.floor(count + 0.5 + slack);
  }

  const sum = (values) => values.reduce((total, value) => total + value, 0);

  // ---------------------------------------------------------------- position

  const averageEntry = calculator(({ notionals, prices }) => {
    const notional = sum(notionals);
    return { notional, entry: notional / sum(notionals.map((amount, i) => amount / prices[i])) };
  });

  const inversePnl = calculator(({ notional, entry, price }) => {
    const coin = (-notional * (price - entry)) / (entry * price);
    return { coin, usd: coin * price };
  });

  const linearPnl = calculator(({ notional, entry, price }) => {
    const usd = (-notional * (price - entry)) / entry;
    return { usd, toPost: Math.max(0, -usd) };
  });

  const measurePosition = calculator(({ coins, notional, entry, price }) => {
    const covered = notional / entry;
    const netExposure = withoutNoise(coins - covered, Math.max(coins, covered)) * price;
    return { value: netExposure + notional, netExposure };
  });

  const USED_UP = 'must leave coin: at this price the loss has used up all of it';

  const measureDrift = calculator(({ coins, notional, entry, price, target, face = 1, rounding = 'nearest' }) => {
    const { value } = measurePosition({ coins, notional, entry, price });
    if (value <= 0) refuse('price', USED_UP);
    const wanted = withoutNoise(target * value - notional, value);
    return { value, trade: Math.sign(wanted) * wholeContracts(Math.abs(wanted) / face, rounding) * face };
  });

  const applyTrade = calculator(({ coins, notional, entry, price, trade, fee = 0 }) => {
    const left = withoutNoise(notional + trade, notional);
    if (left < 0) refuse('trade', 'must not buy back more than is sold');
    const realized = (Math.max(0, -trade) * (entry - price)) / (entry * price);
    const held = coins + realized - (fee * Math.abs(trade)) / price;
    if (held <= 0) refuse('price', USED_UP);
    return { coins: held, notional: left, entry: trade > 0 ? left / (notional / entry + trade / price) : entry };
  });

  // ---------------------------------------------------------------- funding, basis and carry

  /** Refuse a rate that compounds beyond what a number can hold. */
  function checkGrowth(field, logGrowth) {
    if (!Number.isFinite(Math.expm1(logGrowth))) refuse(field, 'compounds over a year to more than a number can hold');
  }

  const measureFunding = calculator(({ notional, rate, intervalHours = 8 }) => {
    const intervals = HOURS_A_YEAR / intervalHours;
    checkGrowth('rate', Math.log1p(rate) * intervals);
    const paid = rate * notional;
    return { dayUsd: paid * (HOURS_A_DAY / intervalHours), yearUsd: paid * intervals, annualSimple: rate * intervals };
  });

  const forwardPrice = calculator(({ spot, premium, days }) => {
    const forward = spot * (1 + (premium * days) / DAYS_A_YEAR);
    if (forward <= 0) refuse('premium', 'must leave the future a price above 0');
    return forward;
  });

  const measureBasis = calculator(({ spot, forward, days }) => {
    const [basis, terms] = [(forward - spot) / spot, DAYS_A_YEAR / days];
    checkGrowth('days', Math.log1p(basis) * terms);
    return { basis, simple: basis * terms };
  });

  const sizeCarry = calculator(({ coins, spot, forward, hedge = 1, face = 1, rounding = 'nearest' }) => {
    const notional = wholeContracts((hedge * coins * forward) / face, rounding) * face;
    return { notional, lockedProfit: (notional * (forward - spot)) / forward };
  });

  const breakEvenDays = calculator(({ annualRate, fee }) =>
    annualRate > 0 ? (2 * fee * DAYS_A_YEAR) / annualRate : null,
  );

  // ---------------------------------------------------------------- liquidation

  const [SIZE, TIER_RATE, AMOUNT] = [
    [[(x) => x > 0 && x <= LARGEST, 'must have sizes above 0']],
    [[(x) => x >= 0 && x < 1, 'must have rates of 0 or above, and below 1']],
    [[(x) => x >= 0 && x <= LARGEST, 'must have amounts of 0 or above']],
  ];

  function checkTiers(tiers) {
    if (!Array.isArray(tiers) || !tiers.length) refuse('tiers', 'must be a list of tiers: size in coin, rate, amount in coin');
    let floor = 0;
    return tiers.map((row, place) => {
      const fits = Array.isArray(row) && (row.length === 2 || row.length === 3);
      if (!fits) refuse('tiers', 'must have a size, a rate and, if any, an amount in each line');
      const [size, rate, amount = 0] = row;
      if (size !== null) checkNumber('tiers', size, SIZE);
      else if (place + 1 < tiers.length) refuse('tiers', 'may leave the size open in the last line alone');
      checkNumber('tiers', rate, TIER_RATE);
      checkNumber('tiers', amount, AMOUNT);
      const ceiling = size ?? Infinity;
      if (ceiling <= floor) refuse('tiers', 'must have sizes that rise from line to line');
      floor = ceiling;
      return [ceiling, rate, amount];
    });
  }

  /** q > 0 where free + perCoin · q − slope · q² is zero, below the size at the entry. */
  function root(free, perCoin, slope) {
    const inside = perCoin * perCoin + 4 * slope * free;
    const found = inside < 0 ? 0 : (-2 * free) / (perCoin + Math.sqrt(inside));
    return found > 0 ? found : null;
  }

  /** The size in coin at which equity meets what is asked, down through the tiers; null where it never does. */
  function closingSize(size, margin, { tiers, slope, fee, onMark }) {
    let place = tiers.findIndex(([ceiling]) => size <= ceiling);
    if (place < 0) refuse('tiers', 'must reach to the size of the position');
    const [, ownRate, ownAmount] = tiers[place];
    const maintenance = ownRate * size + slope * size * size - ownAmount;
    if (margin <= (ownRate + fee) * size + slope * size * size - ownAmount) {
      refuse('margin', 'must be more than maintenance and closing fee at the entry');
    }
    if (!onMark) return root(withoutNoise(margin - size - maintenance, size), 1 - fee, 0);
    for (let start = size; place >= 0; place -= 1) {
      const [, rate, amount] = tiers[place];
      const floor = place ? tiers[place - 1][0] : 0;
      const [free, perCoin] = [withoutNoise(margin - size + amount, size), 1 - rate - fee];
      if (free + perCoin * start - slope * start * start <= 0) return start; // the next tier asks for more at once
      const found = root(free, perCoin, slope);
      if (found !== null && floor < found && found <= tiers[place][0]) return found;
      start = floor;
    }
    return null;
  }

  const findLiquidation = calculator(({
    notional, margin, entry, maintenance = 0, fee = 0, amount = 0, slope = 0, tiers = null, maintenanceOn = 'entry',
  }) => {
    if (notional < SMALLEST) refuse('notional', 'must be at least 1e-9: without a position nothing is liquidated');
    const table = tiers === null ? [[Infinity, maintenance, amount]] : checkTiers(tiers);
    const at = closingSize(notional / entry, margin, { tiers: table, slope, fee, onMark: maintenanceOn === 'mark' });
    return { price: at === null || notional / at > LARGEST ? null : notional / at };
  });

  const alertPrices = calculator(({ price }) => [0.1, 0.05, 0.02].map((share) => price / (1 + share)));

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

  const chanceOfReaching = calculator(({ price, barrier, volatility, days }) => {
    const away = Math.abs(Math.log(barrier / price));
    return erfc(away / (volatility * Math.sqrt((2 * days) / DAYS_A_YEAR)));
  });

  // ---------------------------------------------------------------- a whole position

  /** Coin that a short at the price given pays over the horizon; nothing where it is paid. */
  const dueFunding = calculator(({ notional, price, rate = 0, intervalHours = 8, horizonDays = 0 }) => {
    const intervals = (horizonDays / DAYS_A_YEAR) * (HOURS_A_YEAR / intervalHours);
    return (Math.max(0, -rate) * intervals * notional) / price;
  });

  /** Liquidation price of the short once the funding due has left its margin. */
  function closingPrice(margin, due, { notional, entry, maintenance, fee, amount, slope, tiers, maintenanceOn }) {
    if (notional === 0) return null;
    if (due >= margin && margin > 0) refuse('rate', 'would use up the margin within the days looked ahead');
    const terms = { maintenance, fee, amount, slope, tiers, maintenanceOn };
    return findLiquidation({ notional, margin: margin - due, entry, ...terms }).price;
  }

  const isClosed = (price, closes) => closes !== null && price >= closes * (1 - ROUNDING);
  const distanceOf = (closes, from) => (closes === null ? null : closes / from - 1);

  const measureHedge = calculator((given) => {
    const { coins, margin, notional, entry, price } = given;
    const coinsLeft = withoutNoise(coins - margin, coins);
    if (coinsLeft < 0) refuse('margin', 'must not be more coin than is held');
    const fundingDue = dueFunding(given);
    const liquidation = closingPrice(margin, fundingDue, given);
    const liquidated = isClosed(price, liquidation);
    const held = measurePosition({ coins, notional, entry, price });
    if (!liquidated && held.value <= 0) refuse('price', USED_UP);
    return {
      value: liquidated ? coinsLeft * price : held.value,
      exposedShare: liquidated ? 1 : held.netExposure / held.value,
      liquidates: liquidation !== null,
      liquidation,
      distance: distanceOf(liquidation, price),
      fromEntry: distanceOf(liquidation, entry),
      liquidated,
      coinsLeft,
      leftValue: liquidation === null ? null : coinsLeft * liquidation,
      fundingDue,
    };
  });

  const projectHedge = calculator((given) => {
    const { coins, margin, notional, entry, price, moves } = given;
    const now = measureHedge(given);
    const prices = moves.map((move) => price * (1 + move));
    const liquidated = prices.map((at) => now.liquidated || isClosed(at, now.liquidation));
    const values = prices.map((at, i) =>
      liquidated[i] ? now.coinsLeft * at : measurePosition({ coins, notional, entry, price: at }).value,
    );
    return {
      moves,
      prices,
      values,
      changes: values.map((value) => withoutNoise(value - now.value, now.value)),
      futures: prices.map((at, i) => (liquidated[i] ? -margin * at : inversePnl({ notional, entry, price: at }).usd)),
      unhedged: moves.map((move) => coins * price * move),
      exposedShares: values.map((value, i) => (liquidated[i] ? 1 : withoutNoise(1 - notional / value, 1))),
      liquidated,
    };
  });

  const topUpLadder = calculator((given) => {
    const { margin, price, additions, volatility, days } = given;
    const due = dueFunding(given);
    const margins = additions.map((added) => margin + added);
    const prices = margins.map((each) => closingPrice(each, due, given));
    const chance = (barrier) => {
      if (barrier === null) return 0;
      return isClosed(price, barrier) ? 1 : chanceOfReaching({ price, barrier, volatility, days });
    };
    return { margins, prices, distances: prices.map((closes) => distanceOf(closes, price)), chances: prices.map(chance) };
  });

  // ---------------------------------------------------------------- another coin

  const PERCENT_SIGN = 0.3; // half of all returns of a coin above it: percentages or prices, not fractions
  const CLOSE = [[WITHIN, 'must have closes above 0']];
  const dot = (a, b) => sum(a.map((value, i) => value * b[i]));

  function byDate(field, series) {
    const found = new Map();
    if (!Array.isArray(series) || !series.length) refuse(field, 'must have a date and a close in each line');
    for (const row of series) {
      const fits = Array.isArray(row) && row.length === 2 && typeof row[0] === 'string';
      if (!fits) refuse(field, 'must have a date and a close in each line');
      if (found.has(row[0])) refuse(field, `has ${row[0]} twice`);
      checkNumber(field, row[1], CLOSE);
      found.set(...row);
    }
    return found;
  }

  function pairCloses({ asset, instrument }) {
    const [first, second] = [byDate('asset', asset), byDate('instrument', instrument)];
    const dates = [...first.keys()].filter((day) => second.has(day)).sort();
    if (dates.length < 4) refuse('instrument', `shares ${dates.length} dates with the other; at least 4 are needed`);
    return {
      asset: dates.map((day) => first.get(day)),
      instrument: dates.map((day) => second.get(day)),
      nUnpaired: first.size + second.size - 2 * dates.length,
    };
  }

  const simpleReturns = calculator(({ closes }) => closes.slice(1).map((close, i) => (close - closes[i]) / closes[i]));

  function checkReturns(field, returns) {
    const middle = returns.map(Math.abs).sort((a, b) => a - b)[Math.floor(returns.length / 2)];
    if (middle > PERCENT_SIGN) refuse(field, 'must be fractions, 0.013 for 1.3%: these look like percent or prices');
    if (returns.every((value) => value === returns[0])) refuse(field, 'must vary: all values are equal');
  }

  const hedgeBeta = calculator(({ assetReturns, instrumentReturns }) => {
    checkReturns('assetReturns', assetReturns);
    checkReturns('instrumentReturns', instrumentReturns);
    const n = assetReturns.length;
    const [meanX, meanY] = [sum(instrumentReturns) / n, sum(assetReturns) / n];
    const [x, y] = [instrumentReturns.map((each) => each - meanX), assetReturns.map((each) => each - meanY)];
    const beta = dot(x, y) / dot(x, x);
    const residuals = y.map((each, i) => each - beta * x[i]);
    const unexplained = dot(residuals, residuals);
    const standardError = Math.sqrt(unexplained / (n - 2)) / Math.sqrt(dot(x, x));
    return { beta, standardError, rSquared: 1 - unexplained / dot(y, y), n };
  });

  const sizeBetaHedge = calculator(({ value, beta, leverage, marginHeld = false }) => {
    const exposure = beta * value;
    const sign = exposure > 0 ? -1 : 1;
    if (!marginHeld && leverage === 1 && sign < 0) {
      refuse('leverage', 'must be above 1: the margin bought would undo all that is sold');
    }
    const notional = marginHeld ? exposure : (exposure * leverage) / (leverage + sign);
    const margin = Math.abs(notional) / leverage;
    return { exposure, notional, margin, bought: marginHeld ? 0 : margin };
  });

  const residualRisk = calculator(({ value, beta, rSquared, volatility, days }) => {
    const moved = Math.abs(beta) * value * volatility * Math.sqrt(days / DAYS_A_YEAR);
    return moved * Math.sqrt(1 / rSquared - 1);
  });

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
