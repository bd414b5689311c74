/** Management writes on their way through the control thread to storage and back. */
import type { Collection, ManagementWrite, WriteResult } from '../core/management.js';
import type { Site, UserId } from '../core/model.js';
import type { ControlReply } from '../core/requests.js';
import type { Controller } from './controller.js';
import type { Holds } from './holds.js';

export interface WriteDeps {
  readonly controller: Controller;
  readonly holds: Holds;
  /** The site as stored now. */
  readonly readSite: () => Site;
  /** Hands a management write to storage; `written` is called with its number later. */
  readonly store: (id: number, write: ManagementWrite) => void;
  /** Stored data changed that the web thread keeps copies of. */
  readonly changed: (collections: ReadonlySet<Collection>) => void;
}

export interface Writes {
  start(write: ManagementWrite, reply: (reply: ControlReply) => void): void;
  written(id: number, result: WriteResult): void;
  /** Storage is gone: every write it had is answered, its outcome unknown to us but for the log. */
  storageGone(error: string): void;
  pending(): number;
}

/** What the control thread keeps a copy of: the site. */
const inSite: ReadonlySet<Collection> = new Set<Collection>([
  'groups',
  'access-rights',
  'schedules',
  'holidays',
  'zones',
  'doors',
]);

/** What a decision depends on: the site, and who carries what. */
const decisive: ReadonlySet<Collection> = new Set<Collection>([...inSite, 'users', 'credentials']);

interface Pending {
  readonly write: ManagementWrite;
  readonly reply: (reply: ControlReply) => void;
}

export function createWrites(deps: WriteDeps): Writes {
  const pending = new Map<number, Pending>();
  let nextId = 1;
  const written = (id: number, result: WriteResult): void => {
    const done = pending.get(id);
    if (done === undefined) return;
    pending.delete(id);
    if (result.ok) apply(deps, done.write);
    deps.holds.unhold(id);
    done.reply({ kind: 'written', result });
  };
  return {
    start: (write, reply) => {
      const id = nextId++;
      pending.set(id, { write, reply });
      if (write.ops.some((op) => decisive.has(op.collection))) deps.holds.hold(id);
      deps.store(id, write);
    },
    written,
    storageGone: (error) => {
      for (const id of [...pending.keys()]) {
        written(id, { ok: false, error: { kind: 'storage', message: error } });
      }
    },
    pending: () => pending.size,
  };
}

/** The change is durable: the core gets the new site, the web thread learns what to read again. */
function apply({ controller, readSite, changed }: WriteDeps, write: ManagementWrite): void {
  const collections = new Set(write.ops.map((op) => op.collection));
  const forgottenUsers = write.ops.flatMap((op): UserId[] =>
    op.collection === 'users' && op.op === 'delete' ? [op.id] : [],
  );
  if (forgottenUsers.length > 0 || [...collections].some((name) => inSite.has(name))) {
    const alarms = write.alarms === undefined ? {} : { alarms: write.alarms };
    controller.submit({ kind: 'site-changed', site: readSite(), forgottenUsers, ...alarms });
  }
  changed(collections);
}
