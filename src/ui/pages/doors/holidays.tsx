/** Days on which a kind of holiday holds. */
import { useState } from 'preact/hooks';
import { ask, type Problem } from '../../http.js';
import { language, t } from '../../i18n.js';
import type { Holiday, Page } from '../../model.js';
import { Button } from '../../parts/button.js';
import { TextField } from '../../parts/field.js';
import { Form, ProblemNote } from '../../parts/form.js';
import { Panel, Waiting } from '../../parts/panel.js';
import { say, tell } from '../../parts/toast.js';
import { useResource } from '../../resource.js';
import { may } from '../../session.js';

const empty = { id: '', name: '', kind: 'holiday' };

export function Holidays() {
  const { value, problem, reload } = useResource<Page<Holiday>>('/api/v1/holidays?limit=500');
  if (value === undefined) return <Waiting problem={problem} reload={reload} />;
  const remove = async ({ id, revision }: Holiday) => {
    tell(await ask('DELETE', `/api/v1/holidays/${id}`, { etag: `"${revision}"` }), t('state.deleted'));
    reload();
  };
  return (
    <Panel title={t('doors.holidays')} note={t('holiday.note')} class="narrow">
      {may('administrator') ? <AddHoliday done={reload} /> : null}
      {value.items.length === 0 ? <p class="hint">{t('holiday.none')}</p> : null}
      <ul class="people">
        {value.items.map((one) => (
          <li key={one.id} class="card-row">
            <span class="grow">
              <b>{longDate(one.id)}</b>
              <span class="hint">{[one.name, one.kind].filter(Boolean).join(' · ')}</span>
            </span>
            {may('administrator') ? (
              <Button
                kind="quiet"
                icon="trash"
                label={`${t('action.delete')} ${one.id}`}
                onClick={() => remove(one)}
              />
            ) : null}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function longDate(id: string): string {
  const options = {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  } as const;
  return new Intl.DateTimeFormat(language.get(), options).format(new Date(`${id}T00:00:00Z`));
}

function AddHoliday({ done }: { readonly done: () => void }) {
  const [draft, setDraft] = useState(empty);
  const [problem, setProblem] = useState<Problem>();
  const save = async () => {
    const answer = await ask('POST', '/api/v1/holidays', { body: draft });
    if (!answer.ok) return setProblem(answer.problem);
    setProblem(undefined);
    setDraft(empty);
    say(t('state.saved'));
    done();
  };
  return (
    <Form class="inline-form" problem={problem} submit={save}>
      <TextField
        label={t('holiday.date')}
        name="id"
        type="date"
        value={draft.id}
        onInput={(id) => setDraft({ ...draft, id })}
        required
      />
      <TextField
        label={t('holiday.name')}
        name="name"
        value={draft.name}
        onInput={(name) => setDraft({ ...draft, name })}
      />
      <TextField
        label={t('holiday.kind')}
        name="kind"
        value={draft.kind}
        onInput={(kind) => setDraft({ ...draft, kind })}
        required
      />
      <Button type="submit" kind="primary">
        {t('action.add')}
      </Button>
      <ProblemNote />
    </Form>
  );
}
