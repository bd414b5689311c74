/** Buttons. One that works shows it and cannot be pressed twice. */
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { Icon, type IconName } from './icon.js';

interface ButtonProps {
  readonly children?: ComponentChildren;
  readonly icon?: IconName;
  /** For a button that is an icon alone. */
  readonly label?: string;
  readonly kind?: 'primary' | 'plain' | 'danger' | 'quiet';
  readonly size?: 'small';
  readonly type?: 'submit';
  readonly disabled?: boolean;
  readonly pressed?: boolean;
  readonly busy?: boolean;
  readonly form?: string;
  readonly onClick?: () => unknown;
}

export function Button(props: ButtonProps) {
  const { children, icon, label, kind = 'plain', size, type, disabled, pressed, form, onClick } = props;
  const [working, setWorking] = useState(false);
  const busy = working || props.busy === true;
  const click = async () => {
    if (busy) return;
    setWorking(true);
    try {
      await onClick?.();
    } finally {
      setWorking(false);
    }
  };
  return (
    <button
      type={type ?? 'button'}
      form={form}
      class={`button ${kind} ${size ?? ''} ${children === undefined ? 'bare' : ''}`}
      disabled={disabled}
      aria-busy={busy || undefined}
      aria-pressed={pressed}
      aria-label={label}
      title={children === undefined ? label : undefined}
      onClick={onClick === undefined ? undefined : click}
    >
      {icon === undefined ? null : <Icon name={icon} size={size === 'small' ? 16 : 18} />}
      {children}
    </button>
  );
}
