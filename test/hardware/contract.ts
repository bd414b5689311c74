/** What every board's driver must do. The mock and each real driver run these same tests. */
import assert from 'node:assert/strict';
import {
  type Edge,
  type HardwareRequest,
  type InputRequest,
  LineError,
  type LineName,
  type Lines,
} from '../../hardware/ports.js';

/** The lines a driver offers to these tests. */
export interface ContractLines {
  readonly board: string;
  readonly pulses: readonly [LineName, LineName];
  readonly level: LineName;
  readonly outputs: readonly [LineName, LineName];
  readonly unknown: LineName;
  /** Between the edges of its pulses, for a driver that only hears slow ones. Default 1. */
  readonly pulseMs?: number;
}

/** A board under test and the hand at its terminals. Levels are physical: high or low. */
export interface ContractPair {
  readonly hardware: Lines;
  /** Puts a level on an input from outside. */
  drive(line: LineName, high: boolean): void | Promise<void>;
  /** What is on a line, seen from outside. */
  isHigh(line: LineName): boolean | Promise<boolean>;
  /** Lets time pass, and what has happened arrive. */
  wait(ms: number): void | Promise<void>;
}

/** Opens the board for a request. All openings of one bench find the same lines. */
export type OpenPair = (request: HardwareRequest) => ContractPair | Promise<ContractPair>;

const debounceMs = 20;

