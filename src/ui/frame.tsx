/** Navigation, the line to the controller, and the view. A side bar on a wide screen, a bar below on a phone. */
import { chooseLanguage, type Language, language, languages, t } from './i18n.js';
import { connection } from './live.js';
import { Button } from './parts/button.js';
import { Icon } from './parts/icon.js';
import { Link } from './parts/link.js';
import { usePlace } from './router.js';
import { logOut, session } from './session.js';
import { site } from './site.js';
import { useStore } from './store.js';
import { toggleTheme } from './theme.js';
import { ViewAt, views } from './views.js';

export function Frame() {
  const path = usePlace().path[0] ?? '';
  return (
    <div class="frame">
      <a class="skip" href="#content">
        {t('nav.skip')}
      </a>
      <aside class="side">
        <Brand />
        <nav aria-label={t('nav.label')}>
          <ul>
            {views.map((view) => (
              <li key={view.path}>
                <Link to={`/${view.path}`} current={view.path === path}>
                  <Icon name={view.icon} />
                  <span class="long">{t(view.name)}</span>
                  <span class="short">{t(view.short)}</span>
                </Link>
              </li>
            ))}
          </ul>
        </nav>
        <Account />
      </aside>
      <main id="content" tabIndex={-1}>
        <Line />
        <ViewAt path={path} />
      </main>
    </div>
  );
}

function Brand() {
  const here = useStore(site);
  return (
    <div class="brand">
      <svg width="30" height="30" viewBox="0 0 64 64" aria-hidden="true">
        <rect width="64" height="64" rx="14" class="brand-back" />
        <path d="M18 52V24a14 14 0 0 1 28 0v28" class="brand-arch" />
        <path d="M25 52V25a7 7 0 0 1 14 0v27z" class="brand-door" />
      </svg>
      <div>
        <strong>Sallyport</strong>
        <span class="hint">{here?.name}</span>
      </div>
    </div>
  );
}

/** Shown only when the line is not there: live is what people expect. */
function Line() {
  const state = useStore(connection);
  return (
    <div class="line" role="status" data-state={state}>
      {state === 'lost' ? t('shell.lost') : null}
    </div>
  );
}

function Account() {
  const now = useStore(session);
  const name = now.kind === 'in' || now.kind === 'expired' ? now.name : '';
  return (
    <div class="account">
      <span class="account-name">{name}</span>
      <LanguageChoice />
      <Button icon={'moon'} kind="quiet" label={t('shell.theme')} onClick={toggleTheme} />
      <Button icon="out" kind="quiet" label={t('shell.logout')} onClick={logOut} />
    </div>
  );
}

export function LanguageChoice() {
  const now = useStore(language);
  return (
    <select
      class="language"
      aria-label={t('shell.language')}
      value={now}
      onChange={(event) => chooseLanguage(event.currentTarget.value as Language)}
    >
      {Object.entries(languages).map(([key, name]) => (
        <option key={key} value={key} selected={key === now}>
          {name}
        </option>
      ))}
    </select>
  );
}
