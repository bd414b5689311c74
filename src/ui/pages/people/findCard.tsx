/** Who has this card? The number stands in no address: it is asked for, answered and forgotten. */
import { useState } from 'preact/hooks';
import { ask, type Problem } from '../../http.js';
import { t } from '../../i18n.js';
import type { Credential } from '../../model.js';
import { Button } from '../../parts/button.js';
import { Dialog } from '../../parts/dialog.js';
import { TextField } from '../../parts/field.js';
import { Form, ProblemNote } from '../../parts/form.js';
import { Link } from '../../parts/link.js';
import { address } from '../../router.js';

interface Match {
  readonly as: string;
  readonly credential: Credential;
  readonly user: { readonly id: string; readonly name: string };
}

export function FindCard({ close }: { readonly close: () => void }) {
  const [text, setText] = useState('');
  const [found, setFound] = useState<readonly Match[]>();
  const [problem, setProblem] = useState<Problem>();
  const look = async () => {
    const answer = await ask<{ matches: readonly Match[] }>('POST', '/api/v1/card-lookup', {
      body: { text },
    });
    setProblem(answer.ok ? undefined : answer.problem);
    setFound(answer.ok ? answer.value.matches : undefined);
  };
  return (
    <Dialog title={t('people.findcard')} onClose={close}>
      <Form problem={problem} submit={look}>
        <TextField
          label={t('card.number')}
          hint={t('people.findcard.hint')}
          name="text"
          autocomplete="off"
          value={text}
          onInput={setText}
          required
        />
        <ProblemNote />
        <ul role="status">
          {found?.length === 0 ? <li class="hint">{t('people.findcard.none')}</li> : null}
          {found?.map(({ as, credential, user }) => (
            <li key={credential.id} class="card-row">
              <span class="grow">
                <Link to={address('people', user.id)}>{user.name}</Link>
                <span class="hint">
                  {credential.label} · {as}
                </span>
              </span>
            </li>
          ))}
        </ul>
        <footer class="actions">
          <Button type="submit" kind="primary" icon="search">
            {t('action.find')}
          </Button>
        </footer>
      </Form>
    </Dialog>
  );
}
