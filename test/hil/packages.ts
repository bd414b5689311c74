/** Which installed packages a release carries, and which the guest's tests need beside it. */
import { existsSync } from 'node:fs';

interface Lock {
  readonly packages: Readonly<Record<string, Locked>>;
}

interface Locked {
  readonly dev?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** Folders below this one: `release` is what `npm prune --omit=dev` leaves, `mocha` is mocha with all it needs. */
export function packages(lockText: string): {
  readonly release: readonly string[];
  readonly mocha: readonly string[];
} {
  const { packages: locked } = JSON.parse(lockText) as Lock;
  const folders = Object.keys(locked).filter((path) => path !== '' && existsSync(path));
  const inner = (path: string) => folders.some((one) => path.startsWith(`${one}/`));
  const release = folders.filter((path) => locked[path]?.dev !== true && !inner(path));
  const mocha = new Set<string>();
  const add = (path: string): void => {
    if (mocha.has(path)) return;
    mocha.add(path);
    for (const name of Object.keys(locked[path]?.dependencies ?? {})) {
      const found = nearest(path, name).find((one) => locked[one] !== undefined);
      if (found !== undefined) add(found);
    }
  };
  add('node_modules/mocha');
  return {
    release,
    mocha: [...mocha].filter((path) => ![...mocha].some((one) => path.startsWith(`${one}/`))),
  };
}

/** Where Node looks for a package, from inside one, nearest first. */
function nearest(path: string, name: string): readonly string[] {
  const parts = path.split('/node_modules/');
  return parts
    .map((_, index) => {
      const above = parts.slice(0, parts.length - index).join('/node_modules/');
      return `${above}/node_modules/${name}`;
    })
    .concat(`node_modules/${name}`);
}
