import { cardPinSecret, pinSecret } from './api/context.js';
import type { Controller } from './control/controller.js';
import type { InputListener } from './control/inputs.js';
import type { ReaderRead, Requests } from './control/requests.js';
import type { Reads } from './core/reads.js';
import type { UnknownCard } from './core/requests.js';
import type { CardRead } from './readers/wiegand/reads.js';

/** What readers, contacts and buttons say, as the core hears it. */
export function listenerOf(
  controller: Pick<Controller, 'state' | 'submit'>,
  requests: Pick<Requests, 'read' | 'rehearse' | 'learn'>,
  reads: Pick<Reads, 'setting'>,
): InputListener {
  const pepper = reads.setting('pin-pepper');
  return {
    expect: (reader, card) => requests.rehearse({ reader, ...presented(card) }),
    card: (reader, card, refused) =>
      requests.read({
        reader,
        ...presented(card),
        code: card.secret,
        card: unknownOf(card),
        ...(refused === undefined ? {} : { refused }),
      }),
    pin: (reader, digits) => {
      const secret = pinSecret(pepper, digits);
      // After a card: also the PIN that serves with that card's user alone.
      const waiting = controller.state().pinWaits.get(reader)?.user.id;
      const joint = waiting === undefined ? undefined : cardPinSecret(pepper, waiting, digits);
      const candidates = [joint, secret].flatMap((one) =>
        one === undefined ? [] : [{ kind: 'pin' as const, secret: one }],
      );
      requests.read({
        reader,
        lookup: { by: 'secret', candidates },
        credential: { kind: 'pin', label: 'PIN' },
        code: digits,
      });
    },
    learn: requests.learn,
    unreadable: (reader, fault, bits) => controller.submit({ kind: 'unreadable', reader, fault, bits }),
    contact: (door, open) => controller.submit({ kind: 'contact', door, open }),
    rex: (door, active) => controller.submit({ kind: 'rex', door, active }),
    tamper: (reader, active) => controller.submit({ kind: 'tamper', reader, active }),
    fire: (active) => controller.submit({ kind: 'fire', active }),
    fault: (line, fault) => controller.submit({ kind: 'input-fault', line, fault }),
  };
}

function presented({ secret, bits, label }: CardRead): Pick<ReaderRead, 'lookup' | 'credential'> {
  return {
    lookup: { by: 'secret', candidates: [{ kind: 'card', secret, bits }] },
    credential: { kind: 'card', label },
  };
}

/** Whole, so that it can be enrolled if nobody has it. */
function unknownOf({ secret, bits, format, number, facility }: CardRead): UnknownCard {
  return { kind: 'card', secret, bits, format, number, ...(facility === undefined ? {} : { facility }) };
}
