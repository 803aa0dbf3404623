import { useQuery } from '@tanstack/react-query';
import { all, answer, api } from '../api';
import { remember } from './listTexts';

const limit = 1000;

export const useMe = () => useQuery({ queryKey: ['me'], queryFn: () => answer(api.GET('/api/me')) });

/** Whether the present user may change anything. */
export const useIsEditor = () => useMe().data?.role === 'editor';

export const useRanges = () =>
  useQuery({
    queryKey: ['ranges'],
    queryFn: () => all((cursor) => answer(api.GET('/api/ranges', { params: { query: { limit, cursor } } }))),
  });

export const useAddressLists = () =>
  useQuery({
    queryKey: ['address-lists'],
    queryFn: async () => remember(await all((cursor) => answer(api.GET('/api/address-lists', { params: { query: { limit, cursor } } })))),
  });

export const useListFindings = () =>
  useQuery({
    queryKey: ['list-findings'],
    queryFn: () => all((cursor) => answer(api.GET('/api/address-lists/findings', { params: { query: { limit, cursor } } }))),
    staleTime: 60_000,
  });

/** What became of the last refresh of each list that has a source. */
export const useRefreshes = () =>
  useQuery({
    queryKey: ['refreshes'],
    queryFn: () => all((cursor) => answer(api.GET('/api/address-lists/refreshes', { params: { query: { limit, cursor } } }))),
  });

export const useMessages = () =>
  useQuery({
    queryKey: ['messages'],
    queryFn: () => all((cursor) => answer(api.GET('/api/denial-messages', { params: { query: { limit, cursor } } }))),
  });

export const useRuleTests = () =>
  useQuery({
    queryKey: ['tests'],
    queryFn: () => all((cursor) => answer(api.GET('/api/rule-tests', { params: { query: { limit, cursor } } }))),
  });

export const useSettings = () => useQuery({ queryKey: ['settings'], queryFn: () => answer(api.GET('/api/settings')) });

export const useFindings = () =>
  useQuery({
    queryKey: ['findings'],
    queryFn: () => all((cursor) => answer(api.GET('/api/ranges/findings', { params: { query: { limit, cursor } } }))),
    staleTime: 60_000,
  });

/** The newest decisions, at most a thousand; read again every ten seconds where somebody looks at them live. */
export const useDecisions = (query: { allowed?: boolean; hours?: number } = {}, live = false) =>
  useQuery({
    queryKey: ['decisions', query],
    queryFn: () => {
      const from = query.hours && new Date(Date.now() - query.hours * 3_600_000).toISOString(); // of each reading, not of the first
      return answer(api.GET('/api/decisions', { params: { query: { allowed: query.allowed, from: from || undefined, limit } } }));
    },
    refetchInterval: live ? 10_000 : false,
  });

/** Where somebody connects from themselves: as the portal sees it, or as they once said in this browser. */
export function useOwnAddress(): [string | undefined, (address: string) => void] {
  const seen = useMe().data?.publicIp;
  return [seen ?? (localStorage.getItem('address') || undefined), (address) => localStorage.setItem('address', address)];
}
