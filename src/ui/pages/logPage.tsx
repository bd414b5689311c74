/** The access log: filtered, live, a row opens to all its facts. */
import { useEffect, useState } from 'preact/hooks';
import { t } from '../i18n.js';
import { Button } from '../parts/button.js';
import { Empty, Panel, ViewHead } from '../parts/panel.js';
import { useQuery } from '../router.js';
import { latest } from '../site.js';
import { useStore } from '../store.js';
import { Export } from './log/export.js';
import { Filters, filterQuery } from './log/filters.js';
import { LogCharts } from './log/logCharts.js';
import { LogList } from './log/logList.js';
import { useLogWindow } from './log/logWindow.js';
import { RowFacts } from './log/rowFacts.js';
import { useSpan } from './log/span.js';

export function LogPage() {
  const [query, setQuery] = useQuery();
  const charts = query['charts'] !== undefined;
  return (
    <>
      <ViewHead title={t('nav.log')}>
        <Button pressed={charts} icon="now" onClick={() => setQuery({ charts: charts ? undefined : '1' })}>
          {t('log.charts')}
        </Button>
        <ExportShown query={query} />
      </ViewHead>
      {charts ? <LogCharts /> : <LogRows query={query} setQuery={setQuery} />}
    </>
  );
}

type Query = ReturnType<typeof useQuery>;

function ExportShown({ query }: { readonly query: Query[0] }) {
  const newest = useStore(latest)[0]?.seq ?? 0;
  const span = useSpan(query['from'], query['to']);
  if (span === undefined) return null;
  const { oldest } = span;
  const after = oldest === 0 ? '' : `after=${oldest}`;
  const filters = [after, filterQuery(query)].filter((part) => part !== '').join('&');
  return <Export filters={filters} newest={span.newest ?? newest} />;
}

function LogRows({ query, setQuery }: { readonly query: Query[0]; readonly setQuery: Query[1] }) {
  const filters = filterQuery(query);
  const newest = useStore(latest)[0]?.seq ?? 0;
  const [top, setTop] = useState(true);
  const [held, setHeld] = useState(newest);
  // In sight of the newest row the log follows; further down it stands still.
  useEffect(() => {
    if (top || held === 0) setHeld(newest);
  }, [top, newest]);
  const span = useSpan(query['from'], query['to']);
  const end = Math.min(held, span?.newest ?? held);
  const rows = useLogWindow(filters, span === undefined ? 0 : end, span?.oldest ?? 0);
  const opened = Number(query['row']);
  return (
    <>
      <Panel class="log-panel">
        <Filters query={query} change={setQuery} />
        {newest > held && span?.newest === undefined ? (
          <Button size="small" kind="primary" onClick={() => setHeld(newest)}>
            {t('log.newer', { count: newest - held })}
          </Button>
        ) : null}
        {rows.count === 0 ? (
          <Empty
            icon="log"
            title={rows.problem?.detail ?? t(span === undefined || held === 0 ? 'state.loading' : 'log.none')}
          />
        ) : (
          <LogList
            window={rows}
            open={({ seq }) => setQuery({ row: String(seq) })}
            openSeq={Number.isSafeInteger(opened) ? opened : undefined}
            atTop={setTop}
          />
        )}
      </Panel>
      {Number.isSafeInteger(opened) && opened > 0 ? (
        <RowFacts
          key={opened}
          seq={opened}
          go={(seq) => setQuery({ row: seq === undefined ? undefined : String(seq) })}
        />
      ) : null}
    </>
  );
}
