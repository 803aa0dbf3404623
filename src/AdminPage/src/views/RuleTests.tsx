import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import DatePicker from '@cloudscape-design/components/date-picker';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import RadioGroup from '@cloudscape-design/components/radio-group';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table from '@cloudscape-design/components/table';
import TimeInput from '@cloudscape-design/components/time-input';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useEffect, useState } from 'react';
import { answer, api, ApiError, type Schemas } from '../api';
import { useIsEditor, useOwnAddress, useRuleTests } from '../parts/data';
import { Failure } from '../parts/Failure';
import { useSave } from '../parts/Save';
import { faultText, fieldText, reasonText, timeText, zone } from '../parts/texts';
import { go, useRoute } from '../route';
import { t } from '../words';
import { EndpointInput } from './EndpointInput';
import './texts.css';
import { platforms } from './TryIt';

type Test = Schemas['RuleTest'];
type Event = Schemas['ConnectionEvent'];
type Evaluation = Schemas['Evaluation'];

const maxChecked = 100;
const atOnce = 8;

/** Connections that must stay as they are: the list, or the form for one. */
export default function RuleTests() {
  const { path } = useRoute();
  const tests = useRuleTests();
  const isEditor = useIsEditor();
  const [own] = useOwnAddress();
  const id = path[1];
  if (!id || !isEditor) {
    return <List />;
  }
  if (id === 'new') {
    return <TestForm address={own} />;
  }
  const test = tests.data?.find((r) => r.id === id);
  return test ? <TestForm test={test} />
    : tests.error ? <Failure error={tests.error} />
    : tests.isPending ? <Spinner size="large" />
    : <Alert type="info">{t('tests:gone')}</Alert>;
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

const groupsOf = (event: Event) => (Array.isArray(event.groups) ? event.groups.map(String).join(', ') : String(event.groups ?? ''));

/** A connection as a few words each. */
function connectionTexts(event: Event): string[] {
  const named = (name: string, value: string | null | undefined) => (value ? [`${name}: ${value}`] : []);
  return [
    ...named(t('conditions.users'), event.username),
    ...named(t('conditions.groups'), groupsOf(event)),
    ...named(t('conditions.common-names'), event['common-name']),
    ...named(t('conditions.endpoint-ids'), event['endpoint-id']),
    ...named(t('conditions.platforms'), event.platform),
  ];
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
    save({
      title: t('tests:removeTitle'),
      button: t('remove'),
      preview: (query) => answer(api.DELETE('/api/preview/rule-tests/{id}', { params: { path, query } })),
      commit: (query) => answer(api.DELETE('/api/rule-tests/{id}', { params: { path, query } })),
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
                <div>{t('tests:from', { address: r.event['public-ip'] })}</div>
                {connectionTexts(r.event).map((text) => (
                  <Box key={text} color="text-body-secondary">
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

interface Filled {
  description: string;
  publicIp: string;
  username: string;
  groups: string;
  commonName: string;
  endpointId: string;
  platform: string;
  day: string;
  time: string;
}

const two = (n: number) => String(n).padStart(2, '0');

function filledOf(test: Test | undefined, address: string | undefined): Filled {
  const event = test?.event;
  const at = test?.at ? new Date(test.at) : undefined;
  return {
    description: test?.description ?? '',
    publicIp: event?.['public-ip'] ?? address ?? '',
    username: event?.username ?? '',
    groups: event ? groupsOf(event) : '',
    commonName: event?.['common-name'] ?? '',
    endpointId: event?.['endpoint-id'] ?? '',
    platform: event?.platform ?? '',
    day: at ? `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}` : '', // in the browser's zone
    time: at ? `${two(at.getHours())}:${two(at.getMinutes())}` : '',
  };
}

/** The event as Client VPN would send it. What the form doesn't ask for stays as it was. */
function eventOf(filled: Filled, old: Event | undefined): Event {
  const groups = filled.groups.split(',').map((g) => g.trim()).filter(Boolean).join(',');
  return {
    'schema-version': 'v3', // without it, what isn't filled in would be missing
    ...old,
    'public-ip': filled.publicIp.trim(),
    username: filled.username.trim() || undefined,
    groups: old && filled.groups === groupsOf(old) ? old.groups : groups || undefined,
    'common-name': filled.commonName.trim() || undefined,
    'endpoint-id': filled.endpointId.trim() || undefined,
    platform: filled.platform || undefined,
  };
}

function TestForm({ test, address }: { test?: Test; address?: string }) {
  const save = useSave();
  const before = filledOf(test, address);
  const [filled, setFilled] = useState(before);
  const [allowed, setAllowed] = useState(test?.allowed ?? true);
  const [error, setError] = useState<ApiError>();

  const event = eventOf(filled, test?.event);
  const isSameTime = filled.day === before.day && filled.time === before.time;
  const at = isSameTime ? (test?.at ?? null) : filled.day ? new Date(`${filled.day}T${filled.time || '00:00'}`).toISOString() : null;
  const body = { description: filled.description.trim(), event, at, allowed };

  const submit = (e: FormEvent) => {
    e.preventDefault();
    setError(undefined);
    const path = { id: test?.id ?? '' };
    save({
      title: t(test ? 'tests:editTitle' : 'tests:addTitle'),
      preview: (query) => answer(
        test ? api.PUT('/api/preview/rule-tests/{id}', { params: { path, query }, body })
          : api.POST('/api/preview/rule-tests', { params: { query }, body })),
      commit: (query) => answer(
        test ? api.PUT('/api/rule-tests/{id}', { params: { path, query }, body })
          : api.POST('/api/rule-tests', { params: { query }, body })),
      onInvalid: setError,
      onDone: () => go('tests'),
    });
  };
  const faultsOf = (name: string) => error?.faults(name).map(faultText).join(' ');
  const others = (error?.problem?.faults ?? []).filter((f) => !/^(description|event|at)\b/.test(f.field));
  const field = (name: keyof Filled, label: string, description?: string, placeholder?: string, fault?: string) => (
    <FormField label={label} description={description} errorText={fault}>
      <Input value={filled[name]} placeholder={placeholder} onChange={({ detail }) => setFilled({ ...filled, [name]: detail.value })} />
    </FormField>
  );
  return (
    <form onSubmit={submit}>
      <Form
        header={
          <Header
            variant="h1"
            description={t('tests:description')}
            actions={
              <Button formAction="none" onClick={() => go('try', { publicIp: filled.publicIp.trim(), username: filled.username.trim() })}>
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
            <Button variant="primary" disabled={!filled.publicIp.trim() || !filled.description.trim()}>
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
              {field('description', t('tests:what'), t('tests:whatHelp'), t('tests:whatExample'), faultsOf('description'))}
              <ColumnLayout columns={3}>
                {field('publicIp', t('tryIt:address'), t('tryIt:addressHelp'), '203.0.113.7', faultsOf('event'))}
                {field('username', t('tryIt:person'), undefined, 'alice')}
                {field('groups', t('tryIt:groups'), t('tryIt:groupsHelp'))}
                <FormField label={t('tryIt:endpoint')}>
                  <EndpointInput value={filled.endpointId} onChange={(endpointId) => setFilled({ ...filled, endpointId })} />
                </FormField>
                {field('commonName', t('tryIt:commonName'))}
                <FormField label={t('tryIt:platform')}>
                  <Select
                    selectedOption={{ value: filled.platform, label: filled.platform || '–' }}
                    options={['', ...platforms].map((p) => ({ value: p, label: p || '–' }))}
                    onChange={({ detail }) => setFilled({ ...filled, platform: detail.selectedOption.value ?? '' })}
                  />
                </FormField>
                <FormField label={t('tryIt:at')} description={t('tests:timeHelp', { zone })} errorText={faultsOf('at')}>
                  <DatePicker
                    value={filled.day}
                    placeholder="YYYY/MM/DD"
                    onChange={({ detail }) => setFilled({ ...filled, day: detail.value })}
                  />
                </FormField>
                <FormField label={t('tryIt:atTime')}>
                  <TimeInput
                    value={filled.time}
                    format="hh:mm"
                    placeholder="hh:mm"
                    disabled={!filled.day}
                    onChange={({ detail }) => setFilled({ ...filled, time: detail.value })}
                  />
                </FormField>
              </ColumnLayout>
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
              <Presently event={event} at={at} allowed={allowed} />
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
