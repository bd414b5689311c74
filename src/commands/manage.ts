/**
 * The commands that manage a running controller, over its socket: each is a request of the API, so what the API
 * refuses they refuse, and what it logs is logged, by the operator `local`.
 */
import type { Command } from 'commander';
import { addBackup } from './backupCommands.js';
import { type Desk, on } from './desk.js';
import { addAlarms, addDoorActs, addHookActs, addReaders } from './doorCommands.js';
import type { Asked } from './local.js';
import { addLog } from './logCommands.js';
import { addResources } from './resourceCommands.js';
import { addSystem } from './systemCommands.js';
import { addCards, addUserActs } from './userCommands.js';
import { addZoneActs } from './zoneCommands.js';

/** Adds the commands to the program. */
export function addManagement(desk: Desk): void {
  const words = addResources(desk);
  const acts: Readonly<Record<string, (desk: Desk, command: Command) => void>> = {
    user: addUserActs,
    card: addCards,
    door: addDoorActs,
    zone: addZoneActs,
    hook: addHookActs,
  };
  for (const [word, command] of words) acts[word]?.(desk, command);
  addReaders(desk);
  addAlarms(desk);
  addLog(desk);
  addBackup(desk);
  addSystem(desk);
  on(desk, desk.program.command('api'), async (local, given, terminal, [method = '', path = '', body]) => {
    const asked = { method: method.toUpperCase() as Asked['method'], path };
    const { body: answer } = await local.ask(
      body === undefined ? asked : { ...asked, body: JSON.parse(body) },
    );
    if (answer !== undefined) terminal.out(JSON.stringify(answer, undefined, given.json === true ? 0 : 2));
  })
    .description('any request of the API')
    .argument('<method>', 'GET, POST, PUT, PATCH or DELETE')
    .argument('<path>', 'for instance /api/v1/status')
    .argument('[json]', 'the body');
}
