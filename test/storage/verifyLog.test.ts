import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { logKinds } from '../../src/core/log.js';
import { readExportedHead } from '../../src/storage/chainHead.js';
import { openWriter } from '../../src/storage/database.js';
import type { ChainHead } from '../../src/storage/eventLog.js';
import { replayLog } from '../../src/storage/replayLog.js';
import { verifyLog } from '../../src/storage/verifyLog.js';
import { commit, newFolder, openScene, row, setRecord } from './scene.js';

const rows = 12;
const texts = [
  'boot',
  'trust',
  'kind',
  'door',
  'reader',
  'user',
  'user_name',
  'by',
  'reason',
  'detail',
  'records',
];
const numbers = ['mono_ms', 'wall_ms', 'zone'];

type Tamper =
  | { readonly how: 'text'; readonly seq: number; readonly column: string; readonly value: string }
  | { readonly how: 'number'; readonly seq: number; readonly column: string; readonly value: number }
  | { readonly how: 'hash'; readonly seq: number; readonly bit: number }
  | { readonly how: 'delete'; readonly seq: number }
  | { readonly how: 'swap'; readonly seq: number; readonly with: number }
  | { readonly how: 'cut'; readonly seq: number }
  | { readonly how: 'insert'; readonly seq: number }
  | { readonly how: 'renumber'; readonly seq: number; readonly to: number };

const seqs = fc.integer({ min: 1, max: rows });
const tampers: fc.Arbitrary<Tamper> = fc.oneof(
  fc.record({
    how: fc.constant('text' as const),
    seq: seqs,
    column: fc.constantFrom(...texts),
    value: fc.string({ minLength: 1 }).map((value) => `~${value}`),
  }),
  fc.record({
    how: fc.constant('number' as const),
    seq: seqs,
    column: fc.constantFrom(...numbers),
    value: fc.integer({ min: 100_000, max: 200_000 }),
  }),
  fc.record({ how: fc.constant('hash' as const), seq: seqs, bit: fc.integer({ min: 0, max: 255 }) }),
  fc.record({ how: fc.constant('delete' as const), seq: seqs }),
  fc
    .record({ how: fc.constant('swap' as const), seq: seqs, with: seqs })
    .filter((swap) => swap.seq < swap.with),
  fc.record({ how: fc.constant('cut' as const), seq: seqs }),
  fc.record({ how: fc.constant('insert' as const), seq: fc.constantFrom(-5, 0, rows + 1, rows + 9) }),
  fc.record({ how: fc.constant('renumber' as const), seq: seqs, to: fc.integer({ min: 100, max: 200 }) }),
);

function apply(dbPath: string, tamper: Tamper): void {
  const db = openWriter(dbPath);
  db.exec('DROP TRIGGER events_no_update; DROP TRIGGER events_no_delete');
  switch (tamper.how) {
    case 'text':
    case 'number':
      db.prepare(`UPDATE events SET ${tamper.column} = ? WHERE seq = ?`).run(tamper.value, tamper.seq);
      break;
    case 'hash': {
      const hash = db.prepare('SELECT hash FROM events WHERE seq = ?').pluck().get(tamper.seq) as Buffer;
      hash.writeUInt8(hash.readUInt8(tamper.bit >> 3) ^ (1 << (tamper.bit & 7)), tamper.bit >> 3);
      db.prepare('UPDATE events SET hash = ? WHERE seq = ?').run(hash, tamper.seq);
      break;
    }
    case 'delete':
      db.prepare('DELETE FROM events WHERE seq = ?').run(tamper.seq);
      break;
    case 'cut':
      db.prepare('DELETE FROM events WHERE seq >= ?').run(tamper.seq);
      break;
    case 'swap': {
      const move = db.prepare('UPDATE events SET seq = ? WHERE seq = ?');
      move.run(1_000, tamper.seq);
      move.run(tamper.seq, tamper.with);
      move.run(tamper.with, 1_000);
      break;
    }
    case 'insert':
      db.exec('CREATE TEMP TABLE copy AS SELECT * FROM events WHERE seq = 1');
      db.prepare('UPDATE copy SET seq = ?').run(tamper.seq);
      db.exec('INSERT INTO events SELECT * FROM copy');
      break;
    case 'renumber':
      db.prepare('UPDATE events SET seq = ? WHERE seq = ?').run(tamper.to, tamper.seq);
  }
  db.close();
}

