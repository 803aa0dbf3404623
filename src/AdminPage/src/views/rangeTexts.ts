import { api, ApiError, type Problem, type Schemas } from '../api';
import type { Range } from '../parts/texts';

/** What somebody typed or pasted, in plain characters: Japanese keyboards write wide ones. */
export const plain = (text: string) => text.normalize('NFKC').replaceAll('。', '.').trim();

/** An address without the spaces around and within it. */
export const clean = (text: string) => plain(text).replace(/\s/g, '');

/** Whether this is more than one block in one notation, which the import takes: a span, a netmask, several. */
export const isForImport = (text: string) =>
  /[-–−ー~〜,;、]|\/\s*\d+\.|[\da-f]\s+[\da-f]+[.:]/i.test(plain(text));

/** Sorts addresses as numbers are sorted, IPv4 first. */
export function addressKey(cidr: string) {
  const [address = '', length = ''] = cidr.split('/');
  const parts = (text: string | undefined) => (text ? text.split(':') : []);
  if (!address.includes(':')) {
    return `4 ${[...address.split('.'), length].map((part) => part.padStart(3, '0')).join('.')}`;
  }
  const [before, after] = address.split('::');
  const [head, tail] = [parts(before), parts(after)];
  const groups = [...head, ...Array<string>(Math.max(0, 8 - head.length - tail.length)).fill('0'), ...tail];
  return `6 ${groups.map((group) => group.padStart(4, '0')).join(':')}/${length.padStart(3, '0')}`;
}

/** What a range asks for. */
export const conditionsOf = (range: Partial<Range>): Schemas['RangeCondition'][] =>
  (
    [
      ['users', range.users?.length],
      ['groups', range.groups?.length],
      ['common-names', range.commonNames?.length],
      ['endpoint-ids', range.endpointIds?.length],
      ['platforms', range.platforms?.length],
      ['valid-from', range.validFrom],
      ['valid-until', range.validUntil],
      ['schedule', range.schedule],
    ] as const
  ).flatMap(([condition, isAsked]) => (isAsked ? [condition] : []));

/** All ranges as the portal exports them, as a file. */
export async function downloadCsv() {
  let text = '\ufeff'; // by this Excel knows that it is UTF-8
  let cursor: string | undefined;
  do {
    const { data, error, response } = await api.GET('/api/ranges', {
      params: { query: { cursor } },
      headers: { Accept: 'text/csv' },
      parseAs: 'text',
    });
    if (!response.ok) {
      throw new ApiError(response.status, typeof error === 'object' ? (error as Problem) : undefined);
    }
    const page = data as string;
    text += cursor ? page.slice(page.indexOf('\n') + 1) : page; // each page has the columns' names
    const next = /<([^>]+)>;\s*rel="next"/.exec(response.headers.get('Link') ?? '')?.[1];
    cursor = (next && new URL(next, location.href).searchParams.get('cursor')) || undefined;
  } while (cursor);
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/csv' }));
  link.download = `ranges-${new Date().toISOString().slice(0, 10)}.csv`;
  link.click();
  URL.revokeObjectURL(link.href);
}
