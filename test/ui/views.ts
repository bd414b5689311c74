/** The views that are looked at one by one, and a site in which something has happened. */
import { eventually, type Product } from '../site/product.js';

interface View {
  readonly name: string;
  readonly path: string;
  /** What is there when the view is. */
  readonly ready: string;
}

export const views: readonly View[] = [
  { name: 'now', path: '/', ready: '.stream .row' },
  { name: 'people', path: '/people', ready: '.person' },
  { name: 'person-new', path: '/people?new=person', ready: 'dialog .choice' },
  { name: 'person', path: '/people/ann', ready: '.card-row' },
  { name: 'doors', path: '/doors', ready: '.person' },
  { name: 'door', path: '/doors/lobby', ready: 'form input' },
  { name: 'schedules', path: '/doors?tab=schedules', ready: '.week' },
  { name: 'holidays', path: '/doors?tab=holidays', ready: '.inline-form' },
  { name: 'rights', path: '/doors?tab=rights', ready: '.subpanel' },
  { name: 'wiring', path: '/doors?tab=wiring', ready: '.table td' },
  { name: 'zones', path: '/zones', ready: '.zone-drawing' },
  { name: 'zone', path: '/zones/1', ready: '.uplot' },
  { name: 'log', path: '/log', ready: '.log-row time' },
  { name: 'log-charts', path: '/log?charts=1', ready: '.uplot' },
  { name: 'settings', path: '/settings', ready: '.facts' },
  { name: 'operators', path: '/settings?tab=operators', ready: '.card-row' },
  { name: 'tokens', path: '/settings?tab=tokens', ready: '.card-row' },
  { name: 'sources', path: '/settings?tab=sources', ready: '.copy-line' },
  { name: 'outgoing', path: '/settings?tab=outgoing', ready: '.panel' },
  { name: 'readers', path: '/settings?tab=readers', ready: '.table td' },
  { name: 'backups', path: '/settings?tab=backups', ready: 'form' },
  { name: 'audit', path: '/settings?tab=audit', ready: '.row' },
  { name: 'log-row', path: '/log?row=16', ready: 'dialog .facts' },
];

/** A morning: people come, one is passed back, a door is forced, a stranger tries. */
export async function livedIn(product: Product, token: string): Promise<void> {
  const day = [
    { fromMinute: 480, toMinute: 720 },
    { fromMinute: 780, toMinute: 1_035 },
  ];
  const week = [day, day, day, day, day, [], []];
  const office = { id: 'office', name: 'Office hours', week, holidays: { holiday: [] } };
  await product.api(
    'POST',
    '/api/v1/holidays',
    { id: '2026-12-25', name: 'Christmas', kind: 'holiday' },
    token,
  );
  await product.api('POST', '/api/v1/schedules', office, token);
  await product.present('lobby-in', 4822);
  await product.present('lobby-in', 4822);
  await product.present('garage-in', 4823);
  await product.present('lobby-in', 4999);
  await product.api('POST', '/api/v1/mock/doors/garage/contact', { open: true });
  await eventually(product.events, (events) => events.some(({ reason }) => reason === 'unknown-credential'));
}
