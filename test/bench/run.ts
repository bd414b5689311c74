/** `npm run bench [core|import|management|osdp|product|page|zones]...`: all of them without names. */
import { benchCore } from './core.js';
import { benchImport } from './import.js';
import { benchManagement } from './management.js';
import { benchOsdp } from './osdp.js';
import { benchPage } from './page.js';
import { benchProduct } from './product.js';
import { benchZones } from './zones.js';

const benches: Readonly<Record<string, () => void | Promise<void>>> = {
  core: benchCore,
  import: benchImport,
  management: benchManagement,
  osdp: benchOsdp,
  product: benchProduct,
  page: benchPage,
  zones: benchZones,
};

const asked = process.argv.slice(2);
for (const name of asked.length > 0 ? asked : Object.keys(benches)) {
  const bench = benches[name];
  if (bench === undefined)
    throw new Error(`there is no bench ${name}; choose from: ${Object.keys(benches).join(', ')}`);
  await bench();
}
