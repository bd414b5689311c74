import { play } from '../../site/play.js';
import { membersOf, standing, zoneOf } from '../../site/scene.js';

const two = [zoneOf(), zoneOf({ id: 2, name: 'lab', members: membersOf('garage-in', 'garage-out') })];

describe('zone alarms: a status that bars nobody', () => {
  it('several zones at once, all or none', () => {
    play(
      standing({ zones: two, full: true }),
      `
      08:00:00 alarm hq,lab on -> zone-alarm-on hq; zone-alarm-on lab; done
      08:00:01 alarm hq,cellar off -> denied unknown-zone
      08:00:02 alarm hq,lab on -> done
      08:00:03 alarm lab off -> zone-alarm-off lab; done
      08:00:04 crash -> started
      08:00:05 alarm hq,lab off -> zone-alarm-off hq; done
      `,
    );
  });

  it('an alarm set or ended by storage with a change is the core’s too, also while rows are on their way', () => {
    play(
      standing({ zones: two, full: true }),
      `
      08:00:00 replace zone hq alarmed=true -> nothing
      08:00:01 alarm hq on -> done
      08:00:02 replace zone hq alarmed=false -> nothing
      08:00:03 storage slow -> nothing
      08:00:03 alarm hq on -> zone-alarm-on hq
      08:00:03 replace zone hq alarmed=false -> nothing
      08:00:04 storage up -> done
      08:00:05 crash -> started
      08:00:06 alarm hq off -> done
      `,
    );
  });

  it('clear everywhere forgets in every zone, and leaves the alarms', () => {
    play(
      standing({ zones: two, seen: ['ann in 08:00:00'], full: true }),
      `
      08:01:00 swipe ann garage-in -> denied passback; violation hq hard; zone-alarm-on hq
      08:02:00 swipe bob garage-in -> unlock garage; granted; unlocked garage
      08:03:00 clear ann,bob everywhere -> zone-cleared hq; zone-cleared lab; forgotten 3
      08:03:01 alarm hq on -> done
      `,
    );
  });
});
