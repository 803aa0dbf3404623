import { useCollection } from '@cloudscape-design/collection-hooks';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import Link from '@cloudscape-design/components/link';
import Pagination from '@cloudscape-design/components/pagination';
import PropertyFilter from '@cloudscape-design/components/property-filter';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table from '@cloudscape-design/components/table';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useMemo, useState } from 'react';
import { all, answer, api, ApiError } from '../api';
import { useAddressLists, useDecisions, useIsEditor, useRanges } from '../parts/data';
import { Failure } from '../parts/Failure';
import { addressesText, listName } from '../parts/listTexts';
import { actionText, agoText, conditionTexts, explain, faultText, type Range, rangeText, stateOf, timeText, whoText } from '../parts/texts';
import { go, href } from '../route';
import { t, useLanguage } from '../words';
import { asCsv, downloadList } from './download';
import { AllFindings, FindingSign } from './RangeFindings';
import { useRangeActions } from './rangeActions';
import './ranges.css';
import { addressKey, clean, conditionsOf } from './rangeTexts';

const pageSize = 50; // as many at once are selected, and named in a preview, at most

/** A range with what the table searches and sorts. */
interface Row {
  id: string;
  range: Range;
  key: string;

  /** Its own address, or what its list is called. */
  cidr: string;
  list: string;
  description: string;
  names: string;
  action: string;
  state: ReturnType<typeof stateOf>;
  condition: string[];
  updatedAt: string;
  updatedBy: string;
  lastMatch: string;
}

const stateTypes = { active: 'success', scheduled: 'pending', expired: 'warning', disabled: 'stopped' } as const;

/** Short words that aren't broken, however narrow their column is. */
export function ActionSign({ range }: { range: Range }) {
  return (
    <span className="nowrap">
      <StatusIndicator type={range.action === 'allow' ? 'success' : 'error'}>{actionText(range.action)}</StatusIndicator>
    </span>
  );
}

export function StateSign({ range }: { range: Range }) {
  const state = stateOf(range);
  return (
    <span className="nowrap">
      <StatusIndicator type={stateTypes[state]}>{t(`states.${state}`)}</StatusIndicator>
    </span>
  );
}

/** When a range decided last, by its id, among the newest decisions. */
export function useLastMatches() {
  const decisions = useDecisions().data;
  return useMemo(() => {
    const matches = new Map<string, string>();
    for (const d of decisions?.items ?? []) {
      if (d.rangeId && !matches.has(d.rangeId)) {
        matches.set(d.rangeId, d.time);
      }
    }
    return { matches, count: decisions?.items.length ?? 0, since: decisions?.items.at(-1)?.time };
  }, [decisions]);
}

function rowOf(range: Range, matches: Map<string, string>): Row {
  const { id, cidr, addressListId, description, action, updatedAt, updatedBy } = range;
  const conditions = conditionsOf(range);
  return {
    id,
    range,
    key: cidr === null ? `9 ${addressesText(range)}` : addressKey(cidr), // lists are below the addresses
    cidr: addressesText(range),
    list: addressListId ? listName(addressListId) : '',
    description,
    names: [range.users, range.groups, range.commonNames, range.endpointIds, range.platforms].flat().join('\n'),
    action,
    state: stateOf(range),
    condition: conditions.length > 0 ? conditions : ['none'],
    updatedAt,
    updatedBy,
    lastMatch: matches.get(id) ?? '',
  };
}

/** What is chosen from in the search. */
const choices = {
  action: ['allow', 'deny'],
  state: ['active', 'scheduled', 'expired', 'disabled'],
  condition: ['none', 'users', 'groups', 'common-names', 'endpoint-ids', 'platforms', 'valid-from', 'valid-until', 'schedule'],
} as const;

type Choice = (typeof choices)[keyof typeof choices][number];

function labelOf(value: string) {
  const chosen = value as Choice;
  switch (chosen) {
    case 'allow':
    case 'deny':
      return actionText(chosen);
    case 'active':
    case 'scheduled':
    case 'expired':
    case 'disabled':
      return t(`states.${chosen}`);
    case 'none':
      return t('ranges:noCondition');
    default:
      return t(`conditions.${chosen}`);
  }
}

const exportAll = () =>
  downloadList('ranges', (cursor) => api.GET('/api/ranges', { params: { query: { cursor } }, ...asCsv }));

const has = (values: unknown, value: string) => (values as string[]).includes(value);

