/** The page as a whole: the first run, the login, or the frame with the view that the address names. */
import { useEffect } from 'preact/hooks';
import { Frame } from './frame.js';
import { language } from './i18n.js';
import { stopLive } from './live.js';
import { FirstRun } from './pages/firstRun.js';
import { LoginAgain, LoginPage } from './pages/login.js';
import { Questions } from './parts/dialog.js';
import { Toasts } from './parts/toast.js';
import { forgetResources } from './resource.js';
import { session } from './session.js';
import { site, startSite, zones } from './site.js';
import { useStore } from './store.js';

export function App() {
  const now = useStore(session);
  // The words are read while rendering: a new language draws everything again, and what is half written stays.
  useStore(language);
  // And so are the names of doors, readers and zones, which may come after the view or be changed.
  useStore(site);
  useStore(zones);
  const inside = now.kind === 'in' || now.kind === 'expired';
  useEffect(() => {
    if (!inside) return;
    void startSite();
    return () => {
      stopLive();
      forgetResources();
    };
  }, [inside]);
  return (
    <div class="whole">
      {now.kind === 'unclaimed' ? <FirstRun /> : null}
      {now.kind === 'out' ? <LoginPage /> : null}
      {inside ? <Frame /> : null}
      {now.kind === 'expired' ? <LoginAgain name={now.name} /> : null}
      <Questions />
      <Toasts />
    </div>
  );
}
