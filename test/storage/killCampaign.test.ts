import assert from 'node:assert/strict';
import { runKillCampaign, runZoneKillCampaign } from './killCampaign.js';

describe('kill -9 while writing', () => {
  it('loses nothing acknowledged, and the log rebuilds the zone records', async function () {
    const kills = Number(process.env['KILLS'] ?? 100);
    this.timeout(60_000 + kills * 1_000);
    const result = await runKillCampaign(kills);
    assert.equal(result.kills, kills);
    assert.ok(result.acknowledged > kills, `only ${result.acknowledged} acknowledged in ${kills} kills`);
  });

  it('in the middle of clears, resets, violations and zones that change: the log replays to the records', async function () {
    const kills = Number(process.env['KILLS'] ?? 30);
    this.timeout(60_000 + kills * 2_000);
    const result = await runZoneKillCampaign(kills);
    assert.ok(result.acknowledged > kills, `only ${result.acknowledged} acknowledged in ${kills} kills`);
  });
});
