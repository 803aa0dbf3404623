import type { Schemas } from '../api';
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

/** The platforms by the names that people know. */
export const platformNames: Record<Schemas['Platform'], string> = {
  win: 'Windows',
  uwp: 'Windows (UWP)',
  mac: 'macOS',
  linux: 'Linux',
  ios: 'iOS',
  android: 'Android',
  freebsd: 'FreeBSD',
  netbsd: 'NetBSD',
  openbsd: 'OpenBSD',
  solaris: 'Solaris',
};

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
