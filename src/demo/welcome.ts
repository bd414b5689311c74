import { annsCard, cardCode } from './people.js';

export interface WelcomeFacts {
  /** Where HTTP listens, for instance `http://127.0.0.1:8080`. */
  readonly address: string;
  readonly board: string;
  /** Absent once the controller has its first operator. */
  readonly claimCode?: string;
  /** Password of the demo sender, made at this start. */
  readonly sourcePassword: string;
  /** May present cards on the mock board and watch, until the next start. */
  readonly token: string;
  /** The way Ann can go next; out if she is recorded as inside. */
  readonly mode: 'Entry' | 'Exit';
}

/** What the demo prints when it is ready: commands to copy, each of them complete. */
export function welcome({ address, board, claimCode, sourcePassword, token, mode }: WelcomeFacts): string {
  const query = `action=OpenDoor&DoorNum=1&AntiPassbackMode=${mode}&Name=Ann&UnlockType=Card&Code=${cardCode(annsCard)}`;
  const card = { format: 'H10301', facility: annsCard.facility, number: String(annsCard.number) };
  const bearer = `-H 'Authorization: Bearer ${token}'`;
  return `
Sallyport is ready on ${address} (board: ${board}).

Open the lobby as a neighbouring device would (run it twice: the second time is passback):
  curl --digest -u demo:${sourcePassword} '${address}/fcgi/OpenDoor?${query}'

Present Ann's card at a reader (lobby-in, lobby-out, garage-in, garage-out):
  curl -X POST ${bearer} -H 'content-type: application/json' -d '${JSON.stringify(card)}' ${address}/api/v1/mock/readers/lobby-in/present

Watch what happens:
  curl -N ${bearer} ${address}/api/v1/events/stream
${claimCode === undefined ? '' : claim(address, claimCode)}
Stop with Ctrl-C.
`;
}

function claim(address: string, claimCode: string): string {
  const body = JSON.stringify({ code: claimCode, name: 'admin', password: 'CHOOSE-A-LONG-ONE' });
  return `
Make yourself its administrator with the one-time claim code ${claimCode} (the answer holds a token):
  curl -X POST -H 'content-type: application/json' -d '${body}' ${address}/api/v1/claim
`;
}
