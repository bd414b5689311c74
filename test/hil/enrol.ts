import { startSite } from '../site/product.js';
import { cards, facility, longNumber, mockSite } from './loopSite.js';

/**
 * Fills a data folder with what the loop needs: an administrator, and a card for each of its people. Gives the token
 * that reads the log and the readers' health.
 */
export async function enrol(dataDir: string): Promise<string> {
  const product = await startSite(dataDir, mockSite);
  const post = async (path: string, body: unknown): Promise<void> => {
    const reply = await product.api('POST', path, body);
    if (reply.status >= 300) throw new Error(`${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
  };
  try {
    const doors = ['lobby', 'garage'].map((door) => ({ door, schedule: 'always' }));
    await post('/api/v1/access-rights', { id: 'all', name: 'All doors', doors });
    await post('/api/v1/groups', { id: 'staff', name: 'Staff', accessRights: ['all'] });
    for (const number of cards) {
      await post('/api/v1/users', { id: `u${number}`, name: `User ${number}`, groups: ['staff'] });
      const card = { kind: 'card', format: 'H10301', facility, number: String(number) };
      await post('/api/v1/credentials', { ...card, user: `u${number}` });
    }
    const long = { kind: 'card', format: 'long-256', number: longNumber, user: `u${cards[0]}` };
    await post('/api/v1/credentials', long);
    return product.token;
  } finally {
    await product.kill('SIGTERM');
  }
}
