/** One row opened: all its facts, its neighbours in the chain, and whether the chain holds there. */
import type { ComponentChildren } from 'preact';
import { EventAction } from '../../events/actions.js';
import { actorText, Sentence, toneOf } from '../../events/sentence.js';
import { dateTime } from '../../format.js';
import { t, word } from '../../i18n.js';
import type { Event, Json, Page } from '../../model.js';
import { Button } from '../../parts/button.js';
import { Dialog } from '../../parts/dialog.js';
import { Badge, Waiting } from '../../parts/panel.js';
import { useResource } from '../../resource.js';
import { doorName, readerName, zoneName } from '../../site.js';

interface Props {
  readonly seq: number;
  readonly go: (seq: number | undefined) => void;
}

export function RowFacts({ seq, go }: Props) {
  const around = `/api/v1/events?order=asc&after=${Math.max(0, seq - 2)}&before=${seq + 2}&limit=3`;
  const { value, problem, reload } = useResource<Page<Event>>(around);
  const event = value?.items.find((one) => one.seq === seq);
  return (
    <Dialog title={t('log.row', { seq })} onClose={() => go(undefined)} wide>
      {event === undefined ? (
        <Waiting problem={problem} reload={reload} />
      ) : (
        <>
          <p class={`facts-sentence ${toneOf(event)}`}>
            <Sentence event={event} /> <EventAction event={event} />
          </p>
          <dl class="facts">
            {factsOf(event).map(([name, fact]) => (
              <Fact key={name} name={name}>
                {fact}
              </Fact>
            ))}
          </dl>
          <Chain seq={seq} items={value?.items ?? []} go={go} />
        </>
      )}
    </Dialog>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function factsOf(event: Event): readonly (readonly [string, ComponentChildren])[] {
  const { door, reader, zone, credential, reason, detail, by } = event;
  const facts: [string, ComponentChildren][] = [
    [t('log.at'), `${dateTime(event.at)} (${word('now.clock', event.trust)})`],
    [t('log.kind'), <code key="kind">{event.kind}</code>],
  ];
  if (door !== undefined) facts.push([t('log.door'), doorName(door)]);
  if (reader !== undefined) facts.push([t('log.reader'), readerName(reader)]);
  if (zone !== undefined) facts.push([t('log.zone'), zoneName(zone)]);
  if (credential !== undefined) facts.push([t('card.title'), credential.label]);
  if (reason !== undefined) facts.push([t('log.reason'), `${word('reason', reason)} (${reason})`]);
  if (by !== undefined) facts.push([t('log.by'), [actorText(event), by.address].filter(Boolean).join(', ')]);
  for (const [name, value] of Object.entries(detail ?? {}))
    facts.push([name, <Value key={name} value={value} />]);
  return facts;
}

function Value({ value }: { readonly value: Json }) {
  if (typeof value !== 'object' || value === null) return <>{String(value)}</>;
  return <pre>{JSON.stringify(value, undefined, 2)}</pre>;
}

function Chain({
  seq,
  items,
  go,
}: {
  readonly seq: number;
  readonly items: readonly Event[];
  readonly go: Props['go'];
}) {
  return (
    <section class="chain" aria-label={t('log.chain')}>
      <h3>
        {t('log.chain')} <Proof seq={seq} />
      </h3>
      <ol>
        {items.map((one) => (
          <li key={one.seq} aria-current={one.seq === seq ? 'true' : undefined}>
            <span class="seq">{one.seq}</span>
            <span class="grow">
              <span>
                <Sentence event={one} plain />
              </span>
            </span>
            <code title={one.hash}>{one.hash.slice(0, 12)}…</code>
          </li>
        ))}
      </ol>
      <div class="actions">
        <Button size="small" icon="back" disabled={seq <= 1} onClick={() => go(seq - 1)}>
          {t('log.before')}
        </Button>
        <Button size="small" icon="forward" disabled={items.at(-1)?.seq === seq} onClick={() => go(seq + 1)}>
          {t('log.after')}
        </Button>
      </div>
    </section>
  );
}

interface Proofs {
  readonly row: 'whole' | 'changed' | 'missing';
  readonly next?: 'whole' | 'changed' | 'missing';
}

/** Does the row still follow from the one before it, and the next from it? */
function Proof({ seq }: { readonly seq: number }) {
  const { value } = useResource<Proofs>(`/api/v1/events/${seq}/proof`);
  if (value === undefined) return null;
  const holds = value.row === 'whole' && (value.next ?? 'whole') === 'whole';
  return (
    <Badge tone={holds ? 'good' : 'bad'} icon={holds ? 'check' : 'warn'}>
      {t(holds ? 'log.proof.whole' : 'log.proof.broken')}
    </Badge>
  );
}
