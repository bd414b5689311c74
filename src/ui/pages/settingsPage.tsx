/** Settings: this controller, who manages it, who may send and what is sent, readers, and what was changed. */
import type { ComponentType } from 'preact';
import { t } from '../i18n.js';
import type { MessageKey } from '../messages/en.js';
import { ViewHead } from '../parts/panel.js';
import { Tabs } from '../parts/tabs.js';
import { usePlace } from '../router.js';
import { may } from '../session.js';
import { Audit } from './settings/audit.js';
import { Backups } from './settings/backups.js';
import { General } from './settings/general.js';
import { Operators } from './settings/operators.js';
import { Outgoing } from './settings/outgoing.js';
import { Readers } from './settings/readers.js';
import { Sources } from './settings/sources.js';
import { Tokens } from './settings/tokens.js';

interface Tab {
  readonly name: string;
  readonly title: MessageKey;
  readonly administrators?: true;
  readonly View: ComponentType;
}

const tabs: readonly Tab[] = [
  { name: '', title: 'settings.general', View: General },
  { name: 'operators', title: 'settings.operators', administrators: true, View: Operators },
  { name: 'tokens', title: 'settings.tokens', View: Tokens },
  { name: 'sources', title: 'settings.sources', administrators: true, View: Sources },
  { name: 'outgoing', title: 'settings.outgoing', administrators: true, View: Outgoing },
  { name: 'readers', title: 'settings.readers', View: Readers },
  { name: 'backups', title: 'settings.backups', administrators: true, View: Backups },
  { name: 'audit', title: 'settings.audit', View: Audit },
];

export function SettingsPage() {
  const { query } = usePlace();
  const open = tabs.filter(({ administrators }) => administrators !== true || may('administrator'));
  const { View, name } = open.find((tab) => tab.name === (query['tab'] ?? '')) ?? { View: General, name: '' };
  return (
    <>
      <ViewHead title={t('nav.settings')} />
      <Tabs
        label={t('nav.settings')}
        current={addressOf(name)}
        tabs={open.map((tab) => [addressOf(tab.name), t(tab.title)])}
      />
      <View />
    </>
  );
}

function addressOf(tab: string): string {
  return tab === '' ? '/settings' : `/settings?tab=${tab}`;
}
