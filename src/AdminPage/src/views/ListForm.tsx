import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import Multiselect from '@cloudscape-design/components/multiselect';
import RadioGroup from '@cloudscape-design/components/radio-group';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import { type FormEvent, useState } from 'react';
import { answer, api, ApiError, type Schemas } from '../api';
import { useIsEditor } from '../parts/data';
import { Failure } from '../parts/Failure';
import { type AddressList, countryName } from '../parts/listTexts';
import { type CommitQuery, type PreviewQuery, useSave } from '../parts/Save';
import { faultText } from '../parts/texts';
import { go, useRoute } from '../route';
import { t } from '../words';
import { countryCodes } from './countryCodes';
import type { Tagged } from './Edited';
import { parse } from './importFormats';
import { type Names, NamesInput, withTyped } from './NamesInput';

type Fault = Schemas['FieldFault'];

const kinds = ['manual', 'dns', 'url', 'countries'] as const;
const formats = ['plain', 'csv', 'aws'] as const;
type Kind = (typeof kinds)[number];
type Format = (typeof formats)[number];

interface Filled {
  name: string;
  description: string;
  kind: Kind;
  names: Names;
  url: string;
  format: Format;
  column: string;
  services: Names;
  regions: Names;
  countries: string[];
  maxChange: string;
  refreshMinutes: string;

  /** Of a new list alone: an address on each line. */
  entries: string;
}

const namesOf = (values: string[] = []): Names => ({ values, text: '' });

const filledOf = (list: AddressList | undefined, kind: Kind): Filled => ({
  name: list?.name ?? '',
  description: list?.description ?? '',
  kind: list?.source.kind ?? kind,
  names: namesOf(list?.source.names),
  url: list?.source.url ?? '',
  format: list?.source.format ?? 'plain',
  column: list?.source.column ?? '',
  services: namesOf(list?.source.services),
  regions: namesOf(list?.source.regions),
  countries: list?.source.countries ?? [],
  maxChange: String(list?.source.maxChange ?? 10),
  refreshMinutes: String(list?.source.refreshMinutes ?? 60),
  entries: '',
});

/** The source as the portal takes it, which has nothing of another kind. */
function sourceOf(filled: Filled): Schemas['ListSourceInput'] {
  const { kind, format } = filled;
  const isAws = kind === 'url' && format === 'aws';
  return kind === 'manual' ? { kind } : {
    kind,
    ...(kind === 'dns' && { names: withTyped(filled.names) }),
    ...(kind === 'countries' && { countries: filled.countries }),
    ...(kind === 'url' && { url: filled.url.trim(), format }),
    ...(kind === 'url' && format === 'csv' && { column: filled.column.trim() }),
    ...(isAws && { services: withTyped(filled.services), regions: withTyped(filled.regions) }),
    maxChange: Number(filled.maxChange),
    refreshMinutes: Number(filled.refreshMinutes),
  };
}

const rowsOf = (text: string) => parse(text, 'plain').rows;

/** A list that is to be added; which kind of source it has may be in the address of the page. */
export function NewList() {
  const asked = useRoute().query.get('kind');
  return useIsEditor() ? (
    <ListForm
      key={asked}
      kind={kinds.find((kind) => kind === asked)}
      save={{
        title: (name) => t('lists:addTitle', { name }),
        preview: (query, body) => answer(api.POST('/api/preview/address-lists', { params: { query }, body })),
        commit: (query, body) => answer(api.POST('/api/address-lists', { params: { query }, body })),
      }}
    />
  ) : (
    <Alert type="info">{t('readOnly')}</Alert>
  );
}

/** A list that is there. Its entries stay as they are. */
export function EditList({ object: list, header, watched }: Tagged<AddressList>) {
  const params = { path: { id: list.id }, header };
  return (
    <ListForm
      list={list}
      save={{
        title: () => t('lists:editTitle', { name: list.name }),
        preview: (query, body) => watched(answer(api.PUT('/api/preview/address-lists/{id}', { params: { ...params, query }, body }))),
        commit: (query, body) => watched(answer(api.PUT('/api/address-lists/{id}', { params: { ...params, query }, body }))),
      }}
    />
  );
}

interface FormProps {
  list?: AddressList;
  kind?: Kind;
  save: {
    title: (name: string) => string;
    preview: (query: PreviewQuery, body: Schemas['AddressListInput']) => Promise<Schemas['Preview']>;
    commit: (query: CommitQuery, body: Schemas['AddressListInput']) => Promise<AddressList>;
  };
}

