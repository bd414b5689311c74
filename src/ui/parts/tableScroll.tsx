/** A table that may be wider than its place: it scrolls there, by keyboard too, and the page stays still. */
import type { ComponentChildren } from 'preact';

interface Props {
  /** What the table tells, for screen readers. */
  readonly label: string;
  readonly children: ComponentChildren;
}

export function TableScroll({ label, children }: Props) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for fields
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <div class="table-scroll" role="group" tabIndex={0} aria-label={label}>
      {children}
    </div>
  );
}
