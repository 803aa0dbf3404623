import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import { answer, api } from '../api';
import { useFindings, useIsEditor } from '../parts/data';
import { Failure } from '../parts/Failure';
import { listName } from '../parts/listTexts';
import { findingText, type Range, scheduleText, timeText } from '../parts/texts';
import { go, href } from '../route';
import { t } from '../words';
import { Edited, isGone, useOne } from './Edited';
import { EditRange } from './RangeForm';
import { RangeHistory } from './RangeHistory';
import { ActionSign, Ago, StateSign, useLastMatches } from './RangeList';
import { useRangeActions } from './rangeActions';

/** One range: what it says, what was found about it, what became of it, and its form. */
export function RangeView({ id, isEditing }: { id: string; isEditing: boolean }) {
  const found = useOne('range', id, () => api.GET('/api/ranges/{id}', { params: { path: { id } } }));
  const isEditor = useIsEditor();
  if (isEditing && isEditor && !isGone(found.error)) {
    return <Edited found={found} gone={t('ranges:notFound')}>{(tagged) => <EditRange {...tagged} />}</Edited>;
  }
  return (
    <SpaceBetween size="l">
      {found.isPending && <Spinner size="large" />}
      {isGone(found.error) ? (
        <Alert type="info" action={<Button href={href('ranges')}>{t('ranges')}</Button>}>
          {t('ranges:notFound')}
        </Alert>
      ) : found.error ? (
        <Failure error={found.error} retry={() => void found.refetch()} />
      ) : (
        found.data && <Details range={found.data.object} isEditor={isEditor} />
      )}
      <RangeHistory id={id} />
    </SpaceBetween>
  );
}

/** An address of the range to try: the first that a machine could have, of a list that of its first entry. */
async function addressIn({ cidr, addressListId }: Range) {
  const entries = async (id: string) =>
    answer(api.GET('/api/address-lists/{id}/entries', { params: { path: { id }, query: { limit: 1 } } }));
  const block = cidr ?? (await entries(addressListId!)).items[0]?.cidr ?? '';
  const [address = '', length] = block.split('/');
  return Number(length) < 31 ? address.replace(/^(\d+\.\d+\.\d+\.)(\d+)$/, (_, before, last) => `${before}${Number(last) + 1}`) : address;
}

function Details({ range, isEditor }: { range: Range; isEditor: boolean }) {
  const act = useRangeActions();
  const findings = useFindings().data?.filter((f) => f.rangeId === range.id) ?? [];
  const lastMatch = useLastMatches().matches.get(range.id) ?? '';
  const user = range.users.length === 1 && !range.users[0]!.includes('*') ? range.users[0] : undefined;
  const list = (label: string, values: string[]) => (values.length > 0 ? [{ label, value: values.join(', ') }] : []);
  const conditions = [
    ...list(t('ranges:users'), range.users),
    ...list(t('ranges:groups'), range.groups),
    ...list(t('ranges:commonNames'), range.commonNames),
    ...list(t('ranges:endpoints'), range.endpointIds),
    ...list(t('ranges:platforms'), range.platforms),
    ...list(t('ranges:validFrom'), range.validFrom ? [timeText(range.validFrom)] : []),
    ...list(t('ranges:validUntil'), range.validUntil ? [timeText(range.validUntil)] : []),
    ...list(t('ranges:schedule'), range.schedule ? [scheduleText(range.schedule)] : []),
  ];
  return (
    <Container
      header={
        <Header
          variant="h1"
          description={range.description}
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <Button onClick={() => void addressIn(range).then((publicIp) => go('try', { publicIp, username: user }))}>
                {t('ranges:tryAddress')}
              </Button>
              {isEditor && <Button onClick={() => act.remove([range], () => go('ranges'))}>{t('ranges:delete')}</Button>}
              {isEditor && (
                <Button onClick={() => act.switchTo(!range.enabled, [range])}>
                  {t(range.enabled ? 'ranges:switchOff' : 'ranges:switchOn')}
                </Button>
              )}
              {isEditor && (
                <Button variant="primary" onClick={() => go(`ranges/${range.id}/edit`)}>
                  {t('edit')}
                </Button>
              )}
            </SpaceBetween>
          }
        >
          <span className="given">
            {range.addressListId ? t('ranges:withList', { name: listName(range.addressListId) }) : range.cidr}
          </span>
        </Header>
      }
    >
      <SpaceBetween size="l">
        <KeyValuePairs
          columns={3}
          items={[
            ...(range.addressListId
              ? [{
                  label: t('ranges:list'),
                  value: <Link href={href(`lists/${range.addressListId}`)}>{listName(range.addressListId)}</Link>,
                }]
              : []),
            { label: t('ranges:action'), value: <ActionSign range={range} /> },
            { label: t('ranges:state'), value: <StateSign range={range} /> },
            { label: t('ranges:lastMatch'), value: <Ago time={lastMatch} /> },
            ...(conditions.length > 0 ? conditions : [{ label: t('ranges:conditions'), value: t('ranges:always') }]),
            { label: t('ranges:created'), value: <Ago time={range.createdAt} who={range.createdBy} /> },
            { label: t('ranges:changed'), value: <Ago time={range.updatedAt} who={range.updatedBy} /> },
          ]}
        />
        {findings.length > 0 && (
          <Alert type="warning" header={t('ranges:findings')}>
            <ul>
              {findings.map((f, i) => (
                <li key={i}>{findingText(f)}</li>
              ))}
            </ul>
          </Alert>
        )}
      </SpaceBetween>
    </Container>
  );
}
