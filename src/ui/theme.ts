/** Light or dark: as the system says, until somebody chooses. */
const kept = 'sallyport-theme';

/** Shows what was chosen on this browser; called before anything is drawn. */
export function startTheme(): void {
  const chosen = localStorage.getItem(kept);
  if (chosen !== null) document.documentElement.dataset['theme'] = chosen;
}

export function isDark(): boolean {
  const chosen = document.documentElement.dataset['theme'];
  return chosen === undefined ? matchMedia('(prefers-color-scheme: dark)').matches : chosen === 'dark';
}

export function toggleTheme(): void {
  const next = isDark() ? 'light' : 'dark';
  localStorage.setItem(kept, next);
  document.documentElement.dataset['theme'] = next;
}