/** The first row that is not as it was written. */
function firstBad(tamper: Tamper): number {
  if (tamper.how !== 'insert') return tamper.seq;
  return tamper.seq <= 0 ? tamper.seq : rows + 1;
}

describe('verifyLog', () => {
  let folder: string;
  let original: string;
  let head: ChainHead;
  before(() => {
    const scene = openScene();
    for (let id = 1; id <= rows; id += 1) {
      scene.writer.receive({
        kind: 'commit',
        commits: [
          commit(
            id,
            row({ zone: 7, user: `u${id}`, userName: 'Ann \u0000 Ä', records: [setRecord(7, `u${id}`)] }),
          ),
        ],
      });
    }
    scene.writer.close();
    folder = newFolder();
    original = join(folder, 'original.db');
    copyFileSync(scene.dbPath, original);
    head = readExportedHead(scene.dataDir) ?? { seq: 0, hash: '' };
    scene.end();
  });
  after(() => rmSync(folder, { recursive: true }));

  const tampered = (change: (path: string) => void): string => {
    const path = join(folder, 'copy.db');
    for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true });
    copyFileSync(original, path);
    change(path);
    return path;
  };

  it('names the first bad row after any edit, deletion, swap, insertion, renumbering or cut', () => {
    fc.assert(
      fc.property(tampers, (tamper) => {
        const verdict = verifyLog(tampered((path) => apply(path, tamper)));
        assert.equal(verdict.ok, false);
        assert.equal(verdict.ok ? undefined : verdict.seq, firstBad(tamper));
      }),
      { numRuns: 300 },
    );
  });

  it('finds nothing wrong with what was written', () => {
    assert.deepEqual(verifyLog(original, { head }), { ok: true, rows, head });
  });

  it('shows a cut tail by the exported head when the stored head was cut back too', () => {
    const path = tampered((copy) => {
      apply(copy, { how: 'cut', seq: 9 });
      const db = openWriter(copy);
      db.exec('UPDATE chain_head SET seq = 8, hash = (SELECT hash FROM events WHERE seq = 8)');
      db.close();
    });
    assert.equal(verifyLog(path).ok, true);
    const verdict = verifyLog(path, { head });
    assert.deepEqual(verdict.ok ? [] : [verdict.seq, verdict.fault], [9, 'cut']);
  });

  it('shows a log written anew by the exported head', () => {
    const scene = openScene();
    for (let id = 1; id <= rows + 3; id += 1) scene.writer.receive({ kind: 'commit', commits: [commit(id)] });
    scene.writer.close();
    const verdict = verifyLog(scene.dbPath, { head });
    assert.deepEqual(verdict.ok ? [] : [verdict.seq, verdict.fault], [rows, 'changed']);
    scene.end();
  });

  it('says so when the stored head is gone or another', () => {
    for (const sql of ['DELETE FROM chain_head', 'UPDATE chain_head SET hash = zeroblob(32)']) {
      const verdict = verifyLog(
        tampered((path) => {
          const db = openWriter(path);
          db.exec(sql);
          db.close();
        }),
      );
      assert.deepEqual(verdict.ok ? [] : [verdict.seq, verdict.fault], [rows, 'head']);
    }
  });

  it('covers any text as it is kept: surrogates, NUL, direction marks', () => {
    const scene = openScene();
    const text = fc.string({ unit: 'binary', maxLength: 20 });
    const lone = fc
      .array(fc.integer({ min: 0xd800, max: 0xdfff }))
      .map((units) => String.fromCharCode(...units));
    let id = 0;
    fc.assert(
      fc.property(
        fc.oneof(text, lone),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        (value, number) => {
          id += 1;
          const at = { monoMs: number, wallMs: -number, trust: 'ntp' } as const;
          const named = row({
            at,
            userName: value,
            user: value,
            detail: { value },
            reason: 'passback',
            zone: id,
          });
          scene.writer.receive({ kind: 'commit', commits: [commit(id, named)] });
        },
      ),
      { numRuns: 300 },
    );
    scene.advance(0);
    assert.equal(scene.posts.at(-1)?.kind, 'committed');
    const verdict = verifyLog(scene.dbPath);
    assert.ok(verdict.ok && verdict.rows === id, JSON.stringify(verdict));
    scene.end();
  });

  it('refuses UPDATE and DELETE while its triggers stand', () => {
    tampered((path) => {
      const db = openWriter(path);
      assert.throws(() => db.exec('UPDATE events SET door = 1'), /append-only/);
      assert.throws(() => db.exec('DELETE FROM events WHERE seq = 12'), /append-only/);
      db.close();
    });
  });

  it('never throws on a damaged file', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 60_000 }), fc.integer({ min: 1, max: 255 }), (offset, flip) => {
        const path = tampered((copy) => flipByte(copy, offset, flip));
        assert.equal(typeof verifyLog(path).ok, 'boolean');
      }),
      { numRuns: 100 },
    );
  });
});

