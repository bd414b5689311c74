/** An event of the log as a sentence: who, where, what, and why. */
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { clockTime } from '../format.js';
import { ask } from '../http.js';
import { has, rich, t, tn, word } from '../i18n.js';
import type { MessageKey } from '../messages/en.js';
import type { Event, Json } from '../model.js';
import { Link } from '../parts/link.js';
import type { Tone } from '../parts/panel.js';
import { address } from '../router.js';
import { doorName, latest, readerName, site, status, zoneName, zones } from '../site.js';
import { useStore } from '../store.js';

const tones: Readonly<Record<string, Tone>> = {
  'access-granted': 'good',
  'access-taken': 'good',
  'access-denied': 'bad',
  'passback-violation': 'bad',
  'grant-withdrawn': 'warn',
  'no-entry-after-grant': 'warn',
  'passback-exempt': 'warn',
  'passback-blind': 'warn',
  unreadable: 'warn',
  'reader-locked-out': 'bad',
  'door-forced': 'bad',
  'door-held': 'warn',
  'tamper-on': 'bad',
  'reader-offline': 'bad',
  'reader-alarm-on': 'bad',
  'fire-on': 'bad',
  'zone-alarm-on': 'bad',
  'storage-failed': 'bad',
  'storage-fault': 'bad',
  overflow: 'bad',
  'output-failed': 'bad',
  'input-fault': 'bad',
  'clock-step': 'warn',
  'web-restarted': 'warn',
  'login-failed': 'warn',
  'source-refused': 'warn',
  'request-refused': 'warn',
};

/** How an event is coloured. */
export function toneOf({ kind }: Pick<Event, 'kind'>): Tone {
  return tones[kind] ?? 'plain';
}

/** The sentence of an event; names in it lead to what they name. */
export function Sentence({ event, plain = false }: { readonly event: Event; readonly plain?: boolean }) {
  useStore(site);
  useStore(zones);
  const key = keyOf(event);
  const reason = useReason(event);
  if (!has(key)) return <>{event.kind}</>;
  return <>{rich(key as MessageKey, partsOf(event, reason, plain))}</>;
}

function keyOf({ kind, detail }: Event): string {
  if (kind !== 'changed') return `event.${kind}`;
  if (detail?.['op'] === 'delete') return 'event.removed';
  // A door is made by the site file: here its behaviour is first stored when it is first changed.
  if (detail?.['collection'] === 'doors') return 'event.changed';
  return detail?.['before'] === undefined ? 'event.created' : 'event.changed';
}

function partsOf(event: Event, reason: string, plain: boolean): Readonly<Record<string, ComponentChildren>> {
  const { detail = {} } = event;
  const place = event.reader ?? event.door;
  const part = (name: string): string => textOf(detail[name]);
  return {
    who: <Who event={event} plain={plain} />,
    place: <b>{event.reader === undefined ? doorName(place ?? '') : readerName(event.reader)}</b>,
    door: <b>{doorName(event.door ?? '')}</b>,
    zone: <b>{event.zone === undefined ? '' : zoneName(event.zone)}</b>,
    by: <b>{actorText(event)}</b>,
    reason,
    alarm: word('osdp.alarm', part('alarm') || 'some'),
    notice: word('osdp.notice', part('notice') || 'some'),
    did: word('osdp.did', part('how') === 'keyed' ? 'install-keyed' : part('did')),
    cause: word('cause', part('cause')),
    outcome: word('outcome', part('outcome')),
    command: word('command', part('command')),
    users: usersOf(detail),
    what: whatOf(event),
    from: part('address'),
    rows: part('rowsLost'),
    version: part('version'),
    fault: part('fault'),
    error: part('error'),
    line: part('line'),
  };
}

/** A link where links may be: not within the rows of a list box. */
function Who({ event, plain }: { readonly event: Event; readonly plain: boolean }) {
  const { user, userName, credential } = event;
  if (user !== undefined && plain) return <b>{userName ?? user}</b>;
  if (user !== undefined) return <Link to={address('people', user)}>{userName ?? user}</Link>;
  if (credential === undefined) return <b>{t('event.someone')}</b>;
  const text = credential.kind === 'pin' ? t('event.pin') : word(`event.${credential.kind}`, '');
  return (
    <b>{text === '' ? t(credential.kind === 'code' ? 'event.code' : 'event.card', credential) : text}</b>
  );
}

/** Who did it, by name. */
export function actorText({ by }: Event): string {
  if (by?.kind === 'operator') return by.operator ?? '';
  if (by?.kind === 'source') return by.source ?? '';
  if (by?.kind === 'reader') return t('event.someone');
  return t('event.system');
}

function whatOf({ detail = {}, userName }: Event): string {
  const after = (detail['after'] ?? detail['before'] ?? {}) as { readonly [key: string]: Json };
  const name = userName ?? (textOf(after['name']) || textOf(after['user']) || textOf(detail['id']));
  const setting = `setting.${textOf(detail['id'])}`;
  if (detail['collection'] === 'settings' && has(setting)) return t(setting as MessageKey);
  const key = `thing.${textOf(detail['collection'])}`;
  return has(key) ? t(key as MessageKey, { name }) : `${textOf(detail['collection'])} ${name}`;
}

function usersOf(detail: { readonly [key: string]: Json }): string {
  const { users } = detail as { readonly users?: Json };
  if (users === 'all') return t('event.everybody');
  if (Array.isArray(users)) return users.length === 1 ? String(users[0]) : tn('event.users', users.length);
  return tn('event.users', Number(detail['forgotten'] ?? 0));
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** The reason in words; of a passback, since when. */
function useReason({ reason = '', kind, seq, user, reader }: Event): string {
  const asks = kind === 'access-denied' && reason === 'passback' && user !== undefined;
  const since = useSince(asks ? user : undefined, seq);
  if (since === undefined) return word('reason', reason);
  const direction = site.get()?.readers.find(({ id }) => id === reader)?.direction ?? 'entry';
  return t(direction === 'entry' ? 'event.since.entry' : 'event.since.exit', { time: clockTime(since) });
}

const known = new Map<number, Promise<string | undefined>>();

/** When the passage was counted that bars this person: the one before row `seq`. */
function useSince(user: string | undefined, seq: number): string | undefined {
  const [since, setSince] = useState<string>();
  useEffect(() => {
    if (user === undefined) return;
    let gone = false;
    const asked = known.get(seq) ?? passageBefore(user, seq);
    known.set(seq, asked);
    void asked.then((at) => {
      if (!gone) setSince(at);
    });
    return () => {
      gone = true;
    };
  }, [user, seq]);
  return since;
}

const passages = ['access-taken', 'access-granted'];

async function passageBefore(user: string, seq: number): Promise<string | undefined> {
  const here = latest.get().find((one) => one.seq < seq && one.user === user && passages.includes(one.kind));
  if (here !== undefined) return here.at;
  const before = `/api/v1/events?user=${encodeURIComponent(user)}&before=${seq}&limit=1&kind=`;
  const [taken, granted] = await Promise.all(
    passages.map((kind) => ask<{ items: readonly Event[] }>('GET', before + kind)),
  );
  const found = [taken, granted].flatMap((answer) => (answer?.ok ? answer.value.items : []));
  return found.sort((a, b) => b.seq - a.seq)[0]?.at;
}

/** Is a person barred by a record that can still be forgiven? */
export function mayForgive(event: Event): boolean {
  const barred = event.kind === 'access-denied' && event.reason === 'passback' && event.user !== undefined;
  return barred && (status.get()?.zones.length ?? 0) > 0;
}