/** All ranges, to look through and to switch on and off. */
export function RangeList() {
  const ranges = useRanges();
  const { matches, count, since } = useLastMatches();
  const isEditor = useIsEditor();
  const act = useRangeActions();
  const [address, setAddress] = useState('');
  const [asked, setAsked] = useState('');
  const [exportError, setExportError] = useState<unknown>();
  const containing = useQuery({
    queryKey: ['ranges', 'contains', asked],
    enabled: asked !== '',
    queryFn: async () => {
      const found = await all((cursor) =>
        answer(api.GET('/api/ranges', { params: { query: { contains: asked, limit: 1000, cursor } } })));
      return new Set(found.map((range) => range.id));
    },
  });

  const lang = useLanguage(); // some of a row are words
  const lists = useAddressLists().data;
  const rows = useMemo(() => ranges.data?.map((range) => rowOf(range, matches)) ?? [], [ranges.data, matches, lang, lists]);
  const found = asked && containing.data ? rows.filter((row) => containing.data.has(row.id)) : rows;
  const valuesOf = (propertyKey: 'updatedBy' | 'list') =>
    [...new Set(rows.map((row) => row[propertyKey]))].filter(Boolean).map((value) => ({ propertyKey, value }));
  const text = (key: string, propertyLabel: string, operators: string[] = []) => ({
    key,
    propertyLabel,
    groupValuesLabel: propertyLabel,
    defaultOperator: ':' as const,
    operators: [':', '!:', ...operators],
  });
  const choice = (key: string, propertyLabel: string, match?: (value: unknown, wanted: string) => boolean) => ({
    key,
    propertyLabel,
    groupValuesLabel: propertyLabel,
    operators: [
      { operator: '=', format: labelOf, match },
      { operator: '!=', format: labelOf, match: match && ((value: unknown, wanted: string) => !match(value, wanted)) },
    ],
  });
  const { items, actions, collectionProps, propertyFilterProps, paginationProps, filteredItemsCount } = useCollection(found, {
    propertyFiltering: {
      filteringProperties: [
        text('cidr', t('ranges:address'), ['=']),
        text('list', t('ranges:list'), ['=', '!=']),
        text('description', t('ranges:descriptionOf')),
        text('names', t('ranges:names')),
        choice('action', t('ranges:action')),
        choice('state', t('ranges:state')),
        choice('condition', t('ranges:condition'), has),
        text('updatedBy', t('ranges:changedBy'), ['=', '!=']),
      ],
      filteringOptions: [
        ...Object.entries(choices).flatMap(([propertyKey, values]) =>
          values.map((value) => ({ propertyKey, value, label: labelOf(value) }))),
        ...valuesOf('updatedBy'),
        ...valuesOf('list'),
      ],
      empty: t('ranges:empty'),
      noMatch: (
        <SpaceBetween size="xs">
          {t('ranges:noMatch')}
          <Button onClick={() => showAll()}>{t('ranges:clearFilter')}</Button>
        </SpaceBetween>
      ),
    },
    pagination: { pageSize },
    sorting: { defaultState: { sortingColumn: { sortingField: 'key' } } },
    selection: { trackBy: 'id' },
  });
  const showAll = () => {
    setAddress('');
    setAsked('');
    actions.setPropertyFiltering({ tokens: [], operation: 'and' });
  };
  const selected = (collectionProps.selectedItems ?? []).map((row) => row.range);
  const unselect = () => actions.setSelectedItems([]);
  const doWith = (what: string) => {
    if (what === 'delete') {
      act.remove(selected, unselect);
    } else {
      act.switchTo(what === 'on', selected, unselect);
    }
  };
  const shownCount = filteredItemsCount ?? found.length;

  return (
    <SpaceBetween size="m">
      {ranges.error && <Failure error={ranges.error} retry={() => void ranges.refetch()} />}
      {exportError !== undefined && <Failure error={exportError} />}
      {ranges.data && ranges.data.length > 0 && <AllFindings />}
      <Table
        {...collectionProps}
        selectionType={isEditor ? 'multi' : undefined}
        items={items}
        loading={ranges.isPending}
        loadingText={t('loading')}
        variant="container"
        contentDensity="compact"
        wrapLines
        stickyHeader
        empty={
          <Box textAlign="center" padding="l">
            {asked && found.length === 0 ? (
              <SpaceBetween size="xs">
                {t('ranges:noMatch')}
                <Button onClick={showAll}>{t('ranges:clearFilter')}</Button>
              </SpaceBetween>
            ) : (
              collectionProps.empty
            )}
          </Box>
        }
        ariaLabels={{
          tableLabel: t('ranges:title'),
          selectionGroupLabel: t('ranges:selection'),
          allItemsSelectionLabel: () => t('ranges:selectAll'),
          itemSelectionLabel: (_, row) => t('ranges:select', { range: rangeText(row.range) }),
        }}
        header={
          <Header
            variant="h1"
            counter={ranges.data && (shownCount < rows.length ? `(${shownCount}/${rows.length})` : `(${rows.length})`)}
            description={
              <>
                {t('ranges:description')}
                {since && ` ${t('ranges:matchHelp', { count, since: timeText(since) })}`}
              </>
            }
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                {isEditor && (
                  <ButtonDropdown
                    disabled={selected.length === 0}
                    items={[
                      { id: 'on', text: t('ranges:switchOn'), disabled: selected.every((r) => r.enabled) },
                      { id: 'off', text: t('ranges:switchOff'), disabled: selected.every((r) => !r.enabled) },
                      { id: 'delete', text: t('ranges:delete') },
                    ]}
                    onItemClick={({ detail }) => doWith(detail.id)}
                  >
                    {t('ranges:actions')}
                    {selected.length > 0 && ` (${selected.length})`}
                  </ButtonDropdown>
                )}
                <Button onClick={() => void exportAll().then(() => setExportError(undefined), setExportError)}>
                  {t('ranges:export')}
                </Button>
                {isEditor && <Button href={href('import')}>{t('ranges:import')}</Button>}
                {isEditor && (
                  <Button variant="primary" onClick={() => go('ranges/new')}>
                    {t('ranges:addRange')}
                  </Button>
                )}
              </SpaceBetween>
            }
          >
            {t('ranges:title')}
          </Header>
        }
        filter={
          <div className="searches">
            <FormField label={t('search')} stretch>
              <PropertyFilter
                {...propertyFilterProps}
                filteringPlaceholder={t('ranges:filter')}
                filteringAriaLabel={t('ranges:filter')}
                countText={t('ranges:matches', { count: shownCount })}
                expandToViewport
              />
            </FormField>
            <Containing
              address={address}
              error={containing.error}
              isBusy={containing.isFetching}
              onAsk={() => setAsked(clean(address))}
              onChange={(value) => {
                setAddress(value);
                if (!value) {
                  setAsked('');
                }
              }}
            />
          </div>
        }
        pagination={
          paginationProps.pagesCount > 1 && (
            <Pagination
              {...paginationProps}
              ariaLabels={{
                paginationLabel: t('ranges:pages'),
                nextPageLabel: t('ranges:nextPage'),
                previousPageLabel: t('ranges:previousPage'),
                pageLabel: (page) => t('ranges:page', { page }),
              }}
            />
          )
        }
        columnDefinitions={[
          {
            id: 'cidr',
            header: t('ranges:address'),
            sortingField: 'key',
            isRowHeader: true,
            minWidth: 150,
            cell: ({ range }) => (
              <div className={range.cidr && range.cidr.length <= 20 ? 'address' : 'address long'}>
                <Link href={href(`ranges/${range.id}`)}>{addressesText(range)}</Link>
                <FindingSign range={range} />
              </div>
            ),
          },
          {
            id: 'action',
            header: t('ranges:actionAndState'),
            minWidth: 112,
            cell: ({ range }) => (
              <>
                <ActionSign range={range} />
                <br />
                <StateSign range={range} />
              </>
            ),
          },
          { id: 'description', header: t('ranges:descriptionOf'), cell: (row) => row.description },
          { id: 'conditions', header: t('ranges:conditions'), minWidth: 135, cell: ({ range }) => <Conditions range={range} /> },
          {
            id: 'match',
            header: t('ranges:lastMatch'),
            sortingField: 'lastMatch',
            cell: (row) => <Ago time={row.lastMatch} />,
          },
          {
            id: 'changed',
            header: t('ranges:changed'),
            sortingField: 'updatedAt',
            cell: (row) => <Ago time={row.updatedAt} who={row.updatedBy} />,
          },
        ]}
      />
    </SpaceBetween>
  );
}

