/** Swipes at the mock board's lines, each measured by the board's own stamps. */
import type { Product } from '../site/product.js';
import { cardOf } from './fixture.js';

const FRAME_GAP_US = 25_000;
/** A frame, its gap and a commit, many times over. */
const SETTLE_MS = 120;

/** Presents one card after the other; of each the ms from the last Wiegand edge to the relay, beyond the frame gap. */
export interface Swiper {
  swipe(): Promise<number>;
  many(count: number): Promise<readonly number[]>;
}

/** Everybody of a fixture in turn, out by the lobby; `token` may present cards and command doors. */
export function swiperOf(product: Product, users: number, token: string): Swiper {
  let swiped = 0;
  const swipe = async (): Promise<number> => {
    const { facility, number } = cardOf((swiped * 104_729) % users);
    swiped += 1;
    const card = { format: 'H10301', facility, number: String(number) };
    const presented = await product.api('POST', '/api/v1/mock/readers/lobby-out/present', card, token);
    if (presented.status >= 300) throw new Error(`present: ${presented.status}`);
    const ms = await relayMs(product, token);
    // A pulse that still stands would be prolonged without an edge.
    for (const command of ['lock', 'normal'])
      await product.api('POST', `/api/v1/doors/lobby/${command}`, undefined, token);
    return ms;
  };
  return {
    swipe,
    many: async (count) => {
      const times: number[] = [];
      for (let n = 0; n < count; n += 1) times.push(await swipe());
      return times;
    },
  };
}

/** Nothing is asked of the product before the pulse is long over: asking would be measured too. */
async function relayMs(product: Product, token: string): Promise<number> {
  for (let tries = 0; tries < 30; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    const { status, body } = await product.api('GET', '/api/v1/mock/lines', undefined, token);
    if (status !== 200) throw new Error(`lines: ${status} ${JSON.stringify(body)}`);
    const lines = (body as { readonly items: Awaited<ReturnType<Product['lines']>> }).items;
    const last = (name: string): number => lines.find((one) => one.line === name)?.history.at(-1)?.atUs ?? 0;
    const lastEdgeUs = Math.max(last('w2.d0'), last('w2.d1')) - 50;
    if (lines.some((one) => one.line === 'relay1' && one.active))
      return (last('relay1') - lastEdgeUs - FRAME_GAP_US) / 1_000;
  }
  throw new Error('a swipe without a relay');
}
