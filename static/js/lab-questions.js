/*
 * What the hedge lab cannot take, as `ivtsLabQuestions`: it asks back where a number can be read two ways, and tells
 * which field a calculator refused, and which panels have no result until that is clear. No page is touched here.
 */
(() => {
  'use strict';

  const { ivts, ivtsLabText: say } = window;
  const MAY_BE_EMPTY = new Set(['margin', 'forward']);
  /** The field of the page by the input of a calculator, where it has another name. */
  const FIELD = {
    coins: 'hold', held: 'hold', spot: 'price', moves: 'price', hedge: 'target', intervalHours: 'hours',
    horizonDays: 'ahead', rSquared: 'r2', asset: 'closes', assetReturns: 'closes', closes: 'closes', instrument: 'btc',
    instrumentReturns: 'btc', notionals: 'fills', prices: 'fills', trade: 'target',
  };

  function fieldOf(panel, input, state) {
    const field = FIELD[input] ?? input;
    if (panel === 'coin') return { leverage: 'times', volatility: 'bvol', days: 'bvol' }[input] ?? field;
    if (panel === 'liq') return { volatility: 'vol', days: 'ahead' }[input] ?? field;
    if (input === 'margin' && !state.margin) return state.mode === 'isolated' ? 'leverage' : 'hold';
    return field;
  }

  /** A question about a number that can be read two ways, or is none; null where it is clear. */
  function questionOf(name, text, { reads, messages }) {
    if (MAY_BE_EMPTY.has(name) && !text) return null;
    const two = say.readings(text);
    if (two) {
      const [one, other] = two;
      const choices = two.map((value) => ({ label: value, set: { [name]: value } }));
      return { text: say.fill(reads.two_ways, { one, two: other }), choices };
    }
    return Number.isFinite(say.parse(text)) ? null : { text: messages['must be a number'] };
  }

  /** A question about a funding rate so high that percent may not have been meant. */
  function rateQuestion({ rate, hours }, { reads }, confirmedRate) {
    const value = say.parse(rate);
    if (!(Math.abs(value) > 0.5) || confirmedRate === rate) return null;
    const told = { rate, hours, annual: ivts.fixed((value * 8760) / say.parse(hours), 0), less: String(value / 100) };
    const choices = [
      { label: `${told.less}%`, set: { rate: told.less } },
      { label: say.fill(reads.keep, told), set: {}, confirmedRate: rate },
    ];
    return { text: say.fill(reads.percent, told), choices };
  }

  /** Questions by field; `names` are those in which a number is typed. */
  function questionsOf(state, names, texts, confirmedRate) {
    const asked = names.map((name) => [
      name, questionOf(name, state[name], texts) ?? (name === 'rate' ? rateQuestion(state, texts, confirmedRate) : null),
    ]);
    return Object.fromEntries(asked.filter(([, question]) => question));
  }

  /** Questions and refusals by field, and the panels that they keep from a result; `pos` keeps all of them. */
  function judge(state, questions, worked, { panels, inputs, messages }) {
    const panelOf = (name) => panels.find(({ inputs: own = [], more = [] }) => own.includes(name) || more.includes(name));
    const wrong = { ...questions };
    const blocked = new Set(Object.keys(wrong).map((name) => panelOf(name)?.id ?? 'pos'));
    for (const [panel, error] of Object.entries(worked?.wrong ?? {})) {
      const field = fieldOf(panel, error.field, state);
      blocked.add(panel);
      if (inputs[field]) wrong[field] ??= { text: messages[error.message] ?? error.message };
    }
    return { wrong, blocked };
  }

  window.ivtsLabQuestions = Object.freeze({ judge, questionsOf });
})();
