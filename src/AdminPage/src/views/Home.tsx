import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import Cards from '@cloudscape-design/components/cards';
import Container from '@cloudscape-design/components/container';
import DatePicker from '@cloudscape-design/components/date-picker';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table from '@cloudscape-design/components/table';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useState, useSyncExternalStore } from 'react';
import { answer, api, type Schemas } from '../api';
import { useDecisions, useIsEditor, useMessages, useRanges, useSettings } from '../parts/data';
import { Failure } from '../parts/Failure';
import { entryText } from '../parts/listTexts';
import { useSave } from '../parts/Save';
import { agoText, explain, reasonText, timeText } from '../parts/texts';
import { go, href } from '../route';
import { t } from '../words';
import { FirstSteps } from './FirstSteps';
import { timeOf } from './MomentFields';

const HourChart = lazy(() => import('./HourChart'));

type Decision = Schemas['ShownDecision'];

const dayMs = 86_400_000;

/** The denials of one person from one address. */
interface Denied {
  key: string;
  who: string;
  publicIp: string;
  last: Decision;
  times: number;
}

const whoOf = (d: Decision) => d.username || d.commonName || '–';

function group(decisions: Decision[]): Denied[] {
  const groups = new Map<string, Denied>();
  for (const d of decisions) {
    const key = JSON.stringify([whoOf(d), d.publicIp]);
    const known = groups.get(key);
    if (known) {
      known.times++;
    } else {
      groups.set(key, { key, who: whoOf(d), publicIp: d.publicIp, last: d, times: 1 });
    }
  }
  return [...groups.values()];
}

/** The first page: who was denied lately, and what to do about it. */
export function Home() {
  const decisions = useDecisions({ allowed: false, hours: 24 }, true);
  const ranges = useRanges();
  const messages = useMessages();
  const isEditor = useIsEditor();
  const [isBeginning, setIsBeginning] = useBeginning(ranges.data?.length === 0);
  const denied = group(decisions.data?.items ?? []);
  void decisions.dataUpdatedAt; // is shown anew with each reading, since "a minute ago" doesn't stay that
  const isNarrow = useIsNarrow();
  const list = {
    items: denied,
    trackBy: 'key',
    loading: decisions.isPending,
    loadingText: t('loading'),
    header: (
      <Header variant="h1" description={t('home:description')} counter={decisions.data && `(${denied.length})`}>
        {t('home:title')}
      </Header>
    ),
    empty: (
      <Box textAlign="center" padding="l">
        <StatusIndicator type="success">{t('home:none')}</StatusIndicator>
      </Box>
    ),
  };
  return (
    <SpaceBetween size="l">
      <ReportOnly />
      {isBeginning && isEditor && ranges.data && (
        <FirstSteps
          hasRange={ranges.data.length > 0}
          hasMessage={(messages.data?.length ?? 0) > 0}
          onClose={() => setIsBeginning(false)}
        />
      )}
      {ranges.error && <Failure error={ranges.error} retry={() => void ranges.refetch()} />}
      {decisions.error && <Failure error={decisions.error} retry={() => void decisions.refetch()} />}
      {isNarrow ? (
        <Cards
          {...list}
          cardDefinition={{
            header: (d) => `${d.who} – ${d.publicIp}`,
            sections: [
              { id: 'why', content: (d) => <Reason denied={d} /> },
              { id: 'last', content: (d) => <Last denied={d} /> },
              { id: 'do', content: (d) => <Actions denied={d} isEditor={isEditor} /> },
            ],
          }}
        />
      ) : (
        <Table
          {...list}
          variant="container"
          wrapLines
          columnDefinitions={[
            {
              id: 'who',
              header: t('home:personAndAddress'),
              minWidth: 150,
              isRowHeader: true,
              cell: (d) => (
                <>
                  <Box fontWeight="bold">{d.who}</Box>
                  {d.publicIp}
                </>
              ),
            },
            { id: 'last', header: t('home:last'), minWidth: 120, cell: (d) => <Last denied={d} /> },
            { id: 'why', header: t('home:why'), minWidth: 180, cell: (d) => <Reason denied={d} /> },
            { id: 'do', header: t('home:actions'), minWidth: 390, cell: (d) => <Actions denied={d} isEditor={isEditor} /> },
          ]}
        />
      )}
      {decisions.data?.nextCursor && (
        <Box color="text-body-secondary">{t('home:loadMore', { count: decisions.data.items.length })}</Box>
      )}
      {(decisions.data?.unreadable ?? 0) > 0 && (
        <Alert type="warning">{t('home:unreadable', { count: decisions.data!.unreadable })}</Alert>
      )}
      <Container header={<Header variant="h2">{t('home:chart')}</Header>}>
        <Suspense fallback={<Spinner />}>
          <HourChart />
        </Suspense>
      </Container>
    </SpaceBetween>
  );
}

/** Whether somebody begins: from the time when there is no range until they say that they know. */
function useBeginning(isNew: boolean) {
  const [isBeginning, setIsBeginning] = useState(localStorage.getItem('beginning') === 'yes');
  const set = (now: boolean) => {
    setIsBeginning(now);
    localStorage.setItem('beginning', now ? 'yes' : 'no');
  };
  useEffect(() => {
    if (isNew) {
      set(true);
    }
  }, [isNew]);
  return [isBeginning, set] as const;
}

/** Whether this is a phone, where a table would hide what can be done. */
const narrow = matchMedia('(max-width: 700px)');
const useIsNarrow = () =>
  useSyncExternalStore(
    (listener) => {
      narrow.addEventListener('change', listener);
      return () => narrow.removeEventListener('change', listener);
    },
    () => narrow.matches,
  );

