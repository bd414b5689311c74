import type { StoredHook } from '../../src/core/hooks.js';

/** A hook for granted access, with what a test changes. */
export function hookOf(more: Partial<StoredHook> = {}): StoredHook {
  return {
    id: 'alarms',
    name: 'Alarms',
    enabled: true,
    url: 'http://127.0.0.1:9/hook',
    method: 'POST',
    events: ['access-granted'],
    doors: [],
    body: 'event',
    template: '',
    contentType: 'application/json',
    basic: false,
    ...more,
  };
}
