/** A link within the page: an ordinary anchor, so that it opens in a new tab too. */
import type { ComponentChildren } from 'preact';
import { go } from '../router.js';

interface LinkProps {
  readonly to: string;
  readonly class?: string;
  readonly current?: boolean;
  readonly children: ComponentChildren;
}

export function Link({ to, class: name, current, children }: LinkProps) {
  const click = (event: MouseEvent) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(to);
  };
  return (
    <a href={to} class={name} onClick={click} aria-current={current ? 'page' : undefined}>
      {children}
    </a>
  );
}
