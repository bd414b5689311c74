/** The mock board drawn: each door with its readers, lock, leaf and exit button, all of them to be used. */
import { useEffect, useState } from 'preact/hooks';
import { ask } from '../../http.js';
import { t } from '../../i18n.js';
import type { Credential, Page, Reader, SiteInfo, Status, User } from '../../model.js';
import { Button } from '../../parts/button.js';
import { SelectField } from '../../parts/field.js';
import { Panel } from '../../parts/panel.js';
import { say } from '../../parts/toast.js';
import { may } from '../../session.js';
import { doorName, site, status } from '../../site.js';
import { useStore } from '../../store.js';
import { DoorDrawing } from './doorDrawing.js';

interface Card {
  readonly key: string;
  readonly name: string;
  readonly format: string;
  readonly facility: number;
  readonly number: string;
}

const unknownCard = { key: 'unknown', format: 'H10301', facility: 25, number: '4999' };

export function MockSite() {
  const here = useStore(site);
  const now = useStore(status);
  const cards = useCards();
  const [chosen, setChosen] = useState<string>();
  if (here === undefined || now === undefined) return null;
  const all = [...cards, { ...unknownCard, name: t('mock.card.unknown') }];
  const card = all.find(({ key }) => key === chosen) ?? all[0];
  return (
    <Panel title={t('mock.title')} note={t('mock.note')} class="mock">
      <SelectField
        label={t('mock.card')}
        value={card?.key ?? ''}
        onInput={setChosen}
        options={all.map(({ key, name, facility, number }) => [key, `${name} · ${facility}/${number}`])}
      />
      <div class="mock-doors">
        {here.doors.map((door) => (
          <MockDoor key={door.id} door={door} here={here} now={now} card={card} />
        ))}
      </div>
    </Panel>
  );
}

interface MockDoorProps {
  readonly door: SiteInfo['doors'][number];
  readonly here: SiteInfo;
  readonly now: Status;
  readonly card: Card | undefined;
}

function MockDoor({ door, here, now, card }: MockDoorProps) {
  const state = now.doors.find(({ id }) => id === door.id);
  const readers = here.readers.filter((one) => one.door === door.id);
  const open = state?.leaf === 'open';
  return (
    <section class="mock-door" aria-label={doorName(door.id)}>
      <h3>{doorName(door.id)}</h3>
      <DoorDrawing
        name={doorName(door.id)}
        unlocked={state?.lock === 'unlocked'}
        leaf={state?.leaf ?? 'unknown'}
        entry={readers.some(({ direction }) => direction === 'entry')}
        exit={readers.some(({ direction }) => direction === 'exit')}
      />
      <div class="mock-hands">
        {readers.map((reader) => (
          <Present key={reader.id} reader={reader} card={card} />
        ))}
        <Button size="small" icon="exit" onClick={() => press(door.id)}>
          {t('mock.rex')}
        </Button>
        {door.hasContact ? (
          <Button size="small" icon="door" onClick={() => hand(`doors/${door.id}/contact`, { open: !open })}>
            {t(open ? 'mock.leaf.close' : 'mock.leaf.open')}
          </Button>
        ) : null}
      </div>
    </section>
  );
}

function Present({ reader, card }: { readonly reader: Reader; readonly card: Card | undefined }) {
  if (card === undefined) return null;
  const { format, facility, number } = card;
  return (
    <Button
      size="small"
      icon="card"
      onClick={() => hand(`readers/${reader.id}/present`, { format, facility, number })}
    >
      {t('mock.present', { reader: reader.name })}
    </Button>
  );
}

async function hand(what: string, body: unknown): Promise<void> {
  const answer = await ask('POST', `/api/v1/mock/${what}`, { body });
  if (!answer.ok) say(answer.problem.detail, true);
}

async function press(door: string): Promise<void> {
  await hand(`doors/${door}/rex`, { active: true });
  setTimeout(() => void hand(`doors/${door}/rex`, { active: false }), 400);
}

/** A few cards of people who are there, whole, for those who may see them. */
function useCards(): readonly Card[] {
  const [cards, setCards] = useState<readonly Card[]>([]);
  useEffect(() => {
    void loadCards().then(setCards);
  }, []);
  return cards;
}

async function loadCards(): Promise<readonly Card[]> {
  const list = may('operator')
    ? await ask<Page<Credential>>('GET', '/api/v1/credentials?limit=12')
    : undefined;
  const found = list?.ok
    ? list.value.items.filter(({ kind, format }) => kind === 'card' && format !== undefined)
    : [];
  const cards = await Promise.all(found.slice(0, 8).map(cardOf));
  return cards.flatMap((card) => card ?? []);
}

async function cardOf({ id, user }: Credential): Promise<Card | undefined> {
  const [whole, carrier] = await Promise.all([
    ask<Credential>('GET', `/api/v1/credentials/${encodeURIComponent(id)}`),
    ask<User>('GET', `/api/v1/users/${encodeURIComponent(user)}`),
  ]);
  if (!whole.ok || whole.value.format === undefined || whole.value.number === undefined) return undefined;
  const { format, facility = 0, number } = whole.value;
  return { key: id, name: carrier.ok ? carrier.value.name : user, format, facility, number };
}