function flipByte(path: string, offset: number, flip: number): void {
  const bytes = readFileSync(path);
  const where = offset % bytes.length;
  bytes.writeUInt8(bytes.readUInt8(where) ^ flip, where);
  writeFileSync(path, bytes);
}

describe('replayLog', () => {
  const changes = fc.oneof(
    fc
      .record({ zone: fc.integer({ min: 1, max: 3 }), user: fc.constantFrom('a', 'b', 'c', 'd') })
      .map(({ zone, user }) => setRecord(zone, user)),
    fc.record({
      kind: fc.constant('forget' as const),
      zone: fc.integer({ min: 1, max: 3 }),
      user: fc.constantFrom('a', 'b', 'c', 'd'),
    }),
    fc.record({ kind: fc.constant('forget-zone' as const), zone: fc.integer({ min: 1, max: 3 }) }),
    fc.record({ kind: fc.constant('forget-user' as const), user: fc.constantFrom('a', 'b', 'c', 'd') }),
  );

  it('gives the stored records after any commits', () => {
    const scene = openScene();
    let id = 0;
    fc.assert(
      fc.property(fc.array(changes, { maxLength: 6 }), fc.constantFrom(...logKinds), (records, kind) => {
        id += 1;
        scene.writer.receive({ kind: 'commit', commits: [commit(id, row({ kind, records }))] });
        scene.advance(0);
        assert.equal(replayLog(scene.dbPath).differing, 0);
      }),
      { numRuns: 200 },
    );
    scene.end();
  });

  it('names what differs', () => {
    const scene = openScene();
    const records = ['a', 'b', 'c'].map((user) => setRecord(1, user));
    scene.writer.receive({ kind: 'commit', commits: [commit(1, row({ records }))] });
    scene.writer.close();
    const db = openWriter(scene.dbPath);
    db.exec(
      "DELETE FROM zone_records WHERE user = 'a'; UPDATE zone_records SET direction = 'exit' WHERE user = 'b'",
    );
    db.exec(
      "INSERT INTO zone_records SELECT 9, user, direction, reader, seq, boot, mono_ms, wall_ms, trusted, marks FROM zone_records WHERE user = 'c'",
    );
    db.close();
    const { differing, differences, records: stored } = replayLog(scene.dbPath);
    assert.equal(stored, 3);
    assert.equal(differing, 3);
    assert.deepEqual(
      differences.map(({ zone, user, replayed, stored }) => [
        zone,
        user,
        replayed?.direction,
        stored?.direction,
      ]),
      [
        [1, 'b', 'entry', 'exit'],
        [9, 'c', undefined, 'entry'],
        [1, 'a', 'entry', undefined],
      ],
    );
    scene.end();
  });
});
