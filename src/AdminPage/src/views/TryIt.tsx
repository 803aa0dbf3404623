import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { answer, api, ApiError, type Schemas } from '../api';
import { useIsEditor, useOwnAddress } from '../parts/data';
import { EntryLink } from '../parts/EntryLink';
import { Failure } from '../parts/Failure';
import { useSave } from '../parts/Save';
import { faultText, rangeText, reasonText, timeText } from '../parts/texts';
import { go, href, useRoute } from '../route';
import { t } from '../words';
import { type Connection, ConnectionFields, connectionOf, connectionTexts, eventOf, inputOf, noConnection } from './ConnectionFields';
import { timeOf } from './MomentFields';
import './texts.css';

type Event = Schemas['ConnectionEvent'];
type Decision = Schemas['ShownDecision'];

/** A connection that was tried, and when, since trying it again may come to something else. */
interface Tried {
  input: Schemas['EvaluationInput'];
  event: Event;
  at: string | null | undefined;
  when: number;
}

/** A connection is described, and the rules say what would become of it. */
export default function TryIt() {
  const { query } = useRoute();
  const [own] = useOwnAddress();
  const id = query.get('decision');
  const named = { ...noConnection };
  for (const name of ['publicIp', 'username', 'groups', 'commonName', 'endpointId', 'platform'] as const) {
    named[name] = query.get(name) ?? '';
  }
  return id ? (
    <TryAgain key={id} id={id} />
  ) : (
    <TryForm key={`${query}`} begin={{ ...named, publicIp: named.publicIp || (own ?? '') }} isTried={!!named.publicIp} />
  );
}

/** Asked why a connection came out as it did: it is filled in, and tried at once, by the present rules. */
function TryAgain({ id }: { id: string }) {
  const decision = useQuery({
    queryKey: ['decision', id],
    queryFn: () => answer(api.GET('/api/decisions/{id}', { params: { path: { id } } })),
  });
  const { data } = decision;
  const event = data?.event as Event | null | undefined;
  return data ? (
    <TryForm begin={event ? connectionOf(event) : { ...noConnection, ...connectionIn(data) }} event={event} isTried decision={data} />
  ) : decision.error ? (
    <Failure error={decision.error} retry={() => void decision.refetch()} />
  ) : (
    <Spinner size="large" />
  );
}

const connectionIn = ({ publicIp, username, commonName, endpointId }: Decision) => ({ publicIp, username, commonName, endpointId });

function TryForm({ begin, event, isTried, decision }: {
  begin: Connection;

  /** What begin was taken from, whatever else is in it. */
  event?: Event | null;
  isTried: boolean;
  decision?: Decision;
}) {
  const attempt = (filled: Connection, exact?: Event | null, revision?: number): Tried => ({
    input: { ...(exact ? { event: exact } : inputOf(filled)), revision },
    event: exact ?? eventOf(filled),
    at: timeOf(filled.at),
    when: Date.now(),
  });
  const [connection, setConnection] = useState(begin);
  const [revision, setRevision] = useState('');
  const [isBadTime, setIsBadTime] = useState(false);
  const [tried, setTried] = useState(() => (isTried ? attempt(begin, event) : undefined));

  // The answer is of what was tried last, however late another one comes.
  const { data, error, isFetching } = useQuery({
    queryKey: ['evaluation', tried],
    enabled: !!tried,
    queryFn: () => answer(api.POST('/api/evaluations', { body: tried!.input })),
  });

  // What is said of the connection as it was is no more said of another one.
  const edited = () => {
    setTried(undefined);
    setIsBadTime(false);
  };
  const submit = (e: FormEvent) => {
    e.preventDefault();
    const isBad = timeOf(connection.at) === undefined;
    setIsBadTime(isBad);
    setTried(isBad ? undefined : attempt(connection, undefined, revision ? Number(revision) : undefined));
  };

  const fault = (name: keyof Connection | 'revision') => {
    const found = error instanceof ApiError ? error.faults(name)[0] : undefined;
    return name === 'at' && isBadTime ? t('ranges:notAMoment') : found && faultText(found);
  };
  const isAtField = (['revision', ...Object.keys(noConnection)] as (keyof Connection)[]).some(fault);
  return (
    <SpaceBetween size="l">
      <form onSubmit={submit}>
        <Form
          header={
            <Header variant="h1" description={t('tryIt:description')}>
              {t('tryIt:title')}
            </Header>
          }
          actions={
            <Button variant="primary" formAction="submit" loading={isFetching} disabled={!connection.publicIp.trim()}>
              {t('tryIt:go')}
            </Button>
          }
        >
          <Container>
            <ConnectionFields
              value={connection}
              fault={fault}
              atHelp={t('tryIt:atHelp')}
              onChange={(next) => {
                setConnection(next);
                edited();
              }}
            >
              <FormField label={t('tryIt:revision')} constraintText={t('tryIt:revisionHelp')} errorText={fault('revision')}>
                <Input
                  type="number"
                  value={revision}
                  onChange={({ detail }) => {
                    setRevision(detail.value);
                    edited();
                  }}
                />
              </FormField>
            </ConnectionFields>
          </Container>
        </Form>
      </form>
      {error && !isAtField && <Failure error={error} />}
      {decision && (
        <Alert type="info">
          {t('tryIt:original', { time: timeText(decision.time) })}{' '}
          {t('tryIt:then', { outcome: decision.allowed ? t('allowed') : `${t('denied')} – ${reasonText(decision.reason)}` })}
        </Alert>
      )}
      <div aria-live="polite">{tried && data && <Verdict evaluation={data} tried={tried} />}</div>
    </SpaceBetween>
  );
}

