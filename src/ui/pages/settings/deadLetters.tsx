/** What was given up for one hook: why, tried once more or forgotten. The log has the rows in any case. */
import { useState } from 'preact/hooks';
import { shortTime } from '../../format.js';
import { ask } from '../../http.js';
import { number, t, tn } from '../../i18n.js';
import type { DeadLetter, Hook, Page } from '../../model.js';
import { Button } from '../../parts/button.js';
import { Dialog } from '../../parts/dialog.js';
import { Link } from '../../parts/link.js';
import { Waiting } from '../../parts/panel.js';
import { say, tell } from '../../parts/toast.js';
import { useResource } from '../../resource.js';

/** Has something sent now, and says what the receiver answered. */
export async function sendNow(path: string, taken: string): Promise<void> {
  const refused = await refusalOf(path);
  say(refused ?? taken, refused !== undefined);
}

/** Has something sent now; undefined = the receiver took it. */
async function refusalOf(path: string): Promise<string | undefined> {
  const answer = await ask<{ ok: boolean; error?: string }>('POST', path);
  if (!answer.ok) return answer.problem.detail;
  const { ok, error = '' } = answer.value;
  return ok ? undefined : t('outgoing.test.bad', { error });
}

const pageSize = 200;

/** Tries all there are in their order, and no further once one is not taken: the next would hardly be. */
async function retryAll(path: string, tell: (taken: number) => void): Promise<string | undefined> {
  for (let cursor = 0, taken = 0; ; ) {
    const page = await ask<Page<DeadLetter>>('GET', `${path}?limit=${pageSize}&cursor=${cursor}`);
    if (!page.ok) return page.problem.detail;
    for (const { seq } of page.value.items) {
      const refused = await refusalOf(`${path}/${seq}/retry`);
      if (refused !== undefined) return refused;
      taken += 1;
      tell(taken);
      cursor = seq;
    }
    if (page.value.next === undefined) return undefined;
  }
}

export function DeadLetters({ hook, close }: { readonly hook: Hook; readonly close: () => void }) {
  const path = `/api/v1/hooks/${encodeURIComponent(hook.id)}/dead-letters`;
  const { value, problem, reload } = useResource<Page<DeadLetter>>(`${path}?limit=${pageSize}`);
  /** How many were taken since all are being tried; undefined = they are not. */
  const [taken, setTaken] = useState<number>();
  const retry = async ({ seq }: DeadLetter) => {
    await sendNow(`${path}/${seq}/retry`, t('outgoing.retried'));
    reload();
  };
  const retryThem = async () => {
    let count = 0;
    setTaken(count);
    const refused = await retryAll(path, (sofar) => {
      count = sofar;
      setTaken(count);
    });
    setTaken(undefined);
    say([tn('outgoing.taken', count), refused ?? ''].join(' ').trim(), refused !== undefined);
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
      {value?.next === undefined ? null : <p class="hint">{t('outgoing.dead.first', { count: pageSize })}</p>}
      {value !== undefined && items.length === 0 ? <p class="hint">{t('state.none')}</p> : null}
      <footer class="actions">
        {items.length > 1 ? (
          <Button onClick={retryThem} busy={taken !== undefined}>
            {taken === undefined ? t('outgoing.dead.all') : tn('outgoing.taken', taken)}
          </Button>
        ) : null}
        <Button kind="primary" onClick={close}>
          {t('action.close')}
        </Button>
      </footer>
    </Dialog>
  );
}