function Last({ denied }: { denied: Denied }) {
  return (
    <>
      <span title={timeText(denied.last.time)}>{agoText(denied.last.time)}</span>
      {denied.times > 1 && <Box color="text-body-secondary">{t('home:times', { count: denied.times })}</Box>}
    </>
  );
}

function Reason({ denied: { last } }: { denied: Denied }) {
  return (
    <Box color={last.letIn ? 'text-status-warning' : 'text-status-error'}>
      {reasonText(last.reason)}
      {last.letIn && ` (${t('reported')})`}
      {last.entry && <Box color="text-body-secondary">{entryText(last.entry)}</Box>}
    </Box>
  );
}

/** Says that denials are only reported, and what switching over would do. */
function ReportOnly() {
  const settings = useSettings();
  const save = useSave();
  const isEditor = useIsEditor();
  const isReportOnly = settings.data?.enforcement === 'report-only';
  const body = { enforcement: 'enforce' as const };
  const preview = useQuery({
    queryKey: ['switch-over'],
    enabled: isReportOnly,
    queryFn: () => answer(api.PATCH('/api/preview/settings', { body })),
  });
  if (settings.error) {
    return <Failure error={settings.error} retry={() => void settings.refetch()} />;
  }
  return isReportOnly ? (
    <Alert
      type="warning"
      header={t('home:reportOnly')}
      action={
        isEditor && (
          <Button
            onClick={() =>
              save({
                title: t('home:switchOver'),
                preview: (query) => answer(api.PATCH('/api/preview/settings', { params: { query }, body })),
                commit: (query) => answer(api.PATCH('/api/settings', { params: { query }, body })),
              })
            }
          >
            {t('home:switchOver')}
          </Button>
        )
      }
    >
      {preview.data && t('home:reportOnlyWould', { count: preview.data.impact.losingCount })}
      {preview.error && explain(preview.error).join(' ')}
    </Alert>
  ) : null;
}

function Actions({ denied, isEditor }: { denied: Denied; isEditor: boolean }) {
  const save = useSave();
  const [isChoosing, setIsChoosing] = useState(false);
  const { who, publicIp, last } = denied;
  /** The API takes a duration: what an end is chosen for is as long as it is until then, when it is asked. */
  const allow = (title: string, minutes: () => number) => {
    const body = () => ({ duration: `PT${minutes()}M`, reason: t('home:allowReason', { who }) });
    const path = { id: last.id };
    save({
      title,
      button: t('home:allowButton'),
      preview: (query) => answer(api.POST('/api/preview/decisions/{id}/allow', { params: { path, query }, body: body() })),
      commit: (query) => answer(api.POST('/api/decisions/{id}/allow', { params: { path, query }, body: body() })),
    });
  };
  const hours = (count: number) =>
    allow(t('home:allowTitle', { who, address: publicIp, duration: t('home:hours', { count }) }), () => count * 60);
  const until = (end: Date) =>
    allow(t('home:allowTitleUntil', { who, address: publicIp, until: timeText(end.toISOString()) }), () =>
      Math.max(1, Math.floor((end.getTime() - Date.now()) / 60_000)));
  const isBlocked = last.reason === 'address-blocked'; // which no allow range can change
  return (
    <SpaceBetween direction="horizontal" size="xs">
      {isBlocked && last.rangeId && <Button onClick={() => go(`ranges/${last.rangeId}`)}>{t('home:denyRange')}</Button>}
      {isEditor && !isBlocked && (
        <ButtonDropdown
          items={[
            { id: '4', text: t('home:allow4') },
            { id: '24', text: t('home:allowDay') },
            { id: 'until', text: t('home:allowUntil') },
          ]}
          mainAction={{ text: t('home:allow8'), onClick: () => hours(8) }}
          ariaLabel={t('home:actions')}
          onItemClick={({ detail }) => (detail.id === 'until' ? setIsChoosing(true) : hours(Number(detail.id)))}
        />
      )}
      {isEditor && !isBlocked && (
        <Button
          onClick={() =>
            go('ranges/new', { cidr: publicIp, users: last.username, commonNames: last.commonName, endpointIds: last.endpointId })
          }
        >
          {t('home:addRange')}
        </Button>
      )}
      <Link href={href('try', { decision: last.id })}>{t('home:explain')}</Link>
      {isChoosing && (
        <UntilDialog
          onClose={() => setIsChoosing(false)}
          onChosen={(end) => {
            setIsChoosing(false);
            until(end);
          }}
        />
      )}
    </SpaceBetween>
  );
}

function UntilDialog({ onChosen, onClose }: { onChosen: (end: Date) => void; onClose: () => void }) {
  const [day, setDay] = useState('');
  const end = new Date(timeOf({ day, time: '23:59' }) ?? NaN);
  const isGood = end.getTime() > Date.now() && end.getTime() < Date.now() + 30 * dayMs;
  return (
    <Modal
      visible
      header={t('home:until')}
      onDismiss={onClose}
      footer={
        <Box float="right">
          <Button variant="primary" disabled={!isGood} onClick={() => onChosen(end)}>
            {t('home:allowButton')}
          </Button>
        </Box>
      }
    >
      <FormField label={t('home:until')} description={t('home:untilHelp')}>
        <DatePicker
          value={day}
          placeholder="YYYY/MM/DD"
          onChange={({ detail }) => setDay(detail.value)}
          isDateEnabled={(d) => d.getTime() > Date.now() - dayMs && d.getTime() < Date.now() + 29 * dayMs}
        />
      </FormField>
    </Modal>
  );
}
