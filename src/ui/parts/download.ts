/** Hands a file to the person, as a download. */
import { raw } from '../http.js';
import { t } from '../i18n.js';
import { say } from './toast.js';

export function saveFile(content: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** Fetches a file of the API as whoever is logged in, and hands it over. */
export async function fetchFile(path: string, name: string): Promise<void> {
  const response = await raw('GET', path);
  if ('problem' in response) return say(response.problem.detail, true);
  if (!response.ok) return say(t('problem.status', { status: response.status }), true);
  saveFile(await response.blob(), name);
}
