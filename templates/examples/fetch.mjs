const response = await fetch('https://example.org/api/v1/history.json');
const { session, regime, ivts } = await response.json();

// how many sessions were in backwardation, and which was the last
const inverted = session.filter((_, i) => regime[i] === 'backwardation');
console.log(inverted.length, 'of', session.length, 'last', inverted.at(-1));
console.log(session.at(-1), ivts.at(-1), regime.at(-1));
