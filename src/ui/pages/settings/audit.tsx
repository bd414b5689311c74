/** Who changed what, from where: every change, login and refusal, out of the same log as the doors. */
import { useEffect, useState } from 'preact/hooks';
import { Sentence, toneOf } from '../../events/sentence.js';
import { dateTime } from '../../format.js';
import { ask } from '../../http.js';
import { t, word } from '../../i18n.js';
import type { Event, Page } from '../../model.js';
import { Button } from '../../parts/button.js';
import { SelectField } from '../../parts/field.js';
import { Link } from '../../parts/link.js';
import { Panel } from '../../parts/panel.js';
import { useQuery } from '../../router.js';

const kinds = [
  'changed',
  'login',
  'login-failed',
  'claimed',
  'source-refused',
  'request-refused',
  'zone-cleared',
];

export function Audit() {
  const [query, setQuery] = useQuery();
  const kind = query['kind'] ?? 'changed';
  const [rows, setRows] = useState<readonly Event[]>([]);
  const [next, setNext] = useState<string>();
  const read = async (cursor?: string) => {
    const more = cursor === undefined ? '' : `&cursor=${cursor}`;
    const answer = await ask<Page<Event>>('GET', `/api/v1/events?limit=50&kind=${kind}${more}`);
    if (!answer.ok) return;
    setRows((before) => (cursor === undefined ? answer.value.items : [...before, ...answer.value.items]));
    setNext(answer.value.next);
  };
  useEffect(() => {
    void read();
  }, [kind]);
  return (
    <Panel title={t('settings.audit')} note={t('audit.note')}>
      <SelectField
        label={t('log.kind')}
        value={kind}
        onInput={(wanted) => setQuery({ kind: wanted })}
        options={kinds.map((one) => [one, word('kind', one)])}
      />
      <ol class="stream plain">
        {rows.map((event) => (
          <li key={event.seq} class={`row ${toneOf(event)}`}>
            <span class="dot" />
            <p>
              <Sentence event={event} />
              <Link to={`/log?row=${event.seq}`} class="when">
                {[dateTime(event.at), event.by?.address].filter(Boolean).join(' · ')}
              </Link>
            </p>
          </li>
        ))}
      </ol>
      {rows.length === 0 ? <p class="hint">{t('log.none')}</p> : null}
      {next === undefined ? null : <Button onClick={() => read(next)}>{t('action.more')}</Button>}
    </Panel>
  );
}
