/** The one place of the page that reads the browser's clock. */
export const nowMs = (): number => Date.now();
