/** The SQLite driver that this Node can carry: one interface, two builds of it. */
import { createRequire } from 'node:module';
import type BetterSqlite3 from 'better-sqlite3';

/** An open SQLite connection. */
export type Connection = BetterSqlite3.Database;

/**
 * better-sqlite3 12 up to Node 22. On 24 it aborts the process when a statement is collected, and 13 takes its
 * place, whose own floor (Node-API 10) Node 20 does not reach: there it crashes at the first open.
 */
export function driverFor(nodeVersion: string): 'better-sqlite3' | 'better-sqlite3-13' {
  return Number.parseInt(nodeVersion, 10) >= 24 ? 'better-sqlite3-13' : 'better-sqlite3';
}

export const Sqlite: typeof BetterSqlite3 = createRequire(import.meta.url)(driverFor(process.versions.node));
