import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import Pagination from '@cloudscape-design/components/pagination';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import Textarea from '@cloudscape-design/components/textarea';
import { useInfiniteQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { answer, api, ApiError, type Schemas } from '../api';
import { useIsEditor } from '../parts/data';
import { Failure } from '../parts/Failure';
import { FileChooser } from '../parts/FileChooser';
import type { AddressList } from '../parts/listTexts';
import { useSave } from '../parts/Save';
import { faultText } from '../parts/texts';
import { useRoute } from '../route';
import { language, t } from '../words';
import { asCsv, downloadList } from './download';
import { read } from './Edited';
import { readText } from './fileText';
import { detect } from './importFormats';
import './ranges.css';
import { clean, plain } from './rangeTexts';

type Entry = Schemas['AddressEntry'];

const pageSize = 50; // as many at once are selected, and named in a preview, at most

/** A whole address finds the blocks that have it; anything else is looked for in blocks and notes. */
const queryOf = (text: string) =>
  /^(\d+(\.\d+){3}|(?=.*:.*:)[\da-f:.]+)$/i.test(clean(text)) ? { contains: clean(text) } : { q: plain(text) || undefined };

/** What an address list is made of: looked through, and changed where no source would undo that. */
export function Entries({ list }: { list: AddressList }) {
  const { query } = useRoute();
  const isEditor = useIsEditor();
  const save = useSave();
  const path = { id: list.id };
  const [text, setText] = useState(query.get('entry') ?? '');
  const [asked, setAsked] = useState(text);
  const [page, setPage] = useState(1);
  const [selected, setSelected] = useState<Entry[]>([]);
  const [exportError, setExportError] = useState<unknown>();
  const found = useInfiniteQuery({
    queryKey: ['entries', list.id, asked],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      answer(api.GET('/api/address-lists/{id}/entries', {
        params: { path, query: { ...queryOf(asked), limit: pageSize, cursor: pageParam } },
      })),
    getNextPageParam: (last) => last.nextCursor ?? undefined,
  });
  const pages = found.data?.pages ?? [];
  const current = Math.max(1, Math.min(page, pages.length));
  const isByHand = isEditor && list.source.kind === 'manual';

  const ask = (next: string) => {
    setAsked(next);
    setPage(1);
    setSelected([]);
  };
  const goTo = async (number: number) => {
    setSelected([]);
    if (number > pages.length && found.hasNextPage) {
      await found.fetchNextPage();
    }
    setPage(number);
  };
  const submit = (e: FormEvent) => {
    e.preventDefault();
    ask(text);
  };
  const remove = () => {
    const cidr = [...new Set(selected.map((entry) => entry.cidr))];
    save({
      title: t('lists:removeTitle', { count: selected.length, name: list.name }),
      button: t('remove'),
      preview: (query) => answer(api.DELETE('/api/preview/address-lists/{id}/entries', { params: { path, query: { ...query, cidr } } })),
      commit: (query) => answer(api.DELETE('/api/address-lists/{id}/entries', { params: { path, query: { ...query, cidr } } })),
      onDone: () => setSelected([]),
    });
  };
  const exportAll = () =>
    downloadList('entries', (cursor) =>
      api.GET('/api/address-lists/{id}/entries', { params: { path, query: { ...queryOf(asked), cursor } }, ...asCsv }));

  const fault = found.error instanceof ApiError ? found.error.faults('contains')[0] : undefined;
  return (
    <SpaceBetween size="l">
      {exportError !== undefined && <Failure error={exportError} />}
      {found.error && !fault && <Failure error={found.error} retry={() => void found.refetch()} />}
      <Table
        variant="container"
        contentDensity="compact"
        wrapLines
        items={found.error ? [] : (pages[current - 1]?.items ?? [])}
        trackBy={(entry) => `${entry.cidr} ${entry.note}`}
        loading={found.isPending || found.isFetchingNextPage}
        loadingText={t('loading')}
        selectionType={isByHand ? 'multi' : undefined}
        selectedItems={selected}
        onSelectionChange={({ detail }) => setSelected(detail.selectedItems)}
        ariaLabels={{
          tableLabel: t('lists:entries'),
          selectionGroupLabel: t('lists:selection'),
          allItemsSelectionLabel: () => t('lists:selectAll'),
          itemSelectionLabel: (_, entry) => t('lists:select', { cidr: entry.cidr }),
        }}
        header={
          <Header
            variant="h2"
            counter={`(${list.entryCount.toLocaleString(language())})`}
            description={list.source.kind === 'manual' ? undefined : t('lists:sourceOnly')}
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                {isByHand && (
                  <Button disabled={selected.length === 0} onClick={remove}>
                    {t('lists:removeSelected')}
                    {selected.length > 0 && ` (${selected.length})`}
                  </Button>
                )}
                <Button onClick={() => void exportAll().then(() => setExportError(undefined), setExportError)}>{t('lists:export')}</Button>
              </SpaceBetween>
            }
          >
            {t('lists:entries')}
          </Header>
        }
        filter={
          <form onSubmit={submit}>
            <FormField label={t('lists:search')} constraintText={t('lists:searchHelp')} errorText={fault && faultText(fault)} stretch>
              <div className="find">
                <Input
                  type="search"
                  value={text}
                  placeholder="203.0.113.7"
                  onChange={({ detail }) => {
                    setText(detail.value);
                    if (!detail.value) {
                      ask('');
                    }
                  }}
                />
                <Button formAction="submit" loading={found.isFetching && !found.isPending}>
                  {t('lists:find')}
                </Button>
              </div>
            </FormField>
          </form>
        }
        pagination={
          (pages.length > 1 || found.hasNextPage) && (
            <Pagination
              currentPageIndex={current}
              pagesCount={pages.length}
              openEnd={found.hasNextPage}
              onChange={({ detail }) => void goTo(detail.currentPageIndex)}
              ariaLabels={{
                paginationLabel: t('lists:entryPages'),
                nextPageLabel: t('ranges:nextPage'),
                previousPageLabel: t('ranges:previousPage'),
                pageLabel: (number) => t('ranges:page', { page: number }),
              }}
            />
          )
        }
        empty={
          <Box textAlign="center" padding="l">
            {t(asked ? 'lists:noEntry' : 'lists:noEntries')}
          </Box>
        }
        columnDefinitions={[
          { id: 'cidr', header: t('lists:address'), isRowHeader: true, minWidth: 150, cell: (entry) => entry.cidr },
          { id: 'note', header: t('lists:note'), minWidth: 150, cell: (entry) => <div className="given">{entry.note || '–'}</div> },
        ]}
      />
      {isByHand && <AddEntries list={list} />}
    </SpaceBetween>
  );
}

