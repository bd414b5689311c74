import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { boards } from '../../hardware/boards/boards.js';
import type { Board } from '../../hardware/ports.js';
import { checkRequest } from '../../hardware/request.js';

const folder = new URL('../../hardware/boards/', import.meta.url);
const sources = ['hardware', 'src'].flatMap((top) =>
  readdirSync(top, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') || file.endsWith('.tsx'))
    .map((file) => `${top}/${file}`),
);
const real = boards.filter(({ id }) => id !== 'mock');
const outputOf = (board: Board, line: string, activeLow: boolean) => () =>
  checkRequest(board, { board: board.id, inputs: [], outputs: [{ line, activeLow }] });

function isBoard(value: unknown): value is Board {
  return typeof value === 'object' && value !== null && 'drawing' in value && 'lines' in value;
}

describe('boards', () => {
  it('every board of the folder is in its list, each id once', async () => {
    const files = readdirSync(folder).filter((file) => file.endsWith('.js') && file !== 'boards.js');
    const found = await Promise.all(
      files.map((file) => import(new URL(file, folder).href) as Promise<object>),
    );
    const exported = found.flatMap((module) => Object.values(module).filter(isBoard));
    const ids = boards.map(({ id }) => id);
    assert.deepEqual(exported.map(({ id }) => id).sort(), [...ids].sort());
    assert.equal(new Set(ids).size, ids.length);
  });

  it('a new one touches this folder alone: nothing outside knows one by name', () => {
    for (const file of sources.filter((one) => !one.startsWith('hardware/boards/'))) {
      const text = readFileSync(file, 'utf8');
      for (const { id } of real.filter((board) => board.id !== 'pi'))
        assert.ok(!text.includes(id), `${file}: ${id}`);
      for (const [, imported] of text.matchAll(/boards\/(\w+)\.js'/g)) {
        assert.ok(imported === 'boards' || imported === 'mock', `${file} imports boards/${imported}`);
      }
    }
  });

  for (const board of boards) {
    it(`${board.id}: drawn with every name it has, in lines that fit`, () => {
      const widest = Math.max(...board.drawing.split('\n').map((line) => line.length));
      assert.ok(widest <= 72, `${widest} columns`);
      const usable = [...board.lines].filter(([, { reserved }]) => reserved === undefined);
      for (const [name] of usable.filter(([line]) => /^(relay|input)\d/.test(line))) {
        assert.ok(board.drawing.includes(name), name);
      }
    });
  }

  for (const board of real) {
    it(`${board.id}: no pin of the header has two names, each has a chip and a level at boot`, () => {
      const pins = new Map<number, string>();
      for (const [name, { headerPin, chip, bootLevel, reserved }] of board.lines) {
        assert.ok(headerPin !== undefined && chip !== undefined && bootLevel !== 'unknown', name);
        if (reserved !== undefined) continue;
        assert.equal(pins.get(headerPin), undefined, `${name} and ${pins.get(headerPin)}`);
        pins.set(headerPin, name);
      }
    });

    it(`${board.id}: a relay on a pin that would energise it while booting is refused, the other way is not`, () => {
      for (const [name, { direction, bootLevel, reserved }] of board.lines) {
        if (direction === 'input' || reserved !== undefined) continue;
        const activeLow = bootLevel === 'low';
        assert.throws(outputOf(board, name, activeLow), /at boot, which is its active level/);
        assert.doesNotThrow(outputOf(board, name, !activeLow));
      }
    });

    it(`${board.id}: what it keeps for itself cannot be asked for`, () => {
      const reserved = [...board.lines].filter((entry) => entry[1].reserved !== undefined);
      assert.ok(reserved.length > 1);
      for (const [name] of reserved) assert.throws(outputOf(board, name, false), /is taken/);
    });
  }
});
