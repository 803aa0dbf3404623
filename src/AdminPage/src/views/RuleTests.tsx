import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import RadioGroup from '@cloudscape-design/components/radio-group';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table from '@cloudscape-design/components/table';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useEffect, useState } from 'react';
import { answer, api, ApiError, type Schemas } from '../api';
import { useIsEditor, useOwnAddress, useRuleTests } from '../parts/data';
import { Failure } from '../parts/Failure';
import { useSave } from '../parts/Save';
import { faultText, fieldText, reasonText, timeText } from '../parts/texts';
import { go, useRoute } from '../route';
import { t } from '../words';
import { type Connection, ConnectionFields, connectionOf, connectionTexts, eventOf, noConnection } from './ConnectionFields';
import { Edited, read, type Tagged, useOne } from './Edited';
import { timeOf } from './MomentFields';
import './texts.css';

type Test = Schemas['RuleTest'];
type Event = Schemas['ConnectionEvent'];
type Evaluation = Schemas['Evaluation'];

const maxChecked = 100;
const atOnce = 8;

/** Connections that must stay as they are: the list, or the form for one. */
export default function RuleTests() {
  const { path } = useRoute();
  const isEditor = useIsEditor();
  const [own] = useOwnAddress();
  const id = path[1];
  return !id || !isEditor ? <List /> : id === 'new' ? <TestForm address={own} /> : <EditTest id={id} />;
}

function EditTest({ id }: { id: string }) {
  const found = useOne('rule-test', id, () => api.GET('/api/rule-tests/{id}', { params: { path: { id } } }));
  return <Edited found={found} gone={t('tests:gone')}>{(tagged) => <TestForm tagged={tagged} />}</Edited>;
}

const evaluate = (event: Event, at: string | null | undefined) => answer(api.POST('/api/evaluations', { body: { event, at } }));

/** What the present rules say of each test; null where it could not be found out. */
function useOutcomes(tests: Test[] | undefined) {
  return useQuery({
    queryKey: ['test-outcomes', tests],
    enabled: !!tests,
    queryFn: async () => {
      const outcomes = new Map<string, Evaluation | null>();
      const checked = tests!.slice(0, maxChecked);
      for (let i = 0; i < checked.length; i += atOnce) {
        await Promise.all(checked.slice(i, i + atOnce).map(async (test) => {
          outcomes.set(test.id, await evaluate(test.event, test.at).catch(() => null));
        }));
      }
      return outcomes;
    },
  });
}

const outcomeText = (outcome: Evaluation) =>
  outcome.allowed ? t('tests:wouldLetIn') : t('tests:wouldDeny', { reason: reasonText(outcome.reason) });

