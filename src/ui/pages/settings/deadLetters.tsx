/** What was given up for one hook: why, tried once more or forgotten. The log has the rows in any case. */
import { shortTime } from '../../format.js';
import { ask } from '../../http.js';
import { number, t } from '../../i18n.js';
import type { DeadLetter, Hook, Page } from '../../model.js';
import { Button } from '../../parts/button.js';
import { Dialog } from '../../parts/dialog.js';
import { Link } from '../../parts/link.js';
import { Waiting } from '../../parts/panel.js';
import { say, tell } from '../../parts/toast.js';
import { useResource } from '../../resource.js';

/** Has something sent now, and says what the receiver answered; true = it took it. */
export async function sendNow(path: string, taken: string): Promise<boolean> {
  const answer = await ask<{ ok: boolean; error?: string }>('POST', path);
  if (!answer.ok) {
    say(answer.problem.detail, true);
    return false;
  }
  const { ok, error = '' } = answer.value;
  say(ok ? taken : t('outgoing.test.bad', { error }), !ok);
  return ok;
}

export function DeadLetters({ hook, close }: { readonly hook: Hook; readonly close: () => void }) {
  const path = `/api/v1/hooks/${encodeURIComponent(hook.id)}/dead-letters`;
  const { value, problem, reload } = useResource<Page<DeadLetter>>(`${path}?limit=200`);
  const retry = async ({ seq }: DeadLetter) => {
    await sendNow(`${path}/${seq}/retry`, t('outgoing.retried'));
    reload();
  };
  const retryAll = async () => {
    // In their order, and no further once one is not taken: the next would hardly be.
    for (const { seq } of value?.items ?? []) {
      if (!(await sendNow(`${path}/${seq}/retry`, t('outgoing.retried')))) break;
    }
    reload();
  };
  const drop = async ({ seq }: DeadLetter) => {
    tell(await ask('DELETE', `${path}/${seq}`), t('state.deleted'));
    reload();
  };
  const items = value?.items ?? [];
  return (
    <Dialog title={t('outgoing.dead.title', { name: hook.name })} onClose={close} wide>
      <p class="hint">{t('outgoing.dead.note')}</p>
      {value === undefined ? <Waiting problem={problem} reload={reload} /> : null}
      <ul aria-label={t('outgoing.dead.title', { name: hook.name })}>
        {items.map((letter) => (
          <li key={letter.seq} class="card-row">
            <span class="grow">
              <Link to={`/log?row=${letter.seq}`}>{t('log.row', { seq: letter.seq })}</Link>
              <span class="hint">
                {t('outgoing.dead.tries', {
                  at: shortTime(letter.at),
                  count: number(letter.attempts),
                  error: letter.error,
                })}
              </span>
            </span>
            <Button size="small" label={`${t('action.again')} ${letter.seq}`} onClick={() => retry(letter)}>
              {t('action.again')}
            </Button>
            <Button
              kind="quiet"
              icon="trash"
              label={`${t('action.delete')} ${letter.seq}`}
              onClick={() => drop(letter)}
            />
          </li>
        ))}
      </ul>
      {value !== undefined && items.length === 0 ? <p class="hint">{t('state.none')}</p> : null}
      <footer class="actions">
        {items.length > 1 ? <Button onClick={retryAll}>{t('outgoing.dead.all')}</Button> : null}
        <Button kind="primary" onClick={close}>
          {t('action.close')}
        </Button>
      </footer>
    </Dialog>
  );
}
