/** The views of the page: their address, name and icon; each but the first is loaded when it is opened. */
import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { t } from './i18n.js';
import type { MessageKey } from './messages/en.js';
import { NowPage } from './pages/nowPage.js';
import type { IconName } from './parts/icon.js';

export interface View {
  /** First part of its address. */
  readonly path: string;
  readonly icon: IconName;
  readonly name: MessageKey;
  /** For the bar of a phone. */
  readonly short: MessageKey;
  readonly load: () => Promise<ComponentType>;
}

export const views: readonly View[] = [
  { path: '', icon: 'now', name: 'nav.now', short: 'nav.now', load: async () => NowPage },
  {
    path: 'people',
    icon: 'people',
    name: 'nav.people',
    short: 'nav.people',
    load: async () => (await import('./pages/peoplePage.js')).PeoplePage,
  },
  {
    path: 'doors',
    icon: 'door',
    name: 'nav.doors',
    short: 'nav.doors',
    load: async () => (await import('./pages/doorsPage.js')).DoorsPage,
  },
  {
    path: 'zones',
    icon: 'zone',
    name: 'nav.zones',
    short: 'nav.zones.short',
    load: async () => (await import('./pages/zonesPage.js')).ZonesPage,
  },
  {
    path: 'log',
    icon: 'log',
    name: 'nav.log',
    short: 'nav.log.short',
    load: async () => (await import('./pages/logPage.js')).LogPage,
  },
  {
    path: 'settings',
    icon: 'settings',
    name: 'nav.settings',
    short: 'nav.settings',
    load: async () => (await import('./pages/settingsPage.js')).SettingsPage,
  },
];

const loaded = new Map<string, ComponentType>([['', NowPage]]);

/** The view at an address. */
export function ViewAt({ path }: { readonly path: string }) {
  const view = views.find((one) => one.path === path) ?? views[0];
  const [, setReady] = useState('');
  useEffect(() => {
    if (view === undefined || loaded.has(view.path)) return;
    void view.load().then((component) => {
      loaded.set(view.path, component);
      setReady(view.path);
    });
  }, [view]);
  useEffect(() => {
    if (view !== undefined) document.title = `${t(view.name)} · Sallyport`;
  }, [view]);
  const Shown = loaded.get(view?.path ?? '');
  return Shown === undefined ? (
    <p class="waiting" role="status">
      {t('state.loading')}
    </p>
  ) : (
    <Shown />
  );
}