function List() {
  const tests = useRuleTests();
  const outcomes = useOutcomes(tests.data);
  const isEditor = useIsEditor();
  const save = useSave();
  const remove = (test: Test) => {
    const path = { id: test.id };
    let header = {}; // so that what is removed is what was shown
    save({
      title: t('tests:removeTitle'),
      button: t('remove'),
      preview: async (query) => {
        header = { 'If-Match': (await read(api.GET('/api/rule-tests/{id}', { params: { path } }))).etag };
        return answer(api.DELETE('/api/preview/rule-tests/{id}', { params: { path, query, header } }));
      },
      commit: (query) => answer(api.DELETE('/api/rule-tests/{id}', { params: { path, query, header } })),
    });
  };
  const holds = (test: Test) => {
    const outcome = outcomes.data?.get(test.id);
    return outcomes.isPending ? <StatusIndicator type="loading">{t('tests:checking')}</StatusIndicator>
      : outcome === undefined ? '–'
      : outcome === null ? <StatusIndicator type="warning">{t('tests:unchecked')}</StatusIndicator>
      : outcome.allowed === test.allowed ? <StatusIndicator>{t('tests:holds')}</StatusIndicator>
      : (
        <StatusIndicator type="error">
          <span className="sentence">{t('tests:broken', { outcome: outcomeText(outcome) })}</span>
        </StatusIndicator>
      );
  };
  const broken = (tests.data ?? []).filter((r) => (outcomes.data?.get(r.id)?.allowed ?? r.allowed) !== r.allowed).length;
  const unchecked = (tests.data?.length ?? 0) - maxChecked;
  return (
    <SpaceBetween size="l">
      {tests.error && <Failure error={tests.error} retry={() => void tests.refetch()} />}
      {broken > 0 && <Alert type="error">{t('tests:someBroken', { count: broken })}</Alert>}
      <Table
        variant="container"
        items={tests.data ?? []}
        trackBy="id"
        loading={tests.isPending}
        loadingText={t('loading')}
        wrapLines
        header={
          <Header
            variant="h1"
            counter={tests.data && `(${tests.data.length})`}
            description={t('tests:description')}
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                <Button onClick={() => go('try')}>{t('tests:tryFirst')}</Button>
                {isEditor && (
                  <Button variant="primary" onClick={() => go('tests/new')}>
                    {t('tests:add')}
                  </Button>
                )}
              </SpaceBetween>
            }
          >
            {t('tests:title')}
          </Header>
        }
        empty={<Box textAlign="center" padding="l">{t('tests:empty')}</Box>}
        footer={
          unchecked > 0 && <Box color="text-body-secondary">{t('tests:notChecked', { max: maxChecked, count: unchecked })}</Box>
        }
        columnDefinitions={[
          { id: 'what', header: t('tests:what'), cell: (r) => r.description, isRowHeader: true, minWidth: 180 },
          {
            id: 'connection',
            header: t('tests:connection'),
            minWidth: 190,
            cell: (r) => (
              <>
                {connectionTexts(r.event).map((text, i) => (
                  <Box key={text} color={i > 0 ? 'text-body-secondary' : undefined}>
                    {text}
                  </Box>
                ))}
              </>
            ),
          },
          { id: 'time', header: t('tests:time'), cell: (r) => (r.at ? timeText(r.at) : t('tests:anyTime')), minWidth: 120 },
          { id: 'expected', header: t('tests:expected'), cell: (r) => t(r.allowed ? 'tests:letIn' : 'tests:denied'), minWidth: 100 },
          { id: 'now', header: t('tests:now'), cell: holds, minWidth: 170 },
          ...(isEditor ? [{
            id: 'actions',
            header: t('tests:actions'),
            minWidth: 130,
            cell: (r: Test) => (
              <SpaceBetween direction="horizontal" size="xs">
                <Button variant="inline-link" ariaLabel={t('tests:editOne', { text: r.description })} onClick={() => go(`tests/${r.id}`)}>
                  {t('edit')}
                </Button>
                <Button variant="inline-link" ariaLabel={t('tests:removeOne', { text: r.description })} onClick={() => remove(r)}>
                  {t('remove')}
                </Button>
              </SpaceBetween>
            ),
          }] : []),
        ]}
      />
    </SpaceBetween>
  );
}

