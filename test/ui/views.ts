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
  { name: 'log', path: '/log', ready: '.log-row time' },
  { name: 'log-row', path: '/log?row=16', ready: 'dialog .facts' },
];

/** A morning: people come, one is passed back, a door is forced, a stranger tries. */
export async function livedIn(product: Product): Promise<void> {
  await product.present('lobby-in', 4822);
  await product.present('lobby-in', 4822);
  await product.present('garage-in', 4823);
  await product.present('lobby-in', 4999);
  await product.api('POST', '/api/v1/mock/doors/garage/contact', { open: true });
  await eventually(product.events, (events) => events.some(({ reason }) => reason === 'unknown-credential'));
}
