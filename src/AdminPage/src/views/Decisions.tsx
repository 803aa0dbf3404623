import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import Link from '@cloudscape-design/components/link';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table from '@cloudscape-design/components/table';
import { useInfiniteQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { answer, api, ApiError, type Schemas } from '../api';
import { EntryLink } from '../parts/EntryLink';
import { Failure } from '../parts/Failure';
import { faultText, reasonText, timeText, zone } from '../parts/texts';
import { href } from '../route';
import { t } from '../words';
import { reasons } from './denialText';
import { asCsv, downloadList } from './download';
import { EndpointInput } from './EndpointInput';
import { MomentFields, noMoment, timeOf } from './MomentFields';
import { MostFrequent } from './MostFrequent';
import { clean } from './rangeTexts';

type Decision = Schemas['ShownDecision'];

const pageSize = 100;

const nothing = { q: '', publicIp: '', endpointId: '', outcome: '', from: noMoment, to: noMoment };

/** What is asked of the portal; a moment that isn't one yet is undefined, as one that isn't given. */
const queryOf = ({ q, publicIp, endpointId, outcome, from, to }: typeof nothing) => ({
  q: q.trim() || undefined,
  publicIp: clean(publicIp) || undefined,
  endpointId: endpointId.trim() || undefined,
  allowed: outcome === 'allowed' ? true : outcome === 'denied' ? false : undefined,
  reason: reasons.find((reason) => reason === outcome),
  from: timeOf(from) ?? undefined,
  to: timeOf(to) ?? undefined,
});

/** What was decided, also long ago, and also of those who came in. */
export default function Decisions() {
  const [filled, setFilled] = useState(nothing);
  const [asked, setAsked] = useState(() => ({ query: queryOf(nothing), when: 0 })); // the same may come to something else later
  const [badTimes, setBadTimes] = useState<('from' | 'to')[]>([]);
  const [exportError, setExportError] = useState<unknown>();
  const pages = useInfiniteQuery({
    queryKey: ['decisions', 'found', asked],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      answer(api.GET('/api/decisions', { params: { query: { ...asked.query, limit: pageSize, cursor: pageParam } } })),
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  });
  const items = pages.data?.pages.flatMap((page) => page.items) ?? [];
  const unreadable = pages.data?.pages.reduce((sum, page) => sum + page.unreadable, 0) ?? 0;

  const set = (change: Partial<typeof nothing>) => setFilled({ ...filled, ...change });
  const submit = (e: FormEvent) => {
    e.preventDefault();
    const bad = (['from', 'to'] as const).filter((name) => timeOf(filled[name]) === undefined);
    setBadTimes(bad);
    if (bad.length === 0) {
      setAsked({ query: queryOf(filled), when: Date.now() });
    }
  };
  const exportAll = () =>
    downloadList('decisions', (cursor) =>
      api.GET('/api/decisions', { params: { query: { ...asked.query, limit: 1000, cursor } }, ...asCsv }));

  const fault = (name: keyof typeof nothing) => {
    const found = pages.error instanceof ApiError ? pages.error.faults(name)[0] : undefined;
    return badTimes.some((bad) => bad === name) ? t('ranges:notAMoment') : found && faultText(found);
  };
  const isAtField = (Object.keys(nothing) as (keyof typeof nothing)[]).some(fault);
  const outcomes = [
    { value: '', label: t('decisions:any') },
    { value: 'allowed', label: t('allowed') },
    { value: 'denied', label: t('denied') },
    ...reasons.map((value) => ({ value: value as string, label: `${t('denied')} – ${reasonText(value)}` })),
  ];
  return (
    <SpaceBetween size="l">
      <Header
        variant="h1"
        description={t('decisions:description')}
        actions={
          <Button
            iconName="download"
            onClick={() => void exportAll().then(() => setExportError(undefined), setExportError)}
          >
            {t('decisions:csv')}
          </Button>
        }
      >
        {t('decisions:title')}
      </Header>
      {exportError !== undefined && <Failure error={exportError} />}
      <form onSubmit={submit}>
        <Container>
          <SpaceBetween size="m">
            <ColumnLayout columns={4}>
              <FormField label={t('decisions:person')} constraintText={t('decisions:personHelp')} errorText={fault('q')}>
                <Input value={filled.q} onChange={({ detail }) => set({ q: detail.value })} />
              </FormField>
              <FormField label={t('decisions:address')} constraintText={t('decisions:addressHelp')} errorText={fault('publicIp')}>
                <Input value={filled.publicIp} placeholder="203.0.113.7" onChange={({ detail }) => set({ publicIp: detail.value })} />
              </FormField>
              <FormField label={t('decisions:endpoint')} errorText={fault('endpointId')}>
                <EndpointInput value={filled.endpointId} onChange={(endpointId) => set({ endpointId })} />
              </FormField>
              <FormField label={t('decisions:outcome')}>
                <Select
                  selectedOption={outcomes.find((o) => o.value === filled.outcome)!}
                  options={outcomes}
                  onChange={({ detail }) => set({ outcome: detail.selectedOption.value ?? '' })}
                />
              </FormField>
            </ColumnLayout>
            <ColumnLayout columns={2}>
              <MomentFields
                label={t('decisions:from')}
                timeLabel={t('decisions:fromTime')}
                help={t('ranges:zone', { zone })}
                value={filled.from}
                errorText={fault('from')}
                onChange={(from) => set({ from })}
              />
              <MomentFields
                label={t('decisions:to')}
                timeLabel={t('decisions:toTime')}
                help={t('ranges:zone', { zone })}
                value={filled.to}
                errorText={fault('to')}
                onChange={(to) => set({ to })}
              />
            </ColumnLayout>
            <Button variant="primary" formAction="submit" loading={pages.isFetching && !pages.isFetchingNextPage}>
              {t('decisions:find')}
            </Button>
          </SpaceBetween>
        </Container>
      </form>
      {pages.error && !isAtField && <Failure error={pages.error} retry={() => void pages.refetch()} />}
      {unreadable > 0 && <Alert type="warning">{t('decisions:unreadable', { count: unreadable })}</Alert>}
      <Table
        variant="container"
        contentDensity="compact"
        items={pages.error ? [] : items}
        trackBy="id"
        loading={pages.isPending}
        loadingText={t('loading')}
        wrapLines
        ariaLabels={{ tableLabel: t('decisions:title') }}
        empty={<Box padding="l">{t(pages.hasNextPage ? 'decisions:noneYet' : 'decisions:none')}</Box>}
        columnDefinitions={[
          { id: 'time', header: t('decisions:time'), cell: (d) => timeText(d.time) },
          {
            id: 'outcome',
            header: t('decisions:outcome'),
            minWidth: 180,
            cell: (d) => (
              <>
                <Outcome decision={d} />
                <Box color="text-body-secondary">{reasonText(d.reason)}</Box>
                {d.rangeId && <Link href={href(`ranges/${d.rangeId}`)}>{t('decisions:range')}</Link>}
                {d.entry && (
                  <div>
                    <EntryLink entry={d.entry} />
                  </div>
                )}
              </>
            ),
          },
          {
            id: 'who',
            header: t('decisions:who'),
            isRowHeader: true,
            cell: (d) => (
              <>
                <div>{whoOf(d)}</div>
                {d.username && <Box color="text-body-secondary">{d.commonName}</Box>}
              </>
            ),
          },
          {
            id: 'address',
            header: t('decisions:address'),
            cell: (d) => (
              <>
                <div>{d.publicIp}</div>
                <Box color="text-body-secondary">{d.endpointId}</Box>
              </>
            ),
          },
          {
            id: 'do',
            header: t('decisions:actions'),
            minWidth: 140,
            cell: (d) => (
              <Link
                href={href('try', { decision: d.id })}
                ariaLabel={t('decisions:explainOne', { who: whoOf(d), address: d.publicIp })}
              >
                {t('decisions:explain')}
              </Link>
            ),
          },
        ]}
        footer={
          <Box textAlign="center">
            {pages.hasNextPage ? (
              <Button loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
                {t('decisions:more')}
              </Button>
            ) : (
              items.length > 0 && <Box color="text-body-secondary">{t('decisions:end')}</Box>
            )}
          </Box>
        }
      />
      <MostFrequent />
    </SpaceBetween>
  );
}

const whoOf = (d: Decision) => d.username || d.commonName || '–';

/** What the rules said, and where that was only reported. */
function Outcome({ decision: { allowed, letIn } }: { decision: Decision }) {
  return (
    <StatusIndicator type={allowed ? 'success' : letIn ? 'warning' : 'error'}>
      {t(allowed ? 'allowed' : letIn ? 'reported' : 'denied')}
    </StatusIndicator>
  );
}
