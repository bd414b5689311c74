/** Parts of a view side by side; which one stands in the address. */
import { Link } from './link.js';

interface TabsProps {
  readonly label: string;
  readonly tabs: readonly (readonly [to: string, name: string])[];
  readonly current: string;
}

export function Tabs({ label, tabs, current }: TabsProps) {
  return (
    <nav class="tabs" aria-label={label}>
      {tabs.map(([to, name]) => (
        <Link key={to} to={to} current={to === current}>
          {name}
        </Link>
      ))}
    </nav>
  );
}
