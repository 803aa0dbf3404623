import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import Link from '@cloudscape-design/components/link';
import Multiselect from '@cloudscape-design/components/multiselect';
import RadioGroup from '@cloudscape-design/components/radio-group';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Toggle from '@cloudscape-design/components/toggle';
import { type FormEvent, useState } from 'react';
import { answer, api, ApiError, type Schemas } from '../api';
import { useAddressLists, useDecisions, useIsEditor } from '../parts/data';
import { Failure } from '../parts/Failure';
import { type Addresses, listName } from '../parts/listTexts';
import { type CommitQuery, type PreviewQuery, useSave } from '../parts/Save';
import { actionText, fieldText, faultText, type Range, rangeText, zone } from '../parts/texts';
import { go, href, useRoute } from '../route';
import { t } from '../words';
import type { Tagged } from './Edited';
import { type Moment, MomentFields, momentOf, timeOf } from './MomentFields';
import { type Names, NamesInput, withTyped } from './NamesInput';
import './ranges.css';
import { clean, conditionsOf, isForImport, plain, platformNames } from './rangeTexts';
import { ScheduleEditor, tidy } from './ScheduleEditor';

type Fault = Schemas['FieldFault'];
type Platform = Schemas['Platform'];

const platformOption = (value: Platform) => ({ value, label: platformNames[value], labelTag: value });

const lists = ['users', 'groups', 'commonNames', 'endpointIds'] as const;

interface Filled extends Pick<Range, 'action' | 'description' | 'enabled' | 'platforms'>, Record<(typeof lists)[number], Names> {
  by: 'address' | 'list';
  cidr: string;
  addressListId: string;
  validFrom: Moment;
  validUntil: Moment;
  schedule: Schemas['Schedule'];
}

const namesOf = (values: string[] | undefined): Names => ({ values: values ?? [], text: '' });

const filledOf = (range: Partial<Range>): Filled => ({
  by: range.addressListId ? 'list' : 'address',
  addressListId: range.addressListId ?? '',
  cidr: range.cidr ?? '',
  action: range.action ?? 'allow',
  description: range.description ?? '',
  enabled: range.enabled ?? true,
  users: namesOf(range.users),
  groups: namesOf(range.groups),
  commonNames: namesOf(range.commonNames),
  endpointIds: namesOf(range.endpointIds),
  platforms: range.platforms ?? [],
  validFrom: momentOf(range.validFrom),
  validUntil: momentOf(range.validUntil),
  schedule: range.schedule ?? { timeZone: zone, windows: [] },
});

/** A range that is to be added; what the address of the page names is filled in. */
export function NewRange() {
  const { query } = useRoute();
  const isEditor = useIsEditor();
  return isEditor ? (
    <RangeForm
      title={t('ranges:newTitle')}
      button={t('ranges:addButton')}
      begin={{
        cidr: query.get('cidr') ?? '',
        addressListId: query.get('addressListId'),
        users: query.getAll('users'),
        commonNames: query.getAll('commonNames'),
        endpointIds: query.getAll('endpointIds'),
      }}
      save={{
        title: ({ cidr, addressListId }) =>
          cidr === null ? t('ranges:addWithList', { name: listName(addressListId!) }) : t('ranges:addTitle', { cidr }),
        preview: (query, body) => answer(api.POST('/api/preview/ranges', { params: { query }, body })),
        commit: (query, body) => answer(api.POST('/api/ranges', { params: { query }, body })),
      }}
      back="ranges"
    />
  ) : (
    <Alert type="info">{t('readOnly')}</Alert>
  );
}

/** A range that is there. */
export function EditRange({ object: range, header, watched }: Tagged<Range>) {
  const params = { path: { id: range.id }, header };
  return (
    <RangeForm
      title={
        range.cidr === null
          ? t('ranges:editWithList', { name: listName(range.addressListId!) })
          : t('ranges:editTitle', { range: range.cidr })
      }
      button={t('ranges:saveButton')}
      begin={range}
      save={{
        title: () => t('ranges:editTitle', { range: rangeText(range) }),
        preview: (query, body) => watched(answer(api.PUT('/api/preview/ranges/{id}', { params: { ...params, query }, body }))),
        commit: (query, body) => watched(answer(api.PUT('/api/ranges/{id}', { params: { ...params, query }, body }))),
      }}
      back={`ranges/${range.id}`}
    />
  );
}