/** Declares the tests. `newBench` is called before each of them. */
export function contract(name: string, lines: ContractLines, newBench: () => OpenPair): void {
  const [d0, d1] = lines.pulses;
  const [out1, out2] = lines.outputs;
  const pair: InputRequest[] = [
    { line: d0, use: { kind: 'pulses', partner: d1 }, activeLow: true },
    { line: d1, use: { kind: 'pulses', partner: d0 }, activeLow: true },
  ];
  const level = (activeLow: boolean): InputRequest => ({
    line: lines.level,
    use: { kind: 'level', debounceMs },
    activeLow,
  });
  const request: HardwareRequest = {
    board: lines.board,
    inputs: [...pair, level(false)],
    outputs: [
      { line: out1, activeLow: false },
      { line: out2, activeLow: true },
    ],
  };
  let openPair: OpenPair;
  const open = async (asked = request) => {
    const opened = await openPair(asked);
    const edges: Edge[] = [];
    const faults: string[] = [];
    opened.hardware.onEdge((edge) => edges.push(edge));
    opened.hardware.onFault(({ line, fault }) => faults.push(`${line} ${fault}`));
    return { ...opened, edges, faults };
  };

  describe(`hardware contract: ${name}`, () => {
    let opened: Awaited<ReturnType<typeof open>> | undefined;
    const start = async (asked?: HardwareRequest) => {
      opened = await open(asked);
      return opened;
    };
    beforeEach(() => {
      openPair = newBench();
    });
    afterEach(() => {
      opened?.hardware.close();
      opened = undefined;
    });

    it('opens every output at its inactive level, whichever level that is', async () => {
      const { hardware, isHigh } = await start();
      assert.equal(hardware.board, lines.board);
      assert.equal(await isHigh(out1), false);
      assert.equal(await isHigh(out2), true);
    });

    it('drives an output both ways, and no other', async () => {
      const { hardware, isHigh } = await start();
      hardware.setActive(out1, true);
      assert.deepEqual([await isHigh(out1), await isHigh(out2)], [true, true]);
      hardware.setActive(out2, true);
      assert.deepEqual([await isHigh(out1), await isHigh(out2)], [true, false]);
      hardware.setActive(out1, false);
      assert.deepEqual([await isHigh(out1), await isHigh(out2)], [false, false]);
    });

    it('throws LineError for a line of the wrong kind or of no kind', async () => {
      const { hardware } = await start();
      assert.throws(() => hardware.setActive(lines.level, true), LineError);
      assert.throws(() => hardware.setActive(lines.unknown, true), LineError);
      assert.throws(() => hardware.isActive(out1), LineError);
      assert.throws(() => hardware.isActive(lines.unknown), LineError);
    });

    it('refuses a line that is not on the board, one used twice, and half a pair', async () => {
      const opening = (inputs: InputRequest[]) => async () => {
        await start({ board: lines.board, inputs, outputs: [] });
      };
      await assert.rejects(opening([{ ...level(false), line: lines.unknown }]), LineError);
      await assert.rejects(opening([level(false), level(true)]), LineError);
      await assert.rejects(opening(pair.slice(0, 1)), LineError);
    });

    it('tells the leading edges of a pulse pair in order, numbered without a gap, stamped as they came', async () => {
      const { drive, wait, edges, faults } = await start();
      const sent = [d1, d0, d0, d1, d0, d1, d1, d1];
      for (const line of sent) {
        await drive(line, false);
        await wait(lines.pulseMs ?? 1);
        await drive(line, true);
        await wait(lines.pulseMs ?? 1);
      }
      await wait(50);
      assert.deepEqual(
        edges.map((edge) => edge.line),
        sent,
      );
      assert.ok(edges.every((edge) => edge.active));
      const first = edges[0];
      assert.ok(first !== undefined);
      for (const [index, edge] of edges.entries()) {
        assert.equal(edge.seqno, first.seqno + index);
        if (index > 0) assert.ok(edge.atUs - (edges[index - 1]?.atUs ?? 0) >= 1_900);
      }
      assert.deepEqual(faults, []);
    });

    it('hands over at once what waits, when asked', async () => {
      const { hardware, drive, edges } = await start();
      await drive(d0, false);
      await drive(d0, true);
      hardware.deliver();
      assert.ok(lines.pulseMs !== undefined || edges.length === 1, `${edges.length} edges`);
    });

    it('proves that inputs are read, once for each time it is asked, and no more when closed', async () => {
      const { hardware, wait } = await start();
      let proofs = 0;
      const count = () => {
        proofs += 1;
      };
      hardware.prove(count);
      await wait(20);
      assert.equal(proofs, 1);
      hardware.prove(count);
      hardware.prove(count);
      await wait(20);
      assert.equal(proofs, 3);
      hardware.prove(count);
      hardware.close();
      hardware.prove(count);
      await wait(20);
      assert.equal(proofs, 3);
    });

    it('tells a level once it has settled, both ways, and reads it settled', async () => {
      const { hardware, drive, wait, edges } = await start();
      assert.equal(hardware.isActive(lines.level), false);
      await drive(lines.level, true);
      await wait(debounceMs * 3);
      assert.equal(hardware.isActive(lines.level), true);
      await drive(lines.level, false);
      await wait(debounceMs * 3);
      assert.equal(hardware.isActive(lines.level), false);
      assert.deepEqual(
        edges.map((edge) => [edge.line, edge.active]),
        [
          [lines.level, true],
          [lines.level, false],
        ],
      );
    });

    it('does not tell a bounce', async () => {
      const { drive, wait, edges } = await start();
      for (let bounce = 0; bounce < 5; bounce += 1) {
        await drive(lines.level, true);
        await wait(1);
        await drive(lines.level, false);
        await wait(1);
      }
      await wait(debounceMs * 3);
      assert.deepEqual(edges, []);
    });

    it('sees polarity: a low line of active-low is active, from the first look', async () => {
      const first = await start();
      await first.drive(lines.level, false);
      await first.wait(debounceMs * 3);
      first.hardware.close();
      const { hardware, drive, wait, edges } = await start({ ...request, inputs: [...pair, level(true)] });
      assert.equal(hardware.isActive(lines.level), true);
      await drive(lines.level, true);
      await wait(debounceMs * 3);
      assert.deepEqual(
        edges.map((edge) => edge.active),
        [false],
      );
    });

    it('closes twice without a word: outputs inactive, lines free, nothing driven any more', async () => {
      const { hardware, isHigh } = await start();
      hardware.setActive(out1, true);
      hardware.setActive(out2, true);
      hardware.close();
      hardware.close();
      assert.deepEqual([await isHigh(out1), await isHigh(out2)], [false, true]);
      assert.throws(() => hardware.setActive(out1, true), LineError);
      const again = await start();
      again.hardware.setActive(out1, true);
      assert.equal(await isHigh(out1), true);
    });

    it('holds its lines: a second opening is refused and changes nothing', async () => {
      const { hardware, isHigh } = await start();
      hardware.setActive(out1, true);
      await assert.rejects(async () => {
        await openPair(request);
      }, LineError);
      assert.equal(await isHigh(out1), true);
    });
  });
}
