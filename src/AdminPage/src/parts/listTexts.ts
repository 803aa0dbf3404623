import type { Schemas } from '../api';
import { language, t } from '../words';

export type AddressList = Schemas['AddressList'];
export type Source = Schemas['ListSource'];

const names = new Map<string, string>();

/** Keeps what lists are called, also those that are no more: ranges and their history have the ids alone. */
export function remember<T extends { id: string; name: string }>(lists: T[]): T[] {
  lists.forEach((list) => names.set(list.id, list.name));
  return lists;
}

export const listName = (id: string) => names.get(id) ?? t('lists:gone');

/** What of a range says for which addresses it is. */
export interface Addresses {
  cidr: string | null;
  addressListId?: string | null;
  addressListName?: string | null;
  entry?: Schemas['MatchedEntry'] | null;
}

/** The addresses of a range: its own, or its list's name. */
export function addressesText({ cidr, addressListId, addressListName, entry }: Addresses) {
  const name = addressListName ?? entry?.addressListName ?? (addressListId ? listName(addressListId) : undefined);
  return name === undefined ? (cidr ?? '–') : t('lists:named', { name });
}

export const entryText = ({ addressListName: name, cidr }: Schemas['MatchedEntry']) => t('lists:entryOf', { name, cidr });

export const countryName = (code: string) => new Intl.DisplayNames([language()], { type: 'region' }).of(code) ?? code;

const several = (values: readonly string[]) => `${values.slice(0, 3).join(', ')}${values.length > 3 ? ` (+${values.length - 3})` : ''}`;

/** Where a list's entries come from, in a few words. */
export function sourceText({ kind, names, url, format, services, regions, countries }: Source) {
  const host = url ? new URL(url).host : '';
  return kind === 'dns' ? t('lists:dnsText', { names: several(names) })
    : kind === 'countries' ? t('lists:countriesText', { names: several(countries.map(countryName)) })
    : kind === 'url' && format === 'aws' ? t('lists:awsText', { what: several([...services, ...regions]) || t('lists:awsAll') })
    : kind === 'url' ? t('lists:urlText', { host })
    : t('lists:kinds.manual');
}
