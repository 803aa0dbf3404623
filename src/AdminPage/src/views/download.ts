import { ApiError, type Problem } from '../api';

/** A text as a file for whoever looks at the page. */
export function download(name: string, type: string, text: string) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

/** A table; by the mark at its beginning Excel knows that it is UTF-8. */
export const downloadCsv = (name: string, text: string) => download(`${name}.csv`, 'text/csv', `\ufeff${text}`);

/** What an answer that isn't read as JSON is asked for with. */
export const asCsv = { headers: { Accept: 'text/csv' }, parseAs: 'text' } as const;

type Page = (cursor: string | undefined) => Promise<{ data?: unknown; error?: unknown; response: Response }>;

/** All pages of a list as the portal exports them, as one file with today's date. */
export async function downloadList(name: string, page: Page) {
  let text = '';
  let cursor: string | undefined;
  do {
    const { data, error, response } = await page(cursor);
    if (!response.ok) {
      throw new ApiError(response.status, typeof error === 'object' ? (error as Problem) : undefined);
    }
    const next = data as string;
    text += cursor ? next.slice(next.indexOf('\n') + 1) : next; // each page has the columns' names
    const link = /<([^>]+)>;\s*rel="next"/.exec(response.headers.get('Link') ?? '')?.[1];
    cursor = (link && new URL(link, location.href).searchParams.get('cursor')) || undefined;
  } while (cursor);
  downloadCsv(`${name}-${new Date().toISOString().slice(0, 10)}`, text);
}
