/** Surfaces and small marks that every view is made of. */
import type { ComponentChildren } from 'preact';
import type { Problem } from '../http.js';
import { t } from '../i18n.js';
import { Button } from './button.js';
import { Icon, type IconName } from './icon.js';

interface PanelProps {
  readonly title?: string;
  readonly note?: ComponentChildren;
  readonly actions?: ComponentChildren;
  readonly class?: string;
  readonly children: ComponentChildren;
}

export function Panel({ title, note, actions, class: name, children }: PanelProps) {
  return (
    <section class={`panel ${name ?? ''}`} aria-label={title}>
      {title === undefined && actions === undefined ? null : (
        <header class="panel-head">
          <div>
            {title === undefined ? null : <h2>{title}</h2>}
            {note === undefined ? null : <p class="hint">{note}</p>}
          </div>
          {actions === undefined ? null : <div class="actions">{actions}</div>}
        </header>
      )}
      {children}
    </section>
  );
}

/** The title of a view with what can be done in it. */
export function ViewHead({
  title,
  note,
  children,
}: {
  readonly title: ComponentChildren;
  readonly note?: ComponentChildren;
  readonly children?: ComponentChildren;
}) {
  return (
    <header class="view-head">
      <div>
        <h1>{title}</h1>
        {note === undefined ? null : <p class="hint">{note}</p>}
      </div>
      <div class="actions">{children}</div>
    </header>
  );
}

export type Tone = 'good' | 'bad' | 'warn' | 'info' | 'plain';

export function Badge({
  tone,
  icon,
  children,
}: {
  readonly tone: Tone;
  readonly icon?: IconName;
  readonly children: ComponentChildren;
}) {
  return (
    <span class={`badge ${tone}`}>
      {icon === undefined ? null : <Icon name={icon} size={14} />}
      {children}
    </span>
  );
}

export function Note({ tone, children }: { readonly tone: Tone; readonly children: ComponentChildren }) {
  return (
    <div class={`note ${tone}`}>
      <Icon name={tone === 'bad' || tone === 'warn' ? 'warn' : 'info'} />
      <div>{children}</div>
    </div>
  );
}

export function Empty({
  icon,
  title,
  children,
}: {
  readonly icon: IconName;
  readonly title: string;
  readonly children?: ComponentChildren;
}) {
  return (
    <div class="empty">
      <Icon name={icon} size={32} />
      <p class="strong">{title}</p>
      {children}
    </div>
  );
}

/** What a view shows while it has nothing yet: a reason and a way on. */
export function Waiting({
  problem,
  reload,
}: {
  readonly problem: Problem | undefined;
  readonly reload: () => void;
}) {
  if (problem === undefined)
    return (
      <p class="waiting" role="status">
        {t('state.loading')}
      </p>
    );
  return (
    <Empty icon="warn" title={problem.detail}>
      <Button onClick={reload}>{t('action.again')}</Button>
    </Empty>
  );
}
