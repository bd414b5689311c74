/** Parts of a view side by side; which one stands in the address. */
import { useEffect, useRef } from 'preact/hooks';
import { Link } from './link.js';

interface TabsProps {
  readonly label: string;
  readonly tabs: readonly (readonly [to: string, name: string])[];
  readonly current: string;
}

export function Tabs({ label, tabs, current }: TabsProps) {
  const row = useRef<HTMLElement>(null);
  // On a phone the row is longer than the screen: the one that is shown must be in sight.
  useEffect(() => {
    const { current: box } = row;
    if (box === null) return;
    const show = () => {
      const chosen = box.querySelector<HTMLElement>('[aria-current]');
      if (chosen !== null) box.scrollLeft = chosen.offsetLeft - (box.clientWidth - chosen.offsetWidth) / 2;
    };
    const watch = new ResizeObserver(show);
    watch.observe(box);
    return () => watch.disconnect();
  }, [current]);
  return (
    <nav ref={row} class="tabs" aria-label={label}>
      {tabs.map(([to, name]) => (
        <Link key={to} to={to} current={to === current}>
          {name}
        </Link>
      ))}
    </nav>
  );
}
