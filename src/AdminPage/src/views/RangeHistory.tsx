import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import Table from '@cloudscape-design/components/table';
import { useInfiniteQuery } from '@tanstack/react-query';
import { answer, api, type Schemas } from '../api';
import { fieldLine } from '../parts/Differences';
import { Failure } from '../parts/Failure';
import { conditionTexts, rangeText, timeText } from '../parts/texts';
import { href } from '../route';
import { t } from '../words';

type Entry = Schemas['AddressRangeObjectRevision'];

/** A call looks at a hundred revisions, most of which are about something else. */
const callsAtOnce = 20;

async function read(id: string, from: string | undefined) {
  const items: Entry[] = [];
  let cursor = from;
  for (let calls = 0; calls < callsAtOnce; calls++) {
    const page = await answer(api.GET('/api/ranges/{id}/history', { params: { path: { id }, query: { cursor } } }));
    items.push(...page.items);
    cursor = page.nextCursor ?? undefined;
    if (!cursor || page.items.some((entry) => entry.change === 'added')) {
      break;
    }
  }
  return { items, cursor };
}

/** What became of one range, the newest first. */
export function RangeHistory({ id }: { id: string }) {
  const history = useInfiniteQuery({
    queryKey: ['range', id, 'history'],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) => read(id, pageParam),
    getNextPageParam: (page) => page.cursor,
  });
  if (history.error) {
    return <Failure error={history.error} retry={() => void history.refetch()} />;
  }
  return (
    <Table
      variant="container"
      items={history.data?.pages.flatMap((page) => page.items) ?? []}
      loading={history.isPending}
      loadingText={t('loading')}
      wrapLines
      ariaLabels={{ tableLabel: t('ranges:history') }}
      header={<Header variant="h2">{t('ranges:history')}</Header>}
      empty={t('ranges:historyEmpty')}
      footer={
        history.hasNextPage && (
          <Button loading={history.isFetchingNextPage} onClick={() => void history.fetchNextPage()}>
            {t('ranges:older')}
          </Button>
        )
      }
      columnDefinitions={[
        { id: 'when', header: t('ranges:when'), minWidth: 150, cell: ({ revision }) => timeText(revision.committedAt) },
        { id: 'who', header: t('ranges:who'), minWidth: 110, cell: ({ revision }) => revision.committedBy },
        { id: 'what', header: t('ranges:what'), minWidth: 260, cell: (entry) => <What entry={entry} /> },
        { id: 'why', header: t('ranges:why'), minWidth: 130, cell: ({ revision }) => revision.comment ?? '–' },
        {
          id: 'revision',
          header: t('ranges:revision'),
          isRowHeader: true,
          minWidth: 100,
          cell: ({ revision }) => <Link href={href(`changes/${revision.number}`)}>{revision.number}</Link>,
        },
      ]}
    />
  );
}

function What({ entry: { change, fields, object } }: { entry: Entry }) {
  return (
    <>
      <Box fontWeight="bold">{t(`ranges:became.${change}`)}</Box>
      {change === 'changed'
        ? fields.map((f) => (
            <div key={f.field}>{fieldLine(f)}</div>
          ))
        : object && [rangeText(object), ...conditionTexts(object)].map((text) => <div key={text}>{text}</div>)}
    </>
  );
}
