/** A door seen from the outside: frame, leaf, lock, and the readers beside it. */
import { t } from '../../i18n.js';

interface Drawn {
  readonly name: string;
  readonly unlocked: boolean;
  readonly leaf: 'none' | 'unknown' | 'closed' | 'open';
  readonly entry: boolean;
  readonly exit: boolean;
}

export function DoorDrawing({ name, unlocked, leaf, entry, exit }: Drawn) {
  const lock = t(unlocked ? 'door.unlocked' : 'door.locked');
  const text = t('mock.drawing', { door: name, lock, leaf: t(`door.leaf.${leaf}`) });
  return (
    <svg class="drawing" viewBox="0 0 180 132" role="img" aria-label={text}>
      <path class="floor" d="M4 122h172" />
      <rect class="door-frame" x="58" y="14" width="64" height="108" rx="2" />
      {leaf === 'open' ? (
        <path class="leaf open" d="M62 18 92 28v84l-30 10z" />
      ) : (
        <rect class="leaf" x="62" y="18" width="56" height="104" />
      )}
      <circle
        class={`lamp ${unlocked ? 'unlocked' : 'locked'}`}
        cx={leaf === 'open' ? 86 : 111}
        cy="72"
        r="4.500"
      />
      {entry ? <ReaderBox x={22} label={t('mock.in')} lit={unlocked} /> : null}
      {exit ? <ReaderBox x={138} label={t('mock.out')} lit={unlocked} /> : null}
    </svg>
  );
}

function ReaderBox({ x, label, lit }: { readonly x: number; readonly label: string; readonly lit: boolean }) {
  return (
    <g>
      <rect class="reader" x={x} y="58" width="20" height="32" rx="4" />
      <circle class={`lamp ${lit ? 'unlocked' : 'locked'}`} cx={x + 10} cy="66" r="2.500" />
      <path class="waves" d={`M${x + 6} 76h8M${x + 6} 80h8`} />
      <text x={x + 10} y="104" class="drawing-label">
        {label}
      </text>
    </g>
  );
}
