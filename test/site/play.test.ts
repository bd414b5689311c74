import assert from 'node:assert/strict';
import { play } from './play.js';
import { standing } from './scene.js';

describe('play', () => {
  it('shows expected and got beside the line that differs', () => {
    const wrong = `
      08:00:00 swipe ann lobby-in -> unlock lobby; granted
      08:01:00 swipe ann lobby-in -> unlock lobby; granted
    `;
    assert.throws(() => play(standing(), wrong), {
      message: [
        '1 of 2 lines differ',
        '    08:00:00 swipe ann lobby-in -> unlock lobby; granted',
        '  ! 08:01:00 swipe ann lobby-in',
        '      expected  unlock lobby; granted',
        '      got       denied passback',
      ].join('\n'),
    });
  });

  it('an answer too many, too few or in another order differs', () => {
    for (const answers of ['granted; unlock lobby', 'unlock lobby', 'unlock lobby; granted; x', 'nothing']) {
      assert.throws(
        () => play(standing(), `08:00:00 swipe ann lobby-in -> ${answers}`),
        /1 of 1 lines differ/,
      );
    }
  });

  it('refuses what it cannot read, and to go back in time', () => {
    assert.throws(() => play(standing(), '08:00:00 swipe ann lobby-in'), /not a transcript line/);
    assert.throws(
      () => play(standing(), '08:00:00 juggle lobby -> nothing'),
      /no such stimulus: juggle lobby/,
    );
    assert.throws(() => play(standing(), '# only a remark'), /no lines/);
    const backwards = '08:00:00 tick -> nothing\n07:00:00 tick -> nothing';
    assert.throws(() => play(standing(), backwards), /lies in the past \(08:00:00\)/);
    assert.throws(() => play(standing(), '08:00:00 replace zone lab type=soft -> nothing'), /no zone lab/);
    assert.throws(() => play(standing(), '08:00:00 replace zone hq depth=3 -> nothing'), /has no depth/);
  });
});
