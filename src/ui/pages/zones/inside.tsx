/** Who is inside: forgiven one by one or all at once, and the roll call on paper. */
import { useEffect, useState } from 'preact/hooks';
import { nowMs } from '../../clock.js';
import { dateTime, shortTime } from '../../format.js';
import { ask } from '../../http.js';
import { language, t, tn } from '../../i18n.js';
import type { Group, Page, ZoneRecord } from '../../model.js';
import { useAll } from '../../names.js';
import { Button } from '../../parts/button.js';
import { sure } from '../../parts/dialog.js';
import { fetchFile } from '../../parts/download.js';
import { Link } from '../../parts/link.js';
import { Panel } from '../../parts/panel.js';
import { TableScroll } from '../../parts/tableScroll.js';
import { say, tell } from '../../parts/toast.js';
import { address } from '../../router.js';
import { may } from '../../session.js';
import { readerName, site } from '../../site.js';
import type { Zone } from '../../zoneModel.js';

interface Props {
  readonly zone: Zone;
  readonly people: readonly ZoneRecord[];
  readonly count: number;
  /** More are inside than are shown. */
  readonly more: boolean;
  readonly changed: () => void;
}

export function Inside({ zone, people, count, more, changed }: Props) {
  const paper = usePaper();
  const listed = [...(paper.sheet?.people ?? people)].sort((one, other) =>
    nameOf(one).localeCompare(nameOf(other), language.get()),
  );
  const printAll = async () => {
    const all = more ? await everybodyInside(zone) : people;
    if (all !== undefined) paper.put({ atMs: nowMs(), people: all });
  };
  const actions = (
    <>
      <Button size="small" icon="print" disabled={people.length === 0} onClick={printAll}>
        {t('zones.rollcall')}
      </Button>
      <Button
        size="small"
        icon="download"
        onClick={() => fetchFile(`/api/v1/zones/${zone.id}/roll-call.csv`, `${zone.name}.csv`)}
      >
        CSV
      </Button>
      {may('operator') ? (
        <Button size="small" onClick={() => forgiveAll(zone, changed)}>
          {t('zones.forgiveall')}
        </Button>
      ) : null}
      {may('operator') ? <ForgiveGroup zone={zone} changed={changed} /> : null}
    </>
  );
  return (
    <Panel title={t('zones.who')} note={tn('zones.who', count)} actions={actions} class="rollcall">
      <p class="print-only">
        {t('zones.rollcall.head', {
          zone: zone.name,
          site: site.get()?.name ?? '',
          at: dateTime(paper.sheet?.atMs ?? nowMs()),
        })}
      </p>
      <TableScroll label={t('zones.who')}>
        <table class="table">
          <thead>
            <tr>
              <th scope="col">{t('person.name')}</th>
              <th scope="col">{t('zones.since')}</th>
              <th scope="col">{t('log.reader')}</th>
              <th scope="col">
                <span class="screen-only hidden">{t('forgive.one')}</span>
                <span class="print-only">{t('zones.seen')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {listed.map((person) => (
              <Row key={person.user} zone={zone} person={person} changed={changed} />
            ))}
          </tbody>
        </table>
      </TableScroll>
      {people.length === 0 ? <p class="hint">{t('zones.empty')}</p> : null}
      {more && paper.sheet === undefined ? <p class="hint">{t('zones.more')}</p> : null}
    </Panel>
  );
}

interface RowProps {
  readonly zone: Zone;
  readonly person: ZoneRecord;
  readonly changed: () => void;
}

function Row({ zone, person, changed }: RowProps) {
  return (
    <tr>
      <th scope="row">
        <Link to={address('people', person.user)}>{nameOf(person)}</Link>
      </th>
      <td>{shortTime(person.at)}</td>
      <td>{readerName(person.reader)}</td>
      <td>
        {may('operator') ? (
          <Button kind="quiet" size="small" onClick={() => forgive(zone, person, changed)}>
            {t('forgive.one')}
          </Button>
        ) : null}
        <span class="print-only box" />
      </td>
    </tr>
  );
}

function nameOf({ user, userName }: ZoneRecord): string {
  return userName || user;
}

/** What is on the paper: everybody, however few the screen shows, and the moment it is true of. */
interface Sheet {
  readonly atMs: number;
  readonly people: readonly ZoneRecord[];
}

/** A sheet that is put is printed once it stands in the page, and gone after it. */
function usePaper() {
  const [sheet, put] = useState<Sheet>();
  useEffect(() => {
    if (sheet === undefined) return;
    addEventListener('afterprint', () => put(undefined), { once: true });
    print();
  }, [sheet]);
  return { sheet, put };
}

/** All of them or none: a roll call that misses somebody is worse than no roll call. */
async function everybodyInside({ id }: Zone): Promise<readonly ZoneRecord[] | undefined> {
  const all: ZoneRecord[] = [];
  for (let after = ''; ; ) {
    const path = `/api/v1/zones/${id}/records?side=entry&limit=1000${after}`;
    const answer = await ask<Page<ZoneRecord>>('GET', path);
    if (!answer.ok) {
      say(answer.problem.detail, true);
      return undefined;
    }
    all.push(...answer.value.items);
    if (answer.value.next === undefined) return all;
    after = `&cursor=${encodeURIComponent(answer.value.next)}`;
  }
}

/** Of everybody in a group, chosen and done. */
function ForgiveGroup({ zone, changed }: { readonly zone: Zone; readonly changed: () => void }) {
  const groups = useAll<Group>('groups');
  if (groups.length === 0) return null;
  const clear = async (select: HTMLSelectElement) => {
    const group = groups.find(({ id }) => id === select.value);
    select.value = '';
    if (group === undefined) return;
    const text = t('zones.forgivegroup.sure', { group: group.name, zone: zone.name });
    if (await sure({ title: t('zones.forgivegroup'), text, yes: t('forgive.one') })) {
      await clearZone(zone, { group: group.id }, changed);
    }
  };
  return (
    <select
      class="button small"
      aria-label={t('zones.forgivegroup')}
      onChange={(event) => clear(event.currentTarget)}
    >
      <option value="">{t('zones.forgivegroup')}</option>
      {groups.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </select>
  );
}

async function clearZone({ id }: Zone, body: object, changed: () => void): Promise<void> {
  const answer = await ask<{ forgotten: number }>('POST', `/api/v1/zones/${id}/clear`, { body });
  if (answer.ok) say(tn('zones.forgiven', answer.value.forgotten));
  else say(answer.problem.detail, true);
  changed();
}

async function forgive({ id }: Zone, person: ZoneRecord, changed: () => void): Promise<void> {
  const answer = await ask('POST', `/api/v1/zones/${id}/clear`, { body: { users: [person.user] } });
  tell(answer, t('forgive.done', { who: nameOf(person) }));
  changed();
}

async function forgiveAll(zone: Zone, changed: () => void): Promise<void> {
  const text = t('zones.forgiveall.sure', { zone: zone.name });
  if (!(await sure({ title: t('zones.forgiveall'), text, yes: t('zones.forgiveall') }))) return;
  await clearZone(zone, { users: 'all' }, changed);
}