interface FormProps {
  title: string;
  button: string;
  begin: Partial<Range>;
  save: {
    title: (addresses: Addresses) => string;
    preview: (query: PreviewQuery, body: Schemas['RangeInput']) => Promise<Schemas['Preview']>;
    commit: (query: CommitQuery, body: Schemas['RangeInput']) => Promise<Range>;
  };
  back: string;
}

/** What of a range stands behind More. */
const rootsOfMore = ['users', 'groups', 'commonNames', 'endpointIds', 'platforms', 'validFrom', 'validUntil', 'schedule'];
const rootOf = (fault: Fault) => fault.field.split(/[.[]/)[0]!;
const indexOf = (fault: Fault) => Number(/^\w+\[(\d+)\]/.exec(fault.field)?.[1]);

function RangeForm({ title, button, begin, save, back }: FormProps) {
  const ask = useSave();
  const [filled, setFilled] = useState(() => filledOf(begin));
  const [faults, setFaults] = useState<Fault[]>([]);
  const [twin, setTwin] = useState<Record<string, string>>();
  const [checkError, setCheckError] = useState<unknown>();
  const [isOpen, setIsOpen] = useState(() => conditionsOf(begin).length > 0);
  const decisions = useDecisions().data?.items ?? [];
  const seen = (name: 'username' | 'endpointId') => [...new Set(decisions.map((d) => d[name]))].filter(Boolean).sort();

  const set = (change: Partial<Filled>) => {
    setFilled((old) => ({ ...old, ...change }));
    setFaults((old) => old.filter((f) => !(rootOf(f) in change)));
    if (change.cidr !== undefined || change.by || change.addressListId) {
      setTwin(undefined);
    }
  };
  const show = (found: Fault[]) => {
    setFaults(found);
    setIsOpen((was) => was || found.some((f) => rootsOfMore.includes(rootOf(f))));
  };

  /** The portal alone says what is an address. */
  const check = async (given: string) => {
    setCheckError(undefined);
    const cidr = isForImport(given) ? plain(given) : clean(given);
    set({ cidr });
    if (!cidr || cidr === begin.cidr) {
      return;
    }
    try {
      await answer(api.POST('/api/preview/ranges', { params: { query: { impactDays: 1 } }, body: { cidr } }));
    } catch (e) {
      if (!(e instanceof ApiError)) {
        setCheckError(e);
      } else if (e.problem?.code === 'address-twice') {
        setTwin(e.problem.values);
      } else {
        const found = e.faults('cidr');
        setFaults((old) => [...old.filter((f) => rootOf(f) !== 'cidr'), ...found]);
      }
    }
  };

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const schedule = tidy(filled.schedule);
    const names = {
      users: withTyped(filled.users),
      groups: withTyped(filled.groups),
      commonNames: withTyped(filled.commonNames, true),
      endpointIds: withTyped(filled.endpointIds),
    };
    set({ ...Object.fromEntries(lists.map((list) => [list, namesOf(names[list])])), schedule });
    const moments = { validFrom: timeOf(filled.validFrom, begin.validFrom), validUntil: timeOf(filled.validUntil, begin.validUntil) };
    const bad = (['validFrom', 'validUntil'] as const).filter((name) => moments[name] === undefined);
    if (bad.length > 0) {
      show(bad.map((field) => ({ field, code: 'not-a-moment', message: t('ranges:notAMoment'), values: {} })));
      return;
    }
    const { by, cidr, addressListId, ...rest } = filled;
    const addresses = by === 'address' ? { cidr: clean(cidr), addressListId: null } : { cidr: null, addressListId };
    const body: Schemas['RangeInput'] = {
      ...rest,
      ...names,
      ...addresses,
      description: filled.description.trim(),
      ...moments,
      schedule: schedule.windows.length > 0 ? schedule : null,
    };
    ask({
      title: save.title(addresses),
      preview: (query) => save.preview(query, body),
      commit: (query) => save.commit(query, body),
      onInvalid: (error) => show(error.problem?.faults ?? []),
      onDone: (range) => go(`ranges/${(range as Range).id}`),
    });
  };

  const fault = (field: string) => {
    const found = faults.find((f) => f.field === field);
    return found && faultText(found);
  };
  const listFault = (root: string, values: string[]) => {
    const found = faults.find((f) => rootOf(f) === root);
    const value = found && values[indexOf(found)];
    return found && (value === undefined || 'given' in found.values ? faultText(found) : `${value}: ${faultText(found)}`);
  };
  const others = faults.filter((f) => !(rootOf(f) in filled));
  const addressFault = faults.find((f) => rootOf(f) === 'cidr');
  const { network, address } = addressFault?.values ?? {};
  const fix = (cidr: string, text: string) => (
    <Button
      formAction="none"
      onClick={() => {
        set({ cidr });
        void check(cidr);
      }}
    >
      {text}
    </Button>
  );
  const hasNames = filled.users.values.length + filled.groups.values.length + filled.commonNames.values.length > 0;

  return (
    <form onSubmit={submit}>
      <Form
        header={<Header variant="h1">{title}</Header>}
        errorText={others.length > 0 ? others.map((f) => `${fieldText(f.field)}: ${faultText(f)}`).join(' ') : undefined}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" formAction="none" onClick={() => go(back)}>
              {t('cancel')}
            </Button>
            <Button variant="primary" formAction="submit" disabled={!(filled.by === 'address' ? filled.cidr.trim() : filled.addressListId)}>
              {button}
            </Button>
          </SpaceBetween>
        }
      >
        <SpaceBetween size="l">
          <Container header={<Header variant="h2">{t('ranges:range')}</Header>}>
            <SpaceBetween size="l">
              <FormField label={t('ranges:by')}>
                <RadioGroup
                  value={filled.by}
                  direction="horizontal"
                  onChange={({ detail }) => set({ by: detail.value as Filled['by'] })}
                  items={[
                    { value: 'address', label: t('ranges:byAddress') },
                    { value: 'list', label: t('ranges:byList') },
                  ]}
                />
              </FormField>
              {filled.by === 'list' ? (
                <ListSelect
                  value={filled.addressListId}
                  errorText={fault('addressListId')}
                  onChange={(addressListId) => set({ addressListId })}
                />
              ) : (
                <SpaceBetween size="xs">
                  <FormField
                    label={t('ranges:address')}
                    description={t('ranges:addressHelp')}
                    errorText={addressFault && faultText(addressFault)}
                    warningText={
                      twin && (
                        <>
                          {t('ranges:twice')}{' '}
                          <Link fontSize="body-s" href={href(`ranges/${twin.id}`)}>
                            {twin.description ? `${twin.cidr} (${twin.description})` : twin.cidr}
                          </Link>
                        </>
                      )
                    }
                  >
                    <Input
                      value={filled.cidr}
                      placeholder="203.0.113.0/24"
                      autoFocus={!begin.id}
                      spellcheck={false}
                      onChange={({ detail }) => set({ cidr: detail.value })}
                      onBlur={() => void check(filled.cidr)}
                    />
                  </FormField>
                  {network && (
                    <SpaceBetween direction="horizontal" size="xs">
                      {fix(network, t('ranges:useNetwork', { cidr: network }))}
                      {address && fix(address, t('ranges:useAddress', { cidr: address }))}
                    </SpaceBetween>
                  )}
                  {isForImport(filled.cidr) && (
                    <Alert type="info" action={<Button href={href('import')}>{t('import')}</Button>}>
                      {t('ranges:takenByImport')}
                    </Alert>
                  )}
                  {checkError !== undefined && <Failure error={checkError} />}
                </SpaceBetween>
              )}
              <FormField label={t('ranges:action')} errorText={fault('action')}>
                <RadioGroup
                  value={filled.action}
                  onChange={({ detail }) => set({ action: detail.value as Range['action'] })}
                  items={[
                    { value: 'allow', label: actionText('allow'), description: t('ranges:allowHelp') },
                    { value: 'deny', label: actionText('deny'), description: t('ranges:denyHelp') },
                  ]}
                />
              </FormField>
              <FormField label={t('ranges:descriptionOf')} errorText={fault('description')}>
                <Input value={filled.description} onChange={({ detail }) => set({ description: detail.value })} />
              </FormField>
              {begin.id && (
                <Toggle
                  checked={filled.enabled}
                  description={t('ranges:enabledHelp')}
                  onChange={({ detail }) => set({ enabled: detail.checked })}
                >
                  {t('ranges:enabled')}
                </Toggle>
              )}
            </SpaceBetween>
          </Container>
          <ExpandableSection
            variant="container"
            headerText={t('ranges:more')}
            headerDescription={t('ranges:moreHelp')}
            expanded={isOpen}
            onChange={({ detail }) => setIsOpen(detail.expanded)}
          >
            <SpaceBetween size="l">
              {filled.action === 'deny' && hasNames && <Alert type="warning">{t('ranges:denyNames')}</Alert>}
              <ColumnLayout columns={2}>
                <NamesInput
                  label={t('ranges:users')}
                  description={t('ranges:usersHelp')}
                  names={filled.users}
                  seen={seen('username')}
                  errorText={listFault('users', filled.users.values)}
                  onChange={(users) => set({ users })}
                />
                <NamesInput
                  label={t('ranges:groups')}
                  description={t('ranges:groupsHelp')}
                  names={filled.groups}
                  errorText={listFault('groups', filled.groups.values)}
                  onChange={(groups) => set({ groups })}
                />
                <NamesInput
                  label={t('ranges:commonNames')}
                  description={t('ranges:commonNamesHelp')}
                  names={filled.commonNames}
                  errorText={listFault('commonNames', filled.commonNames.values)}
                  onChange={(commonNames) => set({ commonNames })}
                  hasCommas
                />
                <NamesInput
                  label={t('ranges:endpoints')}
                  description={t('ranges:endpointsHelp')}
                  names={filled.endpointIds}
                  seen={seen('endpointId')}
                  errorText={listFault('endpointIds', filled.endpointIds.values)}
                  onChange={(endpointIds) => set({ endpointIds })}
                />
                <FormField
                  label={t('ranges:platforms')}
                  description={t('ranges:platformsHelp')}
                  errorText={listFault('platforms', filled.platforms)}
                  stretch
                >
                  <Multiselect
                    selectedOptions={filled.platforms.map(platformOption)}
                    options={(Object.keys(platformNames) as Platform[]).map(platformOption)}
                    placeholder={t('ranges:platformsChoose')}
                    deselectAriaLabel={(option) => t('ranges:removeName', { name: option.label })}
                    onChange={({ detail }) => set({ platforms: detail.selectedOptions.map((option) => option.value as Platform) })}
                  />
                </FormField>
              </ColumnLayout>
              <ColumnLayout columns={2}>
                <MomentFields
                  label={t('ranges:validFrom')}
                  timeLabel={t('ranges:timeFrom')}
                  help={`${t('ranges:validFromHelp')} ${t('ranges:zone', { zone })}`}
                  value={filled.validFrom}
                  errorText={fault('validFrom')}
                  onChange={(validFrom) => set({ validFrom })}
                />
                <MomentFields
                  label={t('ranges:validUntil')}
                  timeLabel={t('ranges:timeUntil')}
                  help={`${t('ranges:validUntilHelp')} ${t('ranges:zone', { zone })}`}
                  value={filled.validUntil}
                  timeToBegin="23:59"
                  errorText={fault('validUntil')}
                  onChange={(validUntil) => set({ validUntil })}
                />
              </ColumnLayout>
              <ScheduleEditor schedule={filled.schedule} fault={fault} onChange={(schedule) => set({ schedule })} />
            </SpaceBetween>
          </ExpandableSection>
        </SpaceBetween>
      </Form>
    </form>
  );
}

/** One of the lists that there are. */
function ListSelect({ value, errorText, onChange }: { value: string; errorText: string | undefined; onChange: (id: string) => void }) {
  const found = useAddressLists();
  const options = (found.data ?? []).map((list) => ({
    value: list.id,
    label: list.name,
    description: list.description,
    tags: [t('lists:count', { count: list.entryCount })],
  }));
  return (
    <FormField label={t('ranges:list')} description={t('ranges:listHelp')} errorText={errorText}>
      <Select
        selectedOption={options.find((o) => o.value === value) ?? null}
        options={options}
        placeholder={t('ranges:chooseList')}
        filteringType="auto"
        filteringAriaLabel={t('ranges:findList')}
        filteringPlaceholder={t('ranges:findList')}
        statusType={found.isPending ? 'loading' : 'finished'}
        loadingText={t('loading')}
        empty={
          <SpaceBetween size="xs">
            {t('ranges:noList')}
            <Link href={href('lists/new')}>{t('ranges:newList')}</Link>
          </SpaceBetween>
        }
        onChange={({ detail }) => onChange(detail.selectedOption.value!)}
      />
    </FormField>
  );
}
