import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import { answer, api, queries } from '../api';
import { useIsEditor, useListFindings, useRanges, useRefreshes } from '../parts/data';
import { Failure } from '../parts/Failure';
import { type AddressList, countryName, sourceText } from '../parts/listTexts';
import { useSave } from '../parts/Save';
import { faultText, listFindingText, rangeText, timeText } from '../parts/texts';
import { go, href } from '../route';
import { language, t } from '../words';
import { Edited, isGone, read, useOne } from './Edited';
import { Entries } from './Entries';
import { EditList } from './ListForm';
import { ObjectHistory } from './ObjectHistory';
import { Ago } from './RangeList';
import { RefreshSign } from './RefreshSign';

/** One address list: what it says, its entries, what became of it, and its form. */
export function ListView({ id, isEditing }: { id: string; isEditing: boolean }) {
  const found = useOne('address-list', id, () => api.GET('/api/address-lists/{id}', { params: { path: { id } } }));
  const isEditor = useIsEditor();
  if (isEditing && isEditor && !isGone(found.error)) {
    return <Edited found={found} gone={t('lists:notFound')}>{(tagged) => <EditList {...tagged} />}</Edited>;
  }
  const list = found.data?.object;
  return (
    <SpaceBetween size="l">
      {found.isPending && <Spinner size="large" />}
      {isGone(found.error) ? (
        <Alert type="info" action={<Button href={href('lists')}>{t('lists')}</Button>}>
          {t('lists:notFound')}
        </Alert>
      ) : found.error ? (
        <Failure error={found.error} retry={() => void found.refetch()} />
      ) : (
        list && (
          <SpaceBetween size="l">
            <Details list={list} isEditor={isEditor} />
            <Entries list={list} />
          </SpaceBetween>
        )
      )}
      <ObjectHistory
        id={id}
        page={(cursor) => answer(api.GET('/api/address-lists/{id}/history', { params: { path: { id }, query: { cursor } } }))}
        texts={(was) => [was.name, sourceText(was.source), t('lists:count', { count: was.entryCount })]}
        empty={t('lists:historyEmpty')}
      />
    </SpaceBetween>
  );
}

function useListActions({ id, name }: AddressList) {
  const save = useSave();
  const path = { id };
  return {
    remove() {
      let header = {}; // so that what is deleted is what was shown
      save({
        title: t('lists:deleteTitle', { name }),
        button: t('lists:delete'),
        preview: async (query) => {
          header = { 'If-Match': (await read(api.GET('/api/address-lists/{id}', { params: { path } }))).etag };
          return answer(api.DELETE('/api/preview/address-lists/{id}', { params: { path, query, header } }));
        },
        commit: (query) => answer(api.DELETE('/api/address-lists/{id}', { params: { path, query, header } })),
        onDone: () => go('lists'),
      });
    },
    refresh: () =>
      save({
        title: t('lists:refreshTitle', { name }),
        button: t('lists:refreshButton'),
        preview: (query) => answer(api.POST('/api/preview/address-lists/{id}/refresh', { params: { path, query } })),
        commit: (query) =>
          answer(api.POST('/api/address-lists/{id}/refresh', { params: { path, query } })).finally(
            () => void queries.invalidateQueries({ queryKey: ['refreshes'] })), // one that failed is kept as well
      }),
  };
}

function Details({ list, isEditor }: { list: AddressList; isEditor: boolean }) {
  const act = useListActions(list);
  const all = useListFindings().data?.filter((f) => f.addressListId === list.id) ?? [];
  const findings = all.filter((f) => f.kind !== 'not-refreshed'); // which is said above, with its reason
  const refresh = useRefreshes().data?.find((r) => r.addressListId === list.id);
  const { source } = list;
  const hasSource = source.kind !== 'manual';
  const some = (label: string, values: string[]) => (values.length > 0 ? [{ label, value: values.join(', ') }] : []);
  const time = (label: string, moment: string | null | undefined) => ({ label, value: moment ? timeText(moment) : '–' });
  return (
    <Container
      header={
        <Header
          variant="h1"
          description={list.description}
          actions={
            isEditor && (
              <SpaceBetween direction="horizontal" size="xs">
                <Button onClick={act.remove}>{t('lists:delete')}</Button>
                {hasSource && <Button onClick={act.refresh}>{t('lists:refresh')}</Button>}
                <Button variant="primary" onClick={() => go(`lists/${list.id}/edit`)}>
                  {t('edit')}
                </Button>
              </SpaceBetween>
            )
          }
        >
          <span className="given">{list.name}</span>
        </Header>
      }
    >
      <SpaceBetween size="l">
        {refresh?.error && (
          <Alert type="error" header={t('lists:failed')}>
            {faultText(refresh.error)}
          </Alert>
        )}
        <KeyValuePairs
          columns={3}
          items={[
            { label: t('lists:source'), value: <span className="given">{sourceText(source)}</span> },
            { label: t('lists:entries'), value: list.entryCount.toLocaleString(language()) },
            { label: t('lists:ranges'), value: <Ranges list={list} isEditor={isEditor} /> },
            ...some(t('lists:names'), source.names),
            ...some(t('lists:countries'), source.countries.map(countryName)),
            ...(source.url ? [{ label: t('lists:url'), value: <span className="given">{source.url}</span> }] : []),
            ...some(t('lists:column'), source.column ? [source.column] : []),
            ...some(t('lists:services'), source.services),
            ...some(t('lists:regions'), source.regions),
            ...(hasSource
              ? [
                  { label: t('lists:refreshed'), value: <RefreshSign list={list} refresh={refresh} /> },
                  time(t('lists:lastTry'), refresh?.lastTry),
                  time(t('lists:nextTry'), refresh?.nextTry),
                  { label: t('lists:limits'), value: t('lists:limitsText', { minutes: source.refreshMinutes, max: source.maxChange }) },
                ]
              : []),
            { label: t('lists:created'), value: <Ago time={list.createdAt} who={list.createdBy} /> },
            { label: t('lists:changed'), value: <Ago time={list.updatedAt} who={list.updatedBy} /> },
          ]}
        />
        {findings.length > 0 && (
          <Alert type="warning" header={t('lists:findings')}>
            <ul>
              {findings.map((f, i) => (
                <li key={i}>{listFindingText(f)}</li>
              ))}
            </ul>
          </Alert>
        )}
      </SpaceBetween>
    </Container>
  );
}

const shownRanges = 10;

/** The ranges that have the list, and the way to one more. */
function Ranges({ list, isEditor }: { list: AddressList; isEditor: boolean }) {
  const ranges = (useRanges().data ?? []).filter((range) => range.addressListId === list.id);
  return (
    <SpaceBetween size="xxs">
      {ranges.length === 0 && <div>{t('lists:noRange')}</div>}
      {ranges.slice(0, shownRanges).map((range) => (
        <div key={range.id} className="given">
          <Link href={href(`ranges/${range.id}`)}>{rangeText(range)}</Link>
        </div>
      ))}
      {ranges.length > shownRanges && <div>{t('lists:moreRanges', { count: ranges.length - shownRanges })}</div>}
      {isEditor && (
        <Button variant="inline-link" onClick={() => go('ranges/new', { addressListId: list.id })}>
          {t('lists:addRange')}
        </Button>
      )}
    </SpaceBetween>
  );
}
