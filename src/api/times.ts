/** An instant as text: ISO 8601 UTC. A wall clock gone mad (the log keeps what it said) is told as the epoch's edge. */
export function timeOf(wallMs: number): string {
  const bounded = Math.min(8_640_000_000_000_000, Math.max(-8_640_000_000_000_000, wallMs));
  return new Date(Number.isFinite(bounded) ? bounded : 0).toISOString();
}
