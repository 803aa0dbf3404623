import { useSyncExternalStore } from 'react';

/** Where somebody is in the page, as the address says after its #: a path and what is filled in there. */
export interface Route {
  path: string[];
  query: URLSearchParams;
}

function parse(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  return { path: path.split('/').filter(Boolean).map(decoded), query: new URLSearchParams(query) };
}

/** What was typed into the address may be no encoding at all. */
function decoded(text: string) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

let current = parse(location.hash);
const listeners = new Set<() => void>();
addEventListener('hashchange', () => {
  current = parse(location.hash);
  listeners.forEach((listener) => listener());
  window.scrollTo(0, 0);
});

export const useRoute = () =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
  );

/** The address of a place in the page. */
export function href(path: string, query: Record<string, string | undefined> = {}) {
  const given = Object.entries(query).filter((entry): entry is [string, string] => !!entry[1]);
  return `#/${path}${given.length > 0 ? `?${new URLSearchParams(given)}` : ''}`;
}

export const go = (path: string, query: Record<string, string | undefined> = {}) => {
  location.hash = href(path, query);
};
