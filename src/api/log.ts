/** The technical log as this folder uses it; a pino logger fits. Fields carry no secrets. */
export interface Log {
  info(fields: object, text: string): void;
  warn(fields: object, text: string): void;
  error(fields: object, text: string): void;
}
