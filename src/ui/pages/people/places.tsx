/** Where a person is: inside or outside each zone, as the controller has it, and put right by hand. */
import { shortTime } from '../../format.js';
import { ask } from '../../http.js';
import { t } from '../../i18n.js';
import type { User, UserPlace } from '../../model.js';
import { Button } from '../../parts/button.js';
import { Link } from '../../parts/link.js';
import { Badge, Panel, Waiting } from '../../parts/panel.js';
import { tell } from '../../parts/toast.js';
import { useResource } from '../../resource.js';
import { may } from '../../session.js';
import { readerName, zones } from '../../site.js';
import { useStore } from '../../store.js';

const moving = new Set(['access-granted', 'access-taken', 'zone-cleared', 'zone-forgotten', 'zone-assigned']);

export function Places({ user }: { readonly user: User }) {
  const all = useStore(zones);
  const path = `/api/v1/users/${encodeURIComponent(user.id)}/places`;
  const { value, problem, reload } = useResource<{ items: readonly UserPlace[] }>(path, ({ kind }) =>
    moving.has(kind),
  );
  if (all.length === 0) return null;
  const put = async (zone: number, place: 'inside' | 'outside' | 'unknown') => {
    const answer =
      place === 'unknown'
        ? await ask('POST', `/api/v1/zones/${zone}/clear`, { body: { users: [user.id] } })
        : await ask('POST', `/api/v1/zones/${zone}/assign`, { body: { user: user.id, place } });
    tell(answer, t('state.saved'));
    reload();
  };
  return (
    <Panel title={t('places.title')} note={t('places.note')}>
      {value === undefined ? <Waiting problem={problem} reload={reload} /> : null}
      <ul>
        {all.map((zone) => {
          const here = value?.items.find((one) => one.zone === zone.id);
          return (
            <li key={zone.id} class="card-row">
              <span class="grow">
                <Link to={`/zones/${zone.id}`}>{zone.name}</Link>
                <span class="hint">{here === undefined ? '' : sinceText(here)}</span>
              </span>
              <Badge tone={here?.direction === 'entry' ? 'info' : 'plain'}>
                {t(here === undefined ? 'places.unknown' : `places.${here.direction}`)}
              </Badge>
              {may('operator') ? (
                <Choice name={zone.name} here={here} put={(place) => put(zone.id, place)} />
              ) : null}
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}

function sinceText({ at, reader }: UserPlace): string {
  return [shortTime(at), reader === '' ? t('places.byhand') : readerName(reader)].join(' · ');
}

interface ChoiceProps {
  readonly name: string;
  readonly here: UserPlace | undefined;
  readonly put: (place: 'inside' | 'outside' | 'unknown') => unknown;
}

function Choice({ name, here, put }: ChoiceProps) {
  const other = here?.direction === 'entry' ? 'outside' : 'inside';
  return (
    <>
      <Button size="small" label={`${t(`places.put.${other}`)}: ${name}`} onClick={() => put(other)}>
        {t(`places.put.${other}`)}
      </Button>
      {here === undefined ? null : (
        <Button
          kind="quiet"
          size="small"
          label={`${t('forgive.one')}: ${name}`}
          onClick={() => put('unknown')}
        >
          {t('forgive.one')}
        </Button>
      )}
    </>
  );
}
