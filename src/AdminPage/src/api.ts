import { QueryClient } from '@tanstack/react-query';
import createClient from 'openapi-fetch';
import type { components, paths } from '../generated/api';
import { session } from './session';

export type Schemas = components['schemas'];
export type Problem = Schemas['Problem'];
export type Preview = Schemas['Preview'];

/** What the portal answered instead of doing it. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly problem: Problem | undefined,
  ) {
    super(problem?.detail ?? `HTTP ${status}`);
  }

  /** What is wrong with one field of what was sent. */
  faults(field: string): Schemas['FieldFault'][] {
    const isIt = (f: Schemas['FieldFault']) => f.field === field || f.field.startsWith(`${field}[`) || f.field.startsWith(`${field}.`);
    return (this.problem?.faults ?? []).filter(isIt);
  }
}

export const api = createClient<paths>({ baseUrl: '/' });

api.use({
  onRequest({ request }) {
    if (session.token) {
      request.headers.set('Authorization', `Bearer ${session.token}`);
    }
    return request;
  },
  onResponse({ request, response }) {
    // Not a link that is used up, nor a late answer to a token that is another one by now.
    const isOfSession = !!session.token && request.headers.get('Authorization') === `Bearer ${session.token}`;
    if (response.status === 401 && isOfSession && !request.url.endsWith('/api/sign-in')) {
      session.end('expired');
    }
  },
});

/** The answer's data, or an error to throw. Nothing here asks for CSV, which the API calls a string. */
export async function answer<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<Exclude<T, string>> {
  const { data, error, response } = await call;
  if (!response.ok) {
    throw new ApiError(response.status, typeof error === 'object' ? (error as Problem) : undefined);
  }
  return data as Exclude<T, string>;
}

/** All pages of a list. */
export async function all<T>(page: (cursor: string | undefined) => Promise<{ items: T[]; nextCursor: string | null }>): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const next = await page(cursor);
    items.push(...next.items);
    cursor = next.nextCursor ?? undefined;
  } while (cursor);
  return items;
}

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      retry: (failures, error) => failures < 2 && !(error instanceof ApiError && error.status < 500),
      staleTime: 5_000,
    },
  },
});

/** After a change everything may be different. */
export const readAgain = () => queries.invalidateQueries();
