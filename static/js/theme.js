/* Runs before the first paint: says that scripts run, and puts on the remembered theme, so that nothing flashes. */
(() => {
  'use strict';
  const root = document.documentElement;
  root.classList.add('js');
  // see later.js: with a place in the address, the browser must know where it is
  if (!location.hash) root.classList.add('partly');
  try {
    const theme = localStorage.getItem('theme');
    if (theme === 'light' || theme === 'dark') root.dataset.theme = theme;
  } catch {
    // storage is blocked: the theme follows the system
  }
})();
