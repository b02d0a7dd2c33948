/*
 * The page of the hedge lab: reads the fields, asks back where they are unclear (lab-questions.js), has everything
 * worked out (lab-work.js) and drawn (lab-draw.js), and fills the texts that the page carries. One panel is shown at a time. The
 * state of the page is its address: #hold=1&entry=…&at=liq.
 */
(() => {
  'use strict';

  const { ivts, ivtsLabText: say, ivtsLabWork: work, ivtsLabDraw: draw } = window;
  const { judge, questionsOf } = window.ivtsLabQuestions;
  const root = document.querySelector('[data-lab]');
  const texts = JSON.parse(root.dataset.lab);
  const all = (selector) => ivts.all(selector, root);
  const byId = (id) => document.getElementById(id);
  const at = (path) => path.split('.').reduce((part, key) => part?.[key], texts);
  const { inputs, reads } = texts;
  say.setUnits(texts.units);

  const controls = {};
  for (const control of all('[data-input]')) (controls[control.dataset.input] ??= []).push(control);
  const names = Object.keys(inputs);
  const isText = (name) => controls[name][0].type === 'text';

  // ---------------------------------------------------------------- the state

  const starts = Object.fromEntries(names.map((name) => [name, inputs[name].start]));
  const valueOf = (name) => (controls[name].find((each) => each.checked) ?? controls[name][0]).value.trim();
  const stateNow = () => Object.fromEntries(names.map((name) => [name, valueOf(name)]));

  function put(name, value) {
    for (const control of controls[name]) {
      if (control.type === 'radio') control.checked = control.value === value;
      else if (control.tagName !== 'SELECT' || [...control.options].some((option) => option.value === value)) control.value = value;
    }
    if (controls[name][0].type === 'radio' && !controls[name].some((control) => control.checked)) put(name, starts[name]);
  }

  let shown = 'scen';
  let confirmedRate = ''; // as typed
  const LONGEST = 3000;

  function hashOf() {
    const state = stateNow();
    const kept = names.filter((name) => state[name] !== starts[name] && state[name].length < LONGEST);
    const asked = [...kept.map((name) => [name, state[name]]), ...(confirmedRate ? [['sure', confirmedRate]] : []), ['at', shown]];
    return `#${new URLSearchParams(asked)}`;
  }

  function remember() {
    if (location.hash !== hashOf()) history.pushState(null, '', location.pathname + location.search + hashOf());
  }

  function place(state, panel) {
    for (const name of names) put(name, state[name] ?? starts[name]);
    confirmedRate = state.sure ?? '';
    show();
    goTo(panel);
  }

  function restore() {
    const hash = location.hash.slice(1);
    if (hash && !hash.includes('=')) return byId(hash)?.classList.contains('pn') ? goTo(hash) : undefined;
    const asked = Object.fromEntries(new URLSearchParams(hash));
    const at = asked.at || 'scen';
    return place(asked, byId(at)?.matches('.pn, .pos') ? at : 'scen');
  }

  // ---------------------------------------------------------------- what is wrong with a field

  function showWrong(name, told) {
    const note = byId(`error-${name}`);
    if (!note) return;
    note.hidden = !told;
    note.replaceChildren();
    const label = controls[name][0].dataset.label;
    if (told) note.append(told.choices ? `▲ ${told.text}` : `▲ ${label} ${told.text}.`);
    for (const { label: choice, set, confirmedRate: rate } of told?.choices ?? []) {
      const button = ivts.make('button', { type: 'button', textContent: choice });
      button.addEventListener('click', () => {
        for (const [field, value] of Object.entries(set)) put(field, value);
        if (rate) confirmedRate = rate;
        show();
        remember();
        controls[name][0].focus();
      });
      note.append(' ', button);
    }
    controls[name][0].toggleAttribute('aria-invalid', Boolean(told));
    if (told) controls[name][0].setAttribute('aria-invalid', 'true');
    if (told) controls[name][0].closest('details')?.setAttribute('open', '');
  }

  // ---------------------------------------------------------------- showing

  function write(element, text) {
    if (element.textContent !== text) element.textContent = text;
  }

  const said = all('[data-say]').map((element) => [element, at(element.dataset.say)]);
  const filled = all('[data-fill]').map((element) => [element, at(element.dataset.fill)]);
  const sheets = all('[data-rows]').map((table) => [table.tBodies[0], at(table.dataset.rows)]);
  const conditional = all('[data-when]');
  const strip = all('.lab-strip dd');

  function rowOf(columns, numbers) {
    const row = document.createElement('tr');
    row.className = numbers.bold ? 'rowon' : numbers.red ? 'rowbk' : '';
    columns.forEach(({ cell, wide }, i) => {
      const made = document.createElement(i ? 'td' : 'th');
      if (i) made.className = wide ? 'n wc' : 'n';
      else made.scope = 'row';
      made.textContent = say.fill(cell, numbers);
      row.append(made);
    });
    return row;
  }

  function showTexts({ numbers, rows }) {
    for (const [element, options] of said) {
      const text = say.choose(options, numbers);
      write(element, text);
      if (!element.matches('h2, dd, em, span')) element.hidden = !text;
    }
    showFilled(numbers);
    for (const element of conditional) element.hidden = !say.holds(element.dataset.when, numbers);
    for (const [body, { name, columns }] of sheets) {
      body.replaceChildren(...(rows[name] ?? []).map((row) => rowOf(columns, { ...numbers, ...row })));
    }
    for (const bar of all('[data-bar]')) bar.setAttribute('width', numbers.bars?.[bar.dataset.bar] ?? 0);
    const share = Math.min(1, Math.max(0, numbers.hedged));
    for (const line of all('[data-you]')) line.setAttribute('d', numbers.short && !numbers.liquidated ? `M${share} 2V24` : '');
  }

  function showFilled(numbers) {
    for (const [element, text] of filled) write(element, say.fill(text ?? '', numbers));
  }

  /** What was read of a number that is written with separators, then what follows from it. */
  function showHint(name, state, numbers) {
    const note = byId(`hint-${name}`);
    if (!note) return;
    const value = say.parse(state[name]);
    const told = value.toLocaleString('en-US', { maximumFractionDigits: 9 });
    const plainly = /^[-+]?\d*\.?\d*$/.test(state[name]) || state[name] === told;
    const echoed = plainly || !Number.isFinite(value) || say.readings(state[name]) ? '' : `read as ${told}`;
    const hint = numbers && inputs[name].hint ? say.fill(inputs[name].hint, numbers) : '';
    write(note, [echoed, hint].filter(Boolean).join(' · '));
    note.hidden = !note.textContent;
  }

  function showFields(state, { numbers, position }) {
    const fills = state.fills !== '' && position;
    for (const [name, value] of [['notional', position?.notional], ['entry', position?.entry]]) {
      controls[name][0].readOnly = Boolean(fills);
      if (fills) controls[name][0].value = say.write(value, 'px2');
    }
    controls.margin[0].placeholder = position ? say.write(position.margin, 'coin') : '';
    controls.forward[0].placeholder = numbers.future ? say.write(numbers.future, 'px2') : '';
    for (const output of all('[data-output]')) write(output, say.write(say.parse(state[output.dataset.output]) / 100, 'pct', '+'));
    controls.move[0].setAttribute('aria-valuetext', `${state.move} percent`);
    showPreset(texts.presets.find(({ id }) => id === state.preset));
  }

  function showPreset({ text, read, source }) {
    const note = all('[data-preset]')[0];
    note.replaceChildren();
    if (read) {
      note.append(`Read ${ivts.longDate(read)} · `, ivts.make('a', { href: source, rel: 'external noopener', textContent: 'source' }), ' · ');
    }
    note.append(text);
  }

  /** Nothing is computed until it is clear: the headline says so, figures are dashes. */
  function showBlocked(wrong) {
    const n = Object.keys(wrong).length;
    const counted = reads.counts.split(' ')[n - 2] ?? String(n);
    write(all('h1')[0], n > 1 ? say.fill(reads.title_many, { n: counted }) : reads.title_one);
    for (const line of all('.deck')) {
      write(line, reads.deck);
      line.hidden = false;
    }
    for (const line of all('[data-say="summary"]')) write(line, reads.kept);
    for (const figure of strip) write(figure, '–');
  }

  function markBlocked(blocked) {
    const whole = blocked.has('pos');
    for (const found of all('[data-found]')) found.hidden = found.dataset.found !== 'frame' && (whole || blocked.has(found.dataset.found));
    for (const heading of all('[data-own]')) {
      if (heading.dataset.own !== 'frame' && (whole || blocked.has(heading.dataset.own))) write(heading, reads.finding);
    }
    for (const answer of all('.menu em[data-say]')) {
      if (whole || blocked.has(answer.closest('a').dataset.to)) write(answer, '–');
    }
    for (const figure of strip) figure.classList.toggle('bk', figure.textContent.startsWith('▲'));
    const fix = all('[data-fix]')[0];
    write(fix, whole ? reads.fix : reads.panels);
    fix.dataset.to = whole ? 'pos' : 'menu';
  }

  let latest = null;

  function show() {
    const state = stateNow();
    const questions = questionsOf(state, names.filter(isText), texts, confirmedRate);
    const clear = judge(state, questions, null, texts);
    const worked = clear.blocked.has('pos') ? null : work.workOut(state, texts);
    const { wrong, blocked } = judge(state, questions, worked, texts);
    const whole = !worked || blocked.has('pos');
    latest = whole ? null : { ...worked, blocked };
    if (whole) showBlocked(wrong);
    else showTexts(worked);
    const numbers = { ...texts.names[state.asset], ...texts.words, ...(whole ? {} : worked.numbers) };
    showFields(state, { numbers, position: whole ? null : worked.position });
    if (whole) {
      showFilled(numbers);
      for (const field of all('.f[data-when]')) field.hidden = !say.holds(field.dataset.when, { mode: state.mode });
    }
    for (const name of names.filter(isText)) showHint(name, state, whole ? null : numbers);
    for (const name of names) showWrong(name, wrong[name]);
    markBlocked(blocked);
    drawAll();
  }

  let waiting = 0;
  function showSoon() {
    waiting ||= requestAnimationFrame(() => {
      waiting = 0;
      show();
    });
  }

  // ---------------------------------------------------------------- charts

  const sizes = new Map(); // as observed: to ask for one would make the browser lay the page out at once

  function drawAll() {
    for (const [svg, size] of sizes) {
      if (latest && size.width && !svg.closest('[hidden]')) draw(svg, size, latest);
      else svg.replaceChildren();
    }
  }

  // ---------------------------------------------------------------- panels

  function goTo(panel, { focus = false } = {}) {
    shown = panel;
    root.dataset.at = panel;
    for (const section of all('.pn, .pos')) section.classList.toggle('on', section.id === panel);
    for (const link of all('.lab-tabs a')) {
      if (link.dataset.to === panel) link.setAttribute('aria-current', 'true');
      else link.removeAttribute('aria-current');
    }
    if (!focus) return;
    const heading = byId(`h-${panel}`);
    heading.focus({ preventScroll: true });
    const { top } = all('.lab-strip')[0].getBoundingClientRect();
    if (top <= 1 || byId(panel).getBoundingClientRect().top > innerHeight * 0.6) byId(panel).scrollIntoView();
  }

  // ---------------------------------------------------------------- saying what came of it, once it rests

  const PAUSE = 700;
  let timer = 0;

  function speak() {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const section = byId(shown);
      const wrong = all('.err').find((note) => !note.hidden);
      const sentence = wrong?.textContent ?? section?.querySelector('[data-own]')?.textContent ?? all('h1')[0].textContent;
      write(all('[data-spoken]')[0], sentence);
    }, PAUSE);
  }

  // ---------------------------------------------------------------- acting

  const inFull = (number) => String(Number(number.toPrecision(10)));
  const asTyped = (number) => Number(number.toPrecision(10)).toLocaleString('en-US', { maximumFractionDigits: 9 });

  /** Make the restoring trade and go on from there. */
  function apply() {
    const { numbers: k, position } = latest;
    const next = k.liquidated
      ? { coins: k.now.coinsLeft, notional: k.trade, entry: position.price, margin: null }
      : work.after(position, k, k.trade);
    put('fills', '');
    put('hold', asTyped(next.coins));
    put('notional', asTyped(next.notional));
    put('entry', asTyped(next.entry));
    if (valueOf('margin')) put('margin', next.margin === null ? '' : asTyped(next.margin));
    show();
    remember();
    speak();
  }

  function saveCsv() {
    const { rows, numbers: k } = latest;
    const head = 'move,price,value,change,futures,no_hedge,liquidated';
    const lines = rows.scenarios.map((row) =>
      [row.moves, row.prices, row.values, row.changes, row.futures, row.unhedged].map(inFull).concat(row.liquidated).join(','),
    );
    const blob = new Blob([[head, ...lines, ''].join('\n')], { type: 'text/csv' });
    const href = URL.createObjectURL(blob);
    ivts.make('a', { href, download: `hedge-${k.ticker.toLowerCase()}.csv` }).click();
    URL.revokeObjectURL(href);
  }

  async function copyLink() {
    const note = all('[data-copied]')[0];
    const link = location.origin + location.pathname + hashOf();
    try {
      await navigator.clipboard.writeText(link);
      write(note, reads.copied);
    } catch {
      write(note, link);
    }
  }

  function usePreset() {
    const { on, maintenance, slope = '0', face } = texts.presets.find(({ id }) => id === valueOf('preset'));
    put('on', on);
    put('slope', slope);
    if (maintenance) put('maintenance', maintenance);
    if (face) put('face', face);
  }

  // ---------------------------------------------------------------- links and fields

  function onClick(event) {
    const link = event.target.closest('[data-to], [data-case]');
    if (!link) return;
    event.preventDefault();
    const chosen = texts.cases[link.dataset.case];
    if (chosen) {
      place(chosen.inputs, chosen.at);
      goTo(chosen.at, { focus: true });
      scrollTo({ top: 0 });
    } else goTo(link.dataset.to, { focus: true });
    remember();
  }

  function onInput({ target }) {
    const name = target.dataset.input;
    if (!name) return;
    if (name === 'preset') usePreset();
    if (name === 'leverage') put('margin', '');
    if (name === 'premium') put('forward', '');
    if (name === 'mode') put('margin', '');
    showSoon();
    speak();
  }

  function setUp() {
    root.classList.add('live');
    root.addEventListener('click', onClick);
    root.addEventListener('input', onInput);
    root.addEventListener('change', remember);
    all('[data-apply]')[0].addEventListener('click', apply);
    all('[data-csv]')[0].addEventListener('click', saveCsv);
    all('[data-copy]')[0].addEventListener('click', copyLink);
    addEventListener('popstate', restore);
    const watch = new ResizeObserver((found) => {
      for (const { target, contentRect } of found) sizes.set(target, contentRect);
      drawAll();
    });
    for (const svg of all('[data-picture]')) watch.observe(svg);
    restore();
  }

  setUp();
})();
