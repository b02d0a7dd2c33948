/* Round steps and calendar steps, for ranges that have no picture of their own: a late script. */
(() => {
  'use strict';

  const { ivts } = window;
  const DAY = 86_400_000;
  const MOST_DATES = 8;
  const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

  /** The next round step (1, 2, 5 × 10ᵏ) and the decimals that it needs. */
  ivts.roundStep = (least) => {
    const power = Math.floor(Math.log10(least));
    const step = [1, 2, 5, 10].find((part) => part * 10 ** power >= least * (1 - 1e-9)) * 10 ** power;
    return [step, Math.max(0, -Math.floor(Math.log10(step) + 1e-9))];
  };

  /** Range with a margin, and round ticks with so many decimals at least. */
  ivts.fitAxis = (values, most, places) => {
    const [least, greatest] = [Math.min(...values), Math.max(...values)];
    const margin = 0.04 * (greatest - least || Math.abs(least) * 0.1 || 1);
    const [low, high] = [least - margin, greatest + margin];
    const [step, needed] = ivts.roundStep((high - low) / most);
    const ticks = [];
    for (let k = Math.ceil(low / step); k * step <= high; k += 1) ticks.push(k * step);
    return { low, high, ticks: ticks.map((tick) => [tick, ivts.fixed(tick, Math.max(places, needed))]) };
  };

  /** Calendar ticks between two moments: Mondays, firsts of months or of years, the first with its year. */
  ivts.dateTicks = (low, high) => {
    const days = (high - low) / DAY;
    const first = Math.ceil(low / DAY) * DAY;
    const at = new Date(first);
    const found = [];
    if (days < 60) {
      for (let time = first + ((8 - at.getUTCDay()) % 7) * DAY; time <= high; time += 7 * DAY) found.push(time);
      if (!found.length) found.push(first); // days between two Mondays name the first
    } else {
      const step = [1, 2, 3, 6, 12, 24, 48].find((months) => days / 30.4 / months <= MOST_DATES) ?? 96;
      const from = at.getUTCMonth() + (at.getUTCDate() > 1 ? 1 : 0);
      for (let month = Math.ceil(from / step) * step; ; month += step) {
        const time = Date.UTC(at.getUTCFullYear(), month);
        if (time > high) break;
        found.push(time);
      }
    }
    return found.map((time, i) => {
      const day = new Date(time);
      const isJanuary = day.getUTCMonth() === 0 && day.getUTCDate() === 1;
      const name = MONTHS[day.getUTCMonth()];
      const text = isJanuary ? '' : day.getUTCDate() === 1 ? name : `${day.getUTCDate()} ${name}`;
      return [time, isJanuary ? String(day.getUTCFullYear()) : i ? text : `${text} ${day.getUTCFullYear()}`];
    });
  };
})();
