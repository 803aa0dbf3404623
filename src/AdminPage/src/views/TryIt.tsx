import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import DatePicker from '@cloudscape-design/components/date-picker';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import Link from '@cloudscape-design/components/link';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import TimeInput from '@cloudscape-design/components/time-input';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useEffect, useState } from 'react';
import { answer, api, ApiError, type Schemas } from '../api';
import { useIsEditor, useOwnAddress } from '../parts/data';
import { Failure } from '../parts/Failure';
import { useSave } from '../parts/Save';
import { faultText, rangeText, reasonText, timeText, zone } from '../parts/texts';
import { go, href, useRoute } from '../route';
import { t } from '../words';

type Input = Schemas['EvaluationInput'];

export const platforms = ['win', 'mac', 'linux', 'ios', 'android'] as const;

interface Filled {
  publicIp: string;
  username: string;
  groups: string;
  commonName: string;
  endpointId: string;
  platform: string;
  day: string;
  time: string;
}

const empty: Filled = { publicIp: '', username: '', groups: '', commonName: '', endpointId: '', platform: '', day: '', time: '' };

function inputOf(filled: Filled): Input {
  const groups = filled.groups.split(',').map((g) => g.trim()).filter(Boolean);
  return {
    publicIp: filled.publicIp.trim(),
    username: filled.username.trim() || undefined,
    groups: groups.length > 0 ? groups : undefined,
    commonName: filled.commonName.trim() || undefined,
    endpointId: filled.endpointId.trim() || undefined,
    platform: filled.platform || undefined,
    at: filled.day ? new Date(`${filled.day}T${filled.time || '00:00'}`).toISOString() : undefined,
  };
}

/** What a rule test takes: the event as Client VPN would send it. */
function eventOf(input: Input): Schemas['ConnectionEvent'] {
  return {
    'schema-version': 'v3', // without it, what isn't filled in would be missing
    'public-ip': input.publicIp!,
    username: input.username,
    groups: input.groups?.join(','),
    'common-name': input.commonName,
    'endpoint-id': input.endpointId,
    platform: input.platform,
  };
}

