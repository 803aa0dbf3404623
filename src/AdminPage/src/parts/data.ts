import { useQuery } from '@tanstack/react-query';
import { all, answer, api } from '../api';
import { useLanguage } from '../words';

const limit = 1000;

export const useMe = () => useQuery({ queryKey: ['me'], queryFn: () => answer(api.GET('/api/me')) });

/** Whether the present user may change anything. */
export const useIsEditor = () => useMe().data?.role === 'editor';

export const useRanges = () =>
  useQuery({
    queryKey: ['ranges'],
    queryFn: () => all((cursor) => answer(api.GET('/api/ranges', { params: { query: { limit, cursor } } }))),
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
export function useDecisions(query: { allowed?: boolean; from?: string }, live = false) {
  useLanguage();
  return useQuery({
    queryKey: ['decisions', query.allowed, !!query.from],
    queryFn: () => answer(api.GET('/api/decisions', { params: { query: { ...query, limit } } })),
    refetchInterval: live ? 10_000 : false,
  });
}

/** Where somebody connects from themselves: as the portal sees it, or as they once said in this browser. */
export function useOwnAddress(): [string | undefined, (address: string) => void] {
  const seen = (useMe().data as { publicIp?: string | null } | undefined)?.publicIp;
  return [seen ?? (localStorage.getItem('address') || undefined), (address) => localStorage.setItem('address', address)];
}
