import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import BreadcrumbGroup from '@cloudscape-design/components/breadcrumb-group';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table from '@cloudscape-design/components/table';
import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { answer, api, type Schemas } from '../api';
import { Failure } from '../parts/Failure';
import { agoText, summaryText, timeText, whoText, whyText } from '../parts/texts';
import { href, useRoute } from '../route';
import { t } from '../words';
import { OneChange } from './OneChange';

const pageSize = 50;

/** The history of the rules, or one change in it. */
export default function Changes() {
  const number = useRoute().path[1];
  return number === undefined ? <History /> : (
    <SpaceBetween size="m">
      <BreadcrumbGroup
        items={[
          { text: t('changes:title'), href: href('changes') },
          { text: t('changes:one', { number }), href: href(`changes/${number}`) },
        ]}
      />
      <OneChange number={Number(number)} />
    </SpaceBetween>
  );
}

function History() {
  const pages = useInfiniteQuery({
    queryKey: ['revisions'],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) => answer(api.GET('/api/revisions', { params: { query: { limit: pageSize, cursor: pageParam } } })),
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  });
  const verify = useMutation({ mutationFn: () => answer(api.GET('/api/revisions/verify')) });
  const revisions = pages.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <SpaceBetween size="l">
      {pages.error && <Failure error={pages.error} retry={() => void pages.refetch()} />}
      <Table
        variant="container"
        items={revisions}
        trackBy={(r) => String(r.number)}
        loading={pages.isPending}
        loadingText={t('loading')}
        wrapLines
        header={
          <SpaceBetween size="s">
            <Header
              variant="h1"
              description={t('changes:description')}
              actions={
                <Button loading={verify.isPending} onClick={() => verify.mutate()}>
                  {t('changes:verify')}
                </Button>
              }
            >
              {t('changes:title')}
            </Header>
            <div aria-live="polite">
              {verify.error && <Failure error={verify.error} />}
              {verify.data && <Verified check={verify.data} />}
            </div>
          </SpaceBetween>
        }
        empty={<Box padding="l">{t('changes:none')}</Box>}
        columnDefinitions={[
          {
            id: 'number',
            header: t('changes:number'),
            isRowHeader: true,
            minWidth: 115,
            cell: (r) => <Link href={href(`changes/${r.number}`)}>{r.number}</Link>,
          },
          {
            id: 'what',
            header: t('changes:what'),
            minWidth: 240,
            cell: (r) => (
              <>
                <div>{summaryText(r.summary)}</div>
                {r.intact === false && <StatusIndicator type="error">{t('changes:broken')}</StatusIndicator>}
              </>
            ),
          },
          {
            id: 'when',
            header: t('changes:when'),
            minWidth: 200,
            cell: (r) => (
              <>
                <div>{timeText(r.committedAt)}</div>
                <Box color="text-body-secondary" fontSize="body-s">
                  {agoText(r.committedAt)}
                </Box>
              </>
            ),
          },
          { id: 'who', header: t('changes:who'), minWidth: 140, cell: (r) => <span className="given">{whoText(r.committedBy)}</span> },
          {
            id: 'why',
            header: t('changes:why'),
            minWidth: 160,
            cell: (r) => <span className="given">{r.comment && whyText(r.comment)}</span>,
          },
        ]}
        footer={
          revisions.length > 0 && (
            <Box textAlign="center">
              {pages.hasNextPage ? (
                <Button loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
                  {t('changes:more')}
                </Button>
              ) : (
                <Box color="text-body-secondary">{t('changes:end')}</Box>
              )}
            </Box>
          )
        }
      />
    </SpaceBetween>
  );
}

/** What came of a look at the whole history. */
function Verified({ check }: { check: Schemas['HistoryCheck'] }) {
  if (check.firstBroken !== null) {
    const number = check.firstBroken;
    return (
      <Alert type="error" header={t('changes:verifyBroken', { number })}>
        {t('changes:verifyBrokenText')} <Link href={href(`changes/${number}`)}>{t('changes:one', { number })}</Link>
      </Alert>
    );
  }
  const { since, checked } = check;
  const head = check.head as Schemas['Revision'] | null;
  return since === null ? (
    <Alert type="info">{t('changes:verifyNone')}</Alert>
  ) : (
    <Alert type="success" header={t('changes:verifyGood', { count: checked, since })}>
      {since > 1 && <div>{t('changes:verifyOlder', { since })}</div>}
      {head?.chain && (
        <>
          {t('changes:verifyHead', { number: head.number })} <Box variant="code">{head.chain}</Box>
        </>
      )}
    </Alert>
  );
}