function TestForm({ tagged, address = '' }: { tagged?: Tagged<Test>; address?: string }) {
  const save = useSave();
  const test = tagged?.object;
  const [description, setDescription] = useState(test?.description ?? '');
  const [connection, setConnection] = useState(() => (test ? connectionOf(test.event, test.at) : { ...noConnection, publicIp: address }));
  const [allowed, setAllowed] = useState(test?.allowed ?? true);
  const [error, setError] = useState<ApiError>();
  const [isBadTime, setIsBadTime] = useState(false);

  const event = eventOf(connection, test?.event);
  const at = timeOf(connection.at, test?.at);

  const submit = (e: FormEvent) => {
    e.preventDefault();
    setError(undefined);
    setIsBadTime(at === undefined);
    if (at === undefined) {
      return;
    }
    const body = { description: description.trim(), event, at, allowed };
    const { watched, header } = tagged ?? {};
    const params = { path: { id: test?.id ?? '' }, header };
    save({
      title: t(test ? 'tests:editTitle' : 'tests:addTitle'),
      preview: (query) =>
        watched ? watched(answer(api.PUT('/api/preview/rule-tests/{id}', { params: { ...params, query }, body })))
          : answer(api.POST('/api/preview/rule-tests', { params: { query }, body })),
      commit: (query) =>
        watched ? watched(answer(api.PUT('/api/rule-tests/{id}', { params: { ...params, query }, body })))
          : answer(api.POST('/api/rule-tests', { params: { query }, body })),
      onInvalid: setError,
      onDone: () => go('tests'),
    });
  };
  const faultsOf = (name: string) => error?.faults(name).map(faultText).join(' ');
  const others = (error?.problem?.faults ?? []).filter((f) => !/^(description|event|at)\b/.test(f.field));
  const fault = (name: keyof Connection) =>
    name === 'publicIp' ? faultsOf('event') : name === 'at' ? (isBadTime ? t('ranges:notAMoment') : faultsOf('at')) : undefined;
  return (
    <form onSubmit={submit}>
      <Form
        header={
          <Header
            variant="h1"
            description={t('tests:description')}
            actions={
              <Button formAction="none" onClick={() => go('try', { ...connection, at: undefined })}>
                {t('tests:tryFirst')}
              </Button>
            }
          >
            {t(test ? 'tests:editTitle' : 'tests:addTitle')}
          </Header>
        }
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button formAction="none" variant="link" onClick={() => go('tests')}>
              {t('cancel')}
            </Button>
            <Button variant="primary" disabled={!connection.publicIp.trim() || !description.trim()}>
              {t('tests:save')}
            </Button>
          </SpaceBetween>
        }
      >
        <SpaceBetween size="l">
          {others.length > 0 && (
            <Alert type="error">{others.map((f) => `${fieldText(f.field)}: ${faultText(f)}`).join(' ')}</Alert>
          )}
          <Container>
            <SpaceBetween size="m">
              <FormField label={t('tests:what')} description={t('tests:whatHelp')} errorText={faultsOf('description')}>
                <Input
                  value={description}
                  placeholder={t('tests:whatExample')}
                  onChange={({ detail }) => setDescription(detail.value)}
                />
              </FormField>
              <ConnectionFields value={connection} onChange={setConnection} fault={fault} atHelp={t('tests:timeHelp')} isOpen />
              <FormField label={t('tests:expected')}>
                <RadioGroup
                  value={String(allowed)}
                  items={[
                    { value: 'true', label: t('tests:letIn') },
                    { value: 'false', label: t('tests:denied') },
                  ]}
                  onChange={({ detail }) => setAllowed(detail.value === 'true')}
                />
              </FormField>
              {at !== undefined && <Presently event={event} at={at} allowed={allowed} />}
            </SpaceBetween>
          </Container>
        </SpaceBetween>
      </Form>
    </form>
  );
}

/** What the present rules say of the connection that is being filled in. */
function Presently({ event, at, allowed }: { event: Event; at: string | null; allowed: boolean }) {
  const wanted = JSON.stringify({ event, at });
  const [settled, setSettled] = useState(wanted);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(wanted), 500);
    return () => clearTimeout(timer);
  }, [wanted]);
  const outcome = useQuery({
    queryKey: ['test-outcome', settled],
    queryFn: () => answer(api.POST('/api/evaluations', { body: JSON.parse(settled) as Schemas['EvaluationInput'] })),
    enabled: settled === wanted && event['public-ip'].length > 0,
    retry: false,
  }).data;
  return (
    <div aria-live="polite">
      {settled === wanted && outcome && !outcome.problem && (
        <StatusIndicator type={outcome.allowed === allowed ? 'success' : 'warning'}>
          <span className="sentence">{t('tests:presently', { outcome: outcomeText(outcome) })}</span>
        </StatusIndicator>
      )}
    </div>
  );
}