function ListForm({ list, kind = 'manual', save }: FormProps) {
  const ask = useSave();
  const [filled, setFilled] = useState(() => filledOf(list, kind));
  const [error, setError] = useState<unknown>();
  const faults: Fault[] = error instanceof ApiError ? (error.problem?.faults ?? []) : [];
  const set = (change: Partial<Filled>) => {
    setFilled((old) => ({ ...old, ...change }));
    setError(undefined);
  };
  const isBadNumber = (text: string) => !/^\d+$/.test(text);
  const hasBadNumber = filled.kind !== 'manual' && [filled.maxChange, filled.refreshMinutes].some(isBadNumber);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const body: Schemas['AddressListInput'] = {
      name: filled.name.trim(),
      description: filled.description.trim(),
      source: sourceOf(filled),
      entries: list || filled.kind !== 'manual' ? null : rowsOf(filled.entries).map(({ cells: [cidr, note] }) => ({ cidr: cidr!, note })),
    };
    ask({
      title: save.title(body.name),
      preview: (query) => save.preview(query, body),
      commit: (query) => save.commit(query, body),
      onInvalid: setError,
      onDone: (saved) => go(`lists/${(saved as AddressList).id}`),
    });
  };

  /** What is wrong with a member: of one in a list, which one that is. */
  const fault = (field: string) =>
    faults.filter((f) => f.field === field || f.field.startsWith(`${field}[`)).map(faultText).join(' ') || undefined;
  const entryFaults = faults.filter((f) => f.field.startsWith('entries')).map((f) => {
    const row = rowsOf(filled.entries)[Number(/\[(\d+)\]/.exec(f.field)?.[1])];
    return row ? `${row.number}: ${faultText(f)}` : faultText(f);
  });
  const isAtField = faults.length > 0 && faults.every((f) => /^(name|description|entries|source\.)/.test(f.field));
  const number = (name: 'maxChange' | 'refreshMinutes') => (
    <FormField
      label={t(`lists:${name}`)}
      constraintText={t(`lists:${name}Help`)}
      errorText={isBadNumber(filled[name]) ? t('lists:notANumber') : fault(`source.${name}`)}
    >
      <Input value={filled[name]} inputMode="numeric" onChange={({ detail }) => set({ [name]: detail.value.trim() })} />
    </FormField>
  );
  return (
    <form onSubmit={submit}>
      <Form
        header={<Header variant="h1">{list ? t('lists:editTitle', { name: list.name }) : t('lists:newTitle')}</Header>}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" formAction="none" onClick={() => go(list ? `lists/${list.id}` : 'lists')}>
              {t('cancel')}
            </Button>
            <Button variant="primary" formAction="submit" disabled={!filled.name.trim() || hasBadNumber}>
              {t(list ? 'lists:saveButton' : 'lists:addButton')}
            </Button>
          </SpaceBetween>
        }
      >
        <SpaceBetween size="l">
          {error !== undefined && !isAtField && <Failure error={error} />}
          <Container>
            <SpaceBetween size="l">
              <FormField label={t('lists:name')} constraintText={t('lists:nameHelp')} errorText={fault('name')}>
                <Input value={filled.name} autoFocus={!list} onChange={({ detail }) => set({ name: detail.value })} />
              </FormField>
              <FormField label={t('lists:descriptionOf')} errorText={fault('description')}>
                <Input value={filled.description} onChange={({ detail }) => set({ description: detail.value })} />
              </FormField>
            </SpaceBetween>
          </Container>
          <Container header={<Header variant="h2">{t('lists:source')}</Header>}>
            <SpaceBetween size="l">
              <RadioGroup
                ariaLabel={t('lists:source')}
                value={filled.kind}
                onChange={({ detail }) => set({ kind: detail.value as Kind })}
                items={kinds.map((value) => ({ value, label: t(`lists:kinds.${value}`), description: t(`lists:kindHelp.${value}`) }))}
              />
              {filled.kind === 'manual' && !list && (
                <FormField
                  label={t('lists:begin')}
                  description={t('lists:beginHelp')}
                  errorText={entryFaults.length > 0 ? entryFaults.map((text) => <div key={text}>{text}</div>) : undefined}
                  stretch
                >
                  <Textarea
                    value={filled.entries}
                    rows={6}
                    spellcheck={false}
                    placeholder={'203.0.113.0/28 # …\n198.51.100.7'}
                    onChange={({ detail }) => set({ entries: detail.value })}
                  />
                </FormField>
              )}
              {filled.kind === 'dns' && (
                <NamesInput
                  label={t('lists:names')}
                  description={t('lists:namesHelp')}
                  names={filled.names}
                  errorText={fault('source.names')}
                  onChange={(names) => set({ names })}
                />
              )}
              {filled.kind === 'url' && <FeedFields filled={filled} fault={fault} set={set} />}
              {filled.kind === 'countries' && (
                <SpaceBetween size="l">
                  <FormField label={t('lists:countries')} errorText={fault('source.countries')} stretch>
                    <Multiselect
                      selectedOptions={filled.countries.map(countryOption)}
                      options={countryCodes.map(countryOption).sort((a, b) => a.label.localeCompare(b.label))}
                      placeholder={t('lists:chooseCountries')}
                      filteringType="auto"
                      filteringAriaLabel={t('lists:chooseCountries')}
                      deselectAriaLabel={(option) => t('ranges:removeName', { name: option.label })}
                      onChange={({ detail }) => set({ countries: detail.selectedOptions.map((option) => option.value!) })}
                    />
                  </FormField>
                  <CountryHelp />
                </SpaceBetween>
              )}
              {filled.kind !== 'manual' && (
                <SpaceBetween size="l">
                  <ColumnLayout columns={2}>
                    {number('refreshMinutes')}
                    {number('maxChange')}
                  </ColumnLayout>
                  {filled.kind !== 'countries' && (
                    <Box color="text-body-secondary">{t(list?.entryCount ? 'lists:becomesSource' : 'lists:fromSource')}</Box>
                  )}
                </SpaceBetween>
              )}
            </SpaceBetween>
          </Container>
        </SpaceBetween>
      </Form>
    </form>
  );
}