function Verdict({ evaluation, tried }: { evaluation: Schemas['Evaluation']; tried: Tried }) {
  const save = useSave();
  const isEditor = useIsEditor();
  const isAllowed = evaluation.allowed;
  const range = evaluation.range as Schemas['DecidingRange'] | null;
  const entry = evaluation.entry as Schemas['MatchedEntry'] | null;
  const problem = evaluation.problem as Schemas['Fault'] | null;
  const { event, at } = tried;
  const isPresent = tried.input.revision === undefined;
  const keep = () => {
    const body = {
      description: t(isAllowed ? 'tryIt:keepYes' : 'tryIt:keepNo', {
        who: event.username || event['common-name'] || t('tryIt:somebody'),
        address: event['public-ip'],
      }),
      event,
      allowed: isAllowed,
      at,
    };
    save({
      title: t('tryIt:keepTitle'),
      preview: (query) => answer(api.POST('/api/preview/rule-tests', { params: { query }, body })),
      commit: (query) => answer(api.POST('/api/rule-tests', { params: { query }, body })),
    });
  };
  return (
    <SpaceBetween size="m">
      <div className={`verdict ${isAllowed ? 'allowed' : 'denied'}`} data-testid="verdict">
        {isAllowed ? '✓' : '✕'} {t(isAllowed ? 'tryIt:yes' : 'tryIt:no')}
        {!isAllowed && ` – ${reasonText(evaluation.reason)}`}
        <div className="of-what">{[...connectionTexts(event), ...(at ? [timeText(at)] : [])].join(' · ')}</div>
      </div>
      {problem && <Alert type="error">{faultText(problem)}</Alert>}
      {!isAllowed && evaluation.response.allow && <Alert type="warning">{t('tryIt:reportOnly')}</Alert>}
      <Box>
        {range && <Link href={href(`ranges/${evaluation.rangeId}`)}>{t('tryIt:because', { range: rangeText(range) })}</Link>}{' '}
        {entry && <>(<EntryLink entry={entry} />) </>}
        <Box variant="span" color="text-body-secondary">
          {t(isPresent ? 'tryIt:now' : 'tryIt:formerly', { revision: evaluation.revision })}
        </Box>
      </Box>
      {evaluation.nearMisses.length > 0 && (
        <div>
          <Box variant="h3">{t('tryIt:near')}</Box>
          <ul>
            {evaluation.nearMisses.map((miss) => (
              <li key={miss.rangeId}>
                <Link href={href(`ranges/${miss.rangeId}`)}>
                  {t(`tryIt:nearMiss.${miss.failed}`, { range: rangeText(miss) })}
                </Link>
                {miss.entry && <> (<EntryLink entry={miss.entry} />)</>}
              </li>
            ))}
          </ul>
        </div>
      )}
      {!isAllowed && (
        <div>
          <Box variant="h3">{t('tryIt:seen')}</Box>
          {evaluation.message ? (
            <div className="vpn-window">
              <header>{t('tryIt:vpn')}</header>
              <p data-testid="message">{evaluation.message}</p>
            </div>
          ) : (
            <Box color="text-body-secondary">{t('tryIt:noMessage')}</Box>
          )}
        </div>
      )}
      {isEditor && !problem && isPresent && (
        <SpaceBetween direction="horizontal" size="xs">
          {!isAllowed && (
            <Button
              onClick={() =>
                go('ranges/new', {
                  cidr: event['public-ip'],
                  users: event.username ?? undefined,
                  commonNames: event['common-name'] ?? undefined,
                  endpointIds: event['endpoint-id'] ?? undefined,
                })
              }
            >
              {t('tryIt:addRange')}
            </Button>
          )}
          <Button onClick={keep}>{t('tryIt:keep')}</Button>
          <Box color="text-body-secondary">{t('tryIt:keepText')}</Box>
        </SpaceBetween>
      )}
    </SpaceBetween>
  );
}
