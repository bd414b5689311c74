/** How many PINs may serve by themselves. IEC 60839-11-1: of 1,000 possible codes one may be given out. */

const codesPerPin = 1_000;

/** 10 PINs of 4 digits, 100 of 5; none of 2. */
export function pinsAllowed(digits: number): number {
  return Math.floor(10 ** digits / codesPerPin);
}

/** What is said of one more. */
export function tooManyPins(digits: number): string {
  const said = `There may be ${pinsAllowed(digits)} PINs of ${digits} digits, one of ${codesPerPin} possible codes`;
  return `${said}: take ${digits + 1} digits, or one that serves with a card only.`;
}
