import assert from 'node:assert/strict';
import { openWriter } from '../../src/storage/database.js';
import { openReads } from '../../src/storage/reads.js';
import { at, commit, openScene, row } from './scene.js';

describe('counts and proofs of the log', () => {
  it('a row that was changed, and one that is missing, are told from whole ones', () => {
    const scene = openScene();
    for (let id = 1; id <= 6; id += 1) scene.writer.receive({ kind: 'commit', commits: [commit(id)] });
    scene.writer.close();
    const db = openWriter(scene.dbPath);
    db.exec('DROP TRIGGER events_no_update; DROP TRIGGER events_no_delete');
    db.exec("UPDATE events SET user_name = 'Eve' WHERE seq = 2; DELETE FROM events WHERE seq = 5");
    db.close();
    const reads = openReads(scene.dbPath);
    assert.deepEqual(
      [1, 2, 3, 4, 5, 6].map((seq) => reads.proofOf(seq)),
      ['whole', 'changed', 'whole', 'whole', 'missing', 'missing'],
    );
    reads.close();
    scene.end();
  });

  it('finds the last row before a moment and counts from there', () => {
    const scene = openScene();
    const hours = [0, 1, 1, 2, 5];
    hours.forEach((hour, index) => {
      const when = { ...at, wallMs: at.wallMs + hour * 3_600_000 };
      scene.writer.receive({ kind: 'commit', commits: [commit(index + 1, row({ at: when }))] });
    });
    scene.writer.close();
    const reads = openReads(scene.dbPath);
    const before = (hour: number) => reads.seqBefore(at.wallMs + hour * 3_600_000);
    assert.deepEqual([before(0), before(1), before(2), before(9)], [0, 1, 3, 5]);
    const counts = reads.countEvents({
      afterSeq: 0,
      throughSeq: 5,
      fromMs: at.wallMs + 3_600_000,
      stepMs: 3_600_000,
      kinds: [row().kind],
    });
    assert.deepEqual(
      counts.map(({ bucket, count }) => [bucket, count]),
      [
        [0, 2],
        [1, 1],
        [4, 1],
      ],
    );
    reads.close();
    scene.end();
  });
});
