import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import { useQuery } from '@tanstack/react-query';
import { Fragment, type ReactNode, useEffect, useState } from 'react';
import { answer, ApiError } from '../api';
import { Failure } from '../parts/Failure';
import { t } from '../words';

type Call<T> = Promise<{ data?: T; error?: unknown; response: Response }>;

/** What is there, with the tag that a change of it names. */
export const read = async <T,>(call: Call<T>) => ({ object: await answer(call), etag: (await call).response.headers.get('ETag')! });

export const useOne = <T,>(key: string, id: string, call: () => Call<T>) =>
  useQuery({ queryKey: [key, id], queryFn: () => read(call()) });

export const isGone = (error: unknown) => error instanceof ApiError && error.status === 404;

/** What a form for something that is there sends with a change, so that it overwrites nobody else's. */
export interface Tagged<T> {
  object: T;
  header: { 'If-Match': string };

  /** Looks at what there is now when the portal says that it is another one. */
  watched: <R>(call: Promise<R>) => Promise<R>;
}

interface Props<T> {
  found: ReturnType<typeof useOne<T>>;
  gone: string;
  children: (tagged: Tagged<Exclude<T, string>>) => ReactNode;
}

/** A form for something that is there. It begins with what that was when it was opened, whatever is read again meanwhile. */
export function Edited<T>({ found, gone, children }: Props<T>) {
  const { data } = found;
  const fresh = found.isFetching ? undefined : data; // not what was read the last time that somebody looked
  const [begin, setBegin] = useState(fresh);
  useEffect(() => setBegin((old) => old ?? fresh), [fresh]);
  if (isGone(found.error)) {
    return <Alert type="info">{gone}</Alert>;
  }
  if (!begin) {
    return found.error ? <Failure error={found.error} retry={() => void found.refetch()} /> : <Spinner size="large" />;
  }
  const watched = async <R,>(call: Promise<R>) => {
    try {
      return await call;
    } catch (e) {
      if (e instanceof ApiError && e.status === 412) {
        void found.refetch();
      }
      throw e;
    }
  };
  return (
    <SpaceBetween size="m">
      {data && data.etag !== begin.etag && (
        <Alert type="warning" action={<Button onClick={() => setBegin(data)}>{t('ranges:loadPresent')}</Button>}>
          {t('ranges:stale')}
        </Alert>
      )}
      <Fragment key={begin.etag}>{children({ object: begin.object, header: { 'If-Match': begin.etag }, watched })}</Fragment>
    </SpaceBetween>
  );
}