const types = { plain: 'text/plain', csv: 'text/csv', json: 'application/json' } as const;

/** Takes entries from a text or a file, beside those that there are or in their place. */
function AddEntries({ list }: { list: AddressList }) {
  const save = useSave();
  const path = { id: list.id };
  const [text, setText] = useState('');
  const [file, setFile] = useState<{ name: string; encoding: string }>();
  const [fileError, setFileError] = useState<string>();
  const [error, setError] = useState<unknown>();
  const [isAsking, setIsAsking] = useState(false);
  const change = (next: string) => {
    setText(next);
    setFile(undefined);
    setFileError(undefined);
    setError(undefined);
  };
  const choose = async (given: File) => {
    const found = await readText(given);
    change(found.text ?? '');
    setFile(found.text === undefined ? undefined : { name: given.name, encoding: found.encoding });
    setFileError(found.error);
  };
  const request = {
    body: text as unknown as Schemas['EntryInput'][], // the portal says what is wrong with it
    bodySerializer: (body: unknown) => body as string,
    headers: { 'Content-Type': types[detect(text)] },
  };
  const common = { comment: file && t('imports:addComment', { name: file.name }), onInvalid: setError, onDone: () => change('') };
  const add = () =>
    save({
      ...common,
      title: t('lists:addEntriesTitle', { name: list.name }),
      button: t('lists:addEntriesButton'),
      preview: (query) => answer(api.POST('/api/preview/address-lists/{id}/entries', { params: { path, query }, ...request })),
      commit: (query) => answer(api.POST('/api/address-lists/{id}/entries', { params: { path, query }, ...request })),
    });
  const replace = async () => {
    setIsAsking(true);
    setError(undefined);
    try {
      // What was counted is what is replaced, or nothing.
      const { etag } = await read(api.GET('/api/address-lists/{id}', { params: { path } }));
      const header = { 'If-Match': etag };
      const call = { path, header };
      const { changes } = await answer(
        api.PUT('/api/preview/address-lists/{id}/entries', { params: { ...call, query: { impactDays: 1 } }, ...request }));
      const removals = changes.entries[0]?.removedCount ?? 0;
      save({
        ...common,
        title: t('lists:replaceTitle', { name: list.name }),
        button: t('lists:replaceButton'),
        removals,
        removalsHelp: 'save:entriesHelp',
        preview: (query) =>
          answer(api.PUT('/api/preview/address-lists/{id}/entries', { params: { ...call, query: { ...query, removals } }, ...request })),
        commit: (query) =>
          answer(api.PUT('/api/address-lists/{id}/entries', { params: { ...call, query: { ...query, removals } }, ...request })),
      });
    } catch (e) {
      setError(e);
    } finally {
      setIsAsking(false);
    }
  };
  return (
    <Container header={<Header variant="h2">{t('lists:addEntries')}</Header>}>
      <SpaceBetween size="m">
        <FormField label={t('lists:addEntriesText')} description={t('lists:addEntriesHelp')} stretch>
          <Textarea
            value={text}
            rows={5}
            spellcheck={false}
            placeholder={'203.0.113.0/28 # …\n198.51.100.7'}
            onChange={({ detail }) => change(detail.value)}
          />
        </FormField>
        <FormField label={t('lists:file')} description={t('lists:fileHelp')}>
          <FileChooser error={fileError} note={file && t('imports:read', file)} onChoose={(given) => void choose(given)} />
        </FormField>
        {error !== undefined && <Failure error={error} />}
        {list.entryCount > 0 && text.trim() && <Alert type="info">{t('lists:replaceHelp')}</Alert>}
        <SpaceBetween direction="horizontal" size="xs">
          <Button variant="primary" disabled={!text.trim() || isAsking} onClick={add}>
            {t('ranges:addButton')}
          </Button>
          {list.entryCount > 0 && (
            <Button disabled={!text.trim()} loading={isAsking} onClick={() => void replace()}>
              {t('lists:replace')}
            </Button>
          )}
        </SpaceBetween>
      </SpaceBetween>
    </Container>
  );
}