function Conditions({ range }: { range: Range }): ReactNode {
  const texts = conditionTexts(range);
  return texts.length === 0 ? (
    <Box color="text-body-secondary">{t('anybody')}</Box>
  ) : (
    texts.map((condition) => <div key={condition}>{condition}</div>)
  );
}

export function Ago({ time, who }: { time: string; who?: string }) {
  return time ? (
    <span title={timeText(time)}>
      {who && whoText(who)}
      {who && <br />}
      {agoText(time)}
    </span>
  ) : (
    '–'
  );
}

/** Asks the portal which ranges an address is in. */
function Containing({ address, error, isBusy, onChange, onAsk }: {
  address: string;
  error: unknown;
  isBusy: boolean;
  onChange: (address: string) => void;
  onAsk: () => void;
}) {
  const fault = error instanceof ApiError ? error.faults('contains')[0] : undefined;
  const submit = (e: FormEvent) => {
    e.preventDefault();
    onAsk();
  };
  return (
    <form onSubmit={submit}>
      <FormField
        label={t('ranges:contains')}
        errorText={fault ? faultText(fault) : error ? explain(error).join(' ') : undefined}
        stretch
      >
        <div className="find">
          <Input type="search" value={address} placeholder="203.0.113.7" onChange={({ detail }) => onChange(detail.value)} />
          <Button formAction="submit" loading={isBusy}>
            {t('ranges:find')}
          </Button>
        </div>
      </FormField>
    </form>
  );
}