const countryOption = (value: string) => ({ value, label: countryName(value), labelTag: value });

/** How a country database, which is nobody's to give away, comes into the portal. */
function CountryHelp() {
  return (
    <Alert type="info">
      <SpaceBetween size="xs">
        <div>{t('lists:countryDatabase')}</div>
        <div>{t('lists:countryCommand')}</div>
        <div className="given">
          <Box variant="code">dotnet run --project src/AdminApi -- import-countries GeoLite2-Country.mmdb</Box>
        </div>
        <div>
          {t('lists:countrySetting')} <Box variant="code">Sources:CountryDatabase</Box>
        </div>
      </SpaceBetween>
    </Alert>
  );
}

/** Where a feed is, and what of it counts. */
function FeedFields({ filled, fault, set }: {
  filled: Filled;
  fault: (field: string) => string | undefined;
  set: (change: Partial<Filled>) => void;
}) {
  const options = formats.map((value) => ({ value: value as string, label: t(`lists:formats.${value}`) }));
  return (
    <SpaceBetween size="l">
      <FormField label={t('lists:url')} description={t('lists:urlHelp')} errorText={fault('source.url')} stretch>
        <Input
          value={filled.url}
          type="url"
          spellcheck={false}
          placeholder="https://example.com/addresses.txt"
          onChange={({ detail }) => set({ url: detail.value })}
        />
      </FormField>
      <FormField label={t('lists:format')} errorText={fault('source.format')}>
        <Select
          selectedOption={options.find((o) => o.value === filled.format)!}
          options={options}
          onChange={({ detail }) => {
            const format = detail.selectedOption.value as Format;
            const isToFill = format === 'aws' && !filled.url.trim();
            set({ format, ...(isToFill && { url: 'https://ip-ranges.amazonaws.com/ip-ranges.json' }) });
          }}
        />
      </FormField>
      {filled.format === 'csv' && (
        <FormField label={t('lists:column')} errorText={fault('source.column')}>
          <Input value={filled.column} placeholder="cidr" onChange={({ detail }) => set({ column: detail.value })} />
        </FormField>
      )}
      {filled.format === 'aws' && (
        <ColumnLayout columns={2}>
          {(['services', 'regions'] as const).map((name) => (
            <NamesInput
              key={name}
              label={t(`lists:${name}`)}
              description={t(`lists:${name}Help`)}
              names={filled[name]}
              errorText={fault(`source.${name}`)}
              onChange={(names) => set({ [name]: names })}
            />
          ))}
        </ColumnLayout>
      )}
    </SpaceBetween>
  );
}
