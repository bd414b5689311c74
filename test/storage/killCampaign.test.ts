import assert from 'node:assert/strict';
import { runKillCampaign } from './killCampaign.js';

describe('kill -9 while writing', () => {
  it('loses nothing acknowledged, and the log rebuilds the zone records', async function () {
    const kills = Number(process.env['KILLS'] ?? 100);
    this.timeout(60_000 + kills * 1_000);
    const result = await runKillCampaign(kills);
    assert.equal(result.kills, kills);
    assert.ok(result.acknowledged > kills, `only ${result.acknowledged} acknowledged in ${kills} kills`);
  });
});
