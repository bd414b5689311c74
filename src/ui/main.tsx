/** Starts the page. */
import { render } from 'preact';
import { App } from './app.js';
import { preferredLanguage, speak } from './i18n.js';
import { startRouter } from './router.js';
import { startSession } from './session.js';
import { startTheme } from './theme.js';

startTheme();
startRouter();
const [root] = [document.getElementById('app')];
await Promise.all([speak(preferredLanguage()), startSession()]);
if (root !== null) {
  root.replaceChildren();
  render(<App />, root);
}