/** A connection is described, and the rules say what would become of it. */
export default function TryIt() {
  const { query } = useRoute();
  const [own] = useOwnAddress();
  const decisionId = query.get('decision') ?? undefined;
  const [filled, setFilled] = useState<Filled>({
    ...empty,
    publicIp: query.get('publicIp') ?? (decisionId ? '' : (own ?? '')),
    username: query.get('username') ?? '',
  });
  const [result, setResult] = useState<{ evaluation: Schemas['Evaluation']; input: Input }>();
  const [error, setError] = useState<unknown>();
  const [isBusy, setIsBusy] = useState(false);

  const decision = useQuery({
    queryKey: ['decision', decisionId],
    enabled: !!decisionId,
    queryFn: () => answer(api.GET('/api/decisions/{id}', { params: { path: { id: decisionId! } } })),
  });

  const evaluate = async (input: Input) => {
    setIsBusy(true);
    setError(undefined);
    setResult(undefined);
    try {
      setResult({ evaluation: await answer(api.POST('/api/evaluations', { body: input })), input });
    } catch (e) {
      setError(e);
    } finally {
      setIsBusy(false);
    }
  };

  // Asked why somebody was denied: their connection is filled in, and tried at once, by the present rules.
  useEffect(() => {
    const event = decision.data?.event as Schemas['ConnectionEvent'] | null | undefined;
    if (decision.data) {
      const groups = Array.isArray(event?.groups) ? event.groups.join(', ') : String(event?.groups ?? '');
      setFilled({
        ...empty,
        publicIp: decision.data.publicIp,
        username: decision.data.username,
        commonName: decision.data.commonName,
        endpointId: decision.data.endpointId,
        platform: event?.platform ?? '',
        groups,
      });
      void evaluate(event ? { event } : { publicIp: decision.data.publicIp, username: decision.data.username || undefined });
    }
  }, [decision.data]);

  useEffect(() => {
    if (query.get('publicIp')) {
      void evaluate(inputOf(filled));
    }
  }, []);

  const fault = (field: string) => {
    const found = error instanceof ApiError ? error.faults(field)[0] : undefined;
    return found && faultText(found);
  };
  const isNamed = error instanceof ApiError && (error.problem?.faults ?? []).some((f) => f.field in empty);
  const field = (name: keyof Filled, label: string, description?: string, placeholder?: string) => (
    <FormField label={label} description={description} errorText={fault(name)}>
      <Input value={filled[name]} placeholder={placeholder} onChange={({ detail }) => setFilled({ ...filled, [name]: detail.value })} />
    </FormField>
  );
  const submit = (e: FormEvent) => {
    e.preventDefault();
    void evaluate(inputOf(filled));
  };
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
            <Button variant="primary" formAction="submit" loading={isBusy} disabled={!filled.publicIp.trim()}>
              {t('tryIt:go')}
            </Button>
          }
        >
          <Container>
            <SpaceBetween size="m">
              <ColumnLayout columns={3}>
                {field('publicIp', t('tryIt:address'), t('tryIt:addressHelp'), '203.0.113.7')}
                {field('username', t('tryIt:person'), undefined, 'alice')}
                {field('groups', t('tryIt:groups'), t('tryIt:groupsHelp'))}
              </ColumnLayout>
              <ExpandableSection headerText={t('tryIt:more')}>
                <ColumnLayout columns={3}>
                  {field('endpointId', t('tryIt:endpoint'), undefined, 'cvpn-endpoint-…')}
                  {field('commonName', t('tryIt:commonName'))}
                  <FormField label={t('tryIt:platform')} errorText={fault('platform')}>
                    <Select
                      selectedOption={{ value: filled.platform, label: filled.platform || '–' }}
                      options={['', ...platforms].map((p) => ({ value: p, label: p || '–' }))}
                      onChange={({ detail }) => setFilled({ ...filled, platform: detail.selectedOption.value ?? '' })}
                    />
                  </FormField>
                  <FormField label={t('tryIt:at')} description={t('tryIt:atHelp', { zone })} errorText={fault('at')}>
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
                      onChange={({ detail }) => setFilled({ ...filled, time: detail.value })}
                    />
                  </FormField>
                </ColumnLayout>
              </ExpandableSection>
            </SpaceBetween>
          </Container>
        </Form>
      </form>
      {error !== undefined && !isNamed && <Failure error={error} />}
      {decision.error && <Failure error={decision.error} />}
      {decision.data && (
        <Alert type="info">
          {t('tryIt:original', { time: timeText(decision.data.time) })}{' '}
          {t('tryIt:then', { outcome: decision.data.allowed ? t('allowed') : `${t('denied')} – ${reasonText(decision.data.reason)}` })}
        </Alert>
      )}
      <div aria-live="polite">{result && <Verdict {...result} />}</div>
    </SpaceBetween>
  );
}

function Verdict({ evaluation, input }: { evaluation: Schemas['Evaluation']; input: Input }) {
  const save = useSave();
  const isEditor = useIsEditor();
  const isAllowed = evaluation.allowed;
  const range = evaluation.range as Schemas['DecidingRange'] | null;
  const problem = evaluation.problem as Schemas['Fault'] | null;
  const event = (input.event as Schemas['ConnectionEvent'] | undefined) ?? eventOf(input);
  const keep = () => {
    const body = {
      description: t(isAllowed ? 'tryIt:keepYes' : 'tryIt:keepNo', {
        who: event.username || t('tryIt:somebody'),
        address: event['public-ip'],
      }),
      event,
      allowed: isAllowed,
      at: input.at,
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
      </div>
      {problem && <Alert type="error">{faultText(problem)}</Alert>}
      {!isAllowed && evaluation.response.allow && <Alert type="warning">{t('tryIt:reportOnly')}</Alert>}
      <Box>
        {range ? (
          <Link href={href(`ranges/${evaluation.rangeId}`)}>{t('tryIt:because', { range: rangeText(range) })}</Link>
        ) : (
          evaluation.nearMisses.length === 0 && !problem && t('tryIt:becauseNone')
        )}{' '}
        <Box variant="span" color="text-body-secondary">
          ({t('tryIt:now', { revision: evaluation.revision })})
        </Box>
      </Box>
      {evaluation.nearMisses.length > 0 && (
        <div>
          <Box variant="h3">{t('tryIt:near')}</Box>
          <ul>
            {evaluation.nearMisses.map((miss) => (
              <li key={miss.rangeId}>
                <Link href={href(`ranges/${miss.rangeId}`)}>
                  {t('tryIt:nearMiss', { range: rangeText(miss), condition: t(`conditions.${miss.failed}`) })}
                </Link>
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
      {isEditor && !problem && (
        <SpaceBetween direction="horizontal" size="xs">
          {!isAllowed && (
            <Button onClick={() => go('ranges/new', { cidr: event['public-ip'], users: event.username ?? undefined })}>
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
