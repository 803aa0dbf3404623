import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import Table from '@cloudscape-design/components/table';
import { useInfiniteQuery } from '@tanstack/react-query';
import type { Schemas } from '../api';
import { fieldLine } from '../parts/Differences';
import { Failure } from '../parts/Failure';
import { timeText, whoText, whyText } from '../parts/texts';
import { href } from '../route';
import { t } from '../words';

/** What became of an object in one revision. */
interface Entry<T> {
  revision: Schemas['Revision'];
  change: Schemas['ObjectChange'];
  fields: Schemas['FieldChange'][];
  object: T | null;
}

interface Props<T> {
  id: string;

  /** One page of its history, as the portal has it. */
  page: (cursor: string | undefined) => Promise<{ items: Entry<T>[]; nextCursor: string | null }>;

  /** What it was, in a few words each. */
  texts: (object: T) => string[];
  empty: string;
}

/** A call looks at a hundred revisions, most of which are about something else. */
const callsAtOnce = 20;

async function read<T>(page: Props<T>['page'], from: string | undefined) {
  const items: Entry<T>[] = [];
  let cursor = from;
  for (let calls = 0; calls < callsAtOnce; calls++) {
    const next = await page(cursor);
    items.push(...next.items);
    cursor = next.nextCursor ?? undefined;
    if (!cursor || next.items.some((entry) => entry.change === 'added')) {
      break;
    }
  }
  return { items, cursor };
}

/** What became of one object, the newest first. */
export function ObjectHistory<T>({ id, page, texts, empty }: Props<T>) {
  const history = useInfiniteQuery({
    queryKey: ['history', id],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) => read(page, pageParam),
    getNextPageParam: (last) => last.cursor,
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
      empty={empty}
      footer={
        history.hasNextPage && (
          <Button loading={history.isFetchingNextPage} onClick={() => void history.fetchNextPage()}>
            {t('ranges:older')}
          </Button>
        )
      }
      columnDefinitions={[
        { id: 'when', header: t('ranges:when'), minWidth: 150, cell: ({ revision }) => timeText(revision.committedAt) },
        { id: 'who', header: t('ranges:who'), minWidth: 110, cell: ({ revision }) => whoText(revision.committedBy) },
        { id: 'what', header: t('ranges:what'), minWidth: 260, cell: (entry) => <What entry={entry} texts={texts} /> },
        { id: 'why', header: t('ranges:why'), minWidth: 130, cell: ({ revision }) => (revision.comment ? whyText(revision.comment) : '–') },
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

function What<T>({ entry: { change, fields, object }, texts }: { entry: Entry<T>; texts: Props<T>['texts'] }) {
  return (
    <>
      <Box fontWeight="bold">{t(`ranges:became.${change}`)}</Box>
      {(change === 'changed' ? fields.map(fieldLine) : object ? texts(object) : []).map((text) => (
        <div key={text} className="given">
          {text}
        </div>
      ))}
    </>
  );
}
