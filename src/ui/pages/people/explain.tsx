/** Why would this person be let in or refused at a reader? The controller's own checks, in their order. */
import { useState } from 'preact/hooks';
import { fromLocalInput } from '../../format.js';
import { ask, type Problem } from '../../http.js';
import { t, word } from '../../i18n.js';
import type { Explained } from '../../model.js';
import { Button } from '../../parts/button.js';
import { SelectField, TextField } from '../../parts/field.js';
import { Form, ProblemNote } from '../../parts/form.js';
import { Icon } from '../../parts/icon.js';
import { Badge, Panel } from '../../parts/panel.js';
import { site, zoneName } from '../../site.js';
import { useStore } from '../../store.js';

export function Explain({ user }: { readonly user: string }) {
  const readers = useStore(site)?.readers ?? [];
  const [reader, setReader] = useState('');
  const [at, setAt] = useState('');
  const [answer, setAnswer] = useState<Explained>();
  const [problem, setProblem] = useState<Problem>();
  const chosen = reader === '' ? (readers[0]?.id ?? '') : reader;
  const run = async () => {
    const atMs = fromLocalInput(at);
    const body = { user, reader: chosen, ...(atMs === undefined ? {} : { atMs }) };
    const got = await ask<Explained>('POST', '/api/v1/explain', { body });
    setAnswer(got.ok ? got.value : undefined);
    setProblem(got.ok ? undefined : got.problem);
  };
  return (
    <Panel title={t('explain.title')} note={t('explain.note')}>
      <Form class="inline-form" problem={problem} submit={run}>
        <SelectField
          label={t('log.reader')}
          name="reader"
          value={chosen}
          onInput={setReader}
          options={readers.map(({ id, name }) => [id, name])}
        />
        <TextField label={t('explain.at')} type="datetime-local" value={at} onInput={setAt} />
        <Button type="submit">{t('explain.ask')}</Button>
        <ProblemNote />
      </Form>
      {answer === undefined ? null : <Checks answer={answer} />}
    </Panel>
  );
}

const tones = { granted: 'good', waits: 'warn', denied: 'bad' } as const;
const marks = { passes: 'check', refuses: 'close', waits: 'now', 'not-asked': 'hold' } as const;

function Checks({ answer }: { readonly answer: Explained }) {
  return (
    <div class="stack" role="status">
      <p>
        <Badge tone={tones[answer.decision]}>{t(`explain.${answer.decision}`)}</Badge>{' '}
        {answer.reason === undefined ? '' : word('reason', answer.reason)}
      </p>
      <ol class="checks">
        {answer.checks.map(({ check, answer: says, reason, zones }) => (
          <li key={check} class={says}>
            <Icon name={marks[says]} size={16} />
            <span class="grow">
              <span>
                {word('check', check)}
                {': '}
                <b>{t(`explain.${says}`)}</b>
                {reason === undefined ? '' : ` (${word('reason', reason)})`}
              </span>
              {zones.map(({ zone, says: told }) => (
                <span key={zone} class="hint">
                  {zoneName(zone)}: {word('zonesays', told)}
                </span>
              ))}
            </span>
          </li>
        ))}
      </ol>
    </div>
  );
}
