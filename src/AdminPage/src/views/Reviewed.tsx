import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import type { Schemas } from '../api';
import { faultText, reasonText } from '../parts/texts';
import { href } from '../route';
import { t } from '../words';
import type { Ending } from './Sessions';

type Column<T> = TableProps.ColumnDefinition<T>;
type Denied = Schemas['DeniedSession'];
type NotRecorded = Schemas['NotRecordedSession'];

const whoOf = (s: Denied | NotRecorded) => s.username || s.commonName || '–';

const openOf = (sessions: (Denied | NotRecorded)[]) => sessions.filter((s) => !s.terminated).length;

/** What became of a connection that was to be ended. */
function Outcome({ session }: { session: Denied | NotRecorded }) {
  const error = session.error as Schemas['Fault'] | null;
  return error ? (
    <>
      <StatusIndicator type="error">{t('sessions:notEnded')}</StatusIndicator>
      <div>{faultText(error)}</div>
    </>
  ) : session.terminated ? (
    <StatusIndicator>{t('sessions:ended')}</StatusIndicator>
  ) : (
    <StatusIndicator type="info">{t('sessions:leftOpen')}</StatusIndicator>
  );
}

function columns<T extends Denied | NotRecorded>(hasEnded: boolean, more: Column<T>[]): Column<T>[] {
  return [
    { id: 'who', header: t('sessions:person'), isRowHeader: true, minWidth: 110, cell: (s) => <Box fontWeight="bold">{whoOf(s)}</Box> },
    { id: 'certificate', header: t('sessions:certificate'), minWidth: 120, cell: (s) => s.commonName || '–' },
    ...more,
    ...(hasEnded ? [{ id: 'outcome', header: t('sessions:outcome'), minWidth: 170, cell: (s: T) => <Outcome session={s} /> }] : []),
    { id: 'connection', header: t('sessions:connection'), minWidth: 160, cell: (s) => s.connectionId },
  ];
}

/** How many connections an endpoint has, and what became of them. */
export function ReviewSummary({ review }: { review: Schemas['SessionReview'] }) {
  const { denied, notRecorded, active, unreadable } = review;
  const all = [...denied, ...notRecorded];
  const ended = all.filter((s) => s.terminated).length;
  const failed = all.filter((s) => s.error).length;
  return (
    <SpaceBetween size="m">
      {ended > 0 && <Alert type="success">{t('sessions:endedAll', { count: ended })}</Alert>}
      {failed > 0 && <Alert type="error">{t('sessions:endedNot', { count: failed })}</Alert>}
      <Container
        header={
          <Header variant="h2" description={t('sessions:by', { revision: review.revision })}>
            {t('sessions:result', { endpoint: review.endpointId })}
          </Header>
        }
      >
        <SpaceBetween size="m">
          <KeyValuePairs
            columns={4}
            items={[
              { label: t('sessions:active'), value: active },
              { label: t('sessions:stillAllowed'), value: review.stillAllowed },
              { label: t('sessions:wouldBeDenied'), value: denied.length },
              { label: t('sessions:unknown'), value: notRecorded.length },
            ]}
          />
          {all.length === 0 && <StatusIndicator>{t(active === 0 ? 'sessions:noneActive' : 'sessions:good')}</StatusIndicator>}
          {unreadable > 0 && <Alert type="warning">{t('sessions:unreadable', { count: unreadable })}</Alert>}
        </SpaceBetween>
      </Container>
    </SpaceBetween>
  );
}

/** The open connections that would not come in any more, and those of which nothing is known. */
export function Reviewed({ review, hasEnded, onEnd }: {
  review: Schemas['SessionReview'];
  hasEnded: boolean;
  onEnd: (how: Ending, count: number) => void;
}) {
  const { denied, notRecorded } = review;
  const end = (how: Ending, count: number) => count > 0 && <Button onClick={() => onEnd(how, count)}>{t('sessions:end')}</Button>;
  return (
    <SpaceBetween size="l">
      {denied.length > 0 && (
        <Table
          items={denied}
          trackBy="connectionId"
          wrapLines
          header={
            <Header variant="h2" counter={`(${denied.length})`} actions={end({ terminate: true }, openOf(denied))}>
              {t('sessions:wouldBeDenied')}
            </Header>
          }
          columnDefinitions={columns<Denied>(hasEnded, [
            { id: 'address', header: t('sessions:address'), minWidth: 120, cell: (s) => s.publicIp },
            {
              id: 'reason',
              header: t('sessions:reason'),
              minWidth: 160,
              cell: (s) => (
                <SpaceBetween size="xxs">
                  <div>{reasonText(s.reason)}</div>
                  <Link href={href('try', { decision: s.decisionId })} ariaLabel={t('sessions:explainFor', { who: whoOf(s) })}>
                    {t('sessions:explain')}
                  </Link>
                </SpaceBetween>
              ),
            },
          ])}
        />
      )}
      {notRecorded.length > 0 && (
        <Table
          items={notRecorded}
          trackBy="connectionId"
          wrapLines
          header={
            <Header
              variant="h2"
              counter={`(${notRecorded.length})`}
              description={t('sessions:unknownText')}
              actions={end({ terminateNotRecorded: true }, openOf(notRecorded))}
            >
              {t('sessions:unknown')}
            </Header>
          }
          columnDefinitions={columns<NotRecorded>(hasEnded, [])}
        />
      )}
    </SpaceBetween>
  );
}
