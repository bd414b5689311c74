/** How the readers are: what they sent, what could not be read, when they were last heard. */

import { shortTime } from '../../format.js';
import { number, t } from '../../i18n.js';
import type { Page, ReaderState } from '../../model.js';
import { Badge, Panel, Waiting } from '../../parts/panel.js';
import { TableScroll } from '../../parts/tableScroll.js';
import { useResource } from '../../resource.js';
import { doorName } from '../../site.js';
import { OsdpLines } from './osdpLines.js';

const counts = ['frames', 'parityErrors', 'lengthErrors', 'noise'] as const;
const heard = new Set(['access-granted', 'access-denied', 'unreadable', 'tamper-on', 'tamper-off']);

export function Readers() {
  const { value, problem, reload } = useResource<Page<ReaderState>>('/api/v1/readers', ({ kind }) =>
    heard.has(kind),
  );
  if (value === undefined) return <Waiting problem={problem} reload={reload} />;
  return (
    <div class="stack">
      <Panel title={t('settings.readers')} note={t('readers.note')}>
        <TableScroll label={t('settings.readers')}>
          <table class="table numbers">
            <thead>
              <tr>
                <th scope="col">{t('log.reader')}</th>
                <th scope="col">{t('log.door')}</th>
                <th scope="col">{t('readers.way')}</th>
                {counts.map((name) => (
                  <th key={name} scope="col">
                    {t(`readers.${name}`)}
                  </th>
                ))}
                <th scope="col">{t('readers.lastseen')}</th>
              </tr>
            </thead>
            <tbody>
              {value.items.map(({ id, name, door, direction, health }) => (
                <tr key={id}>
                  <th scope="row">{name}</th>
                  <td>{doorName(door)}</td>
                  <td>{t(`direction.${direction}`)}</td>
                  {counts.map((count) => (
                    <td key={count}>
                      <Errors count={health?.[count]} bad={count !== 'frames'} />
                    </td>
                  ))}
                  <td>{health?.lastSeen === undefined ? '–' : shortTime(health.lastSeen)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </TableScroll>
      </Panel>
      <OsdpLines />
    </div>
  );
}

function Errors({ count, bad }: { readonly count: number | undefined; readonly bad: boolean }) {
  const text = count === undefined ? '–' : number(count);
  return bad && count !== undefined && count > 0 ? <Badge tone="warn">{text}</Badge> : <span>{text}</span>;
}
