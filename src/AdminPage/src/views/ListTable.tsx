import { useCollection } from '@cloudscape-design/collection-hooks';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import Pagination from '@cloudscape-design/components/pagination';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import TextFilter from '@cloudscape-design/components/text-filter';
import { useAddressLists, useIsEditor, useRanges, useRefreshes } from '../parts/data';
import { Failure } from '../parts/Failure';
import { sourceText } from '../parts/listTexts';
import { go, href } from '../route';
import { language, t } from '../words';
import { AllListFindings, ListFindingSign } from './RangeFindings';
import { Ago } from './RangeList';
import './ranges.css';
import { RefreshSign } from './RefreshSign';

const pageSize = 50;

/** All address lists, and the ways to a new one. */
export function ListTable() {
  const lists = useAddressLists();
  const ranges = useRanges().data ?? [];
  const refreshes = useRefreshes().data ?? [];
  const isEditor = useIsEditor();
  const rows = (lists.data ?? []).map((list) => ({
    ...list,
    sourceText: sourceText(list.source),
    ranges: ranges.filter((range) => range.addressListId === list.id).length,
    refresh: refreshes.find((refresh) => refresh.addressListId === list.id),
  }));
  const { items, actions, collectionProps, filterProps, filteredItemsCount, paginationProps } = useCollection(rows, {
    filtering: {
      fields: ['name', 'description', 'sourceText'],
      empty: t('lists:empty'),
      noMatch: (
        <SpaceBetween size="xs">
          {t('lists:noMatch')}
          <Button onClick={() => actions.setFiltering('')}>{t('ranges:clearFilter')}</Button>
        </SpaceBetween>
      ),
    },
    pagination: { pageSize },
    sorting: { defaultState: { sortingColumn: { sortingField: 'name' } } },
  });
  const kinds = [['countries', 'addCountries'], ['dns', 'addDns'], ['url', 'addUrl']] as const;
  return (
    <SpaceBetween size="m">
      {lists.error && <Failure error={lists.error} retry={() => void lists.refetch()} />}
      <AllListFindings />
      <Table
        {...collectionProps}
        items={items}
        trackBy="id"
        loading={lists.isPending}
        loadingText={t('loading')}
        variant="container"
        wrapLines
        empty={
          <Box textAlign="center" padding="l">
            {collectionProps.empty}
          </Box>
        }
        ariaLabels={{ tableLabel: t('lists:title') }}
        header={
          <Header
            variant="h1"
            counter={lists.data && `(${lists.data.length})`}
            description={t('lists:description')}
            actions={
              isEditor && (
                <SpaceBetween direction="horizontal" size="xs">
                  {kinds.map(([kind, text]) => (
                    <Button key={kind} onClick={() => go('lists/new', { kind })}>
                      {t(`lists:${text}`)}
                    </Button>
                  ))}
                  <Button variant="primary" onClick={() => go('lists/new')}>
                    {t('lists:add')}
                  </Button>
                </SpaceBetween>
              )
            }
          >
            {t('lists:title')}
          </Header>
        }
        filter={
          rows.length > 0 && (
            <TextFilter
              {...filterProps}
              filteringPlaceholder={t('lists:filter')}
              filteringAriaLabel={t('lists:filter')}
              countText={t('lists:matches', { count: filteredItemsCount ?? 0 })}
            />
          )
        }
        pagination={
          paginationProps.pagesCount > 1 && (
            <Pagination
              {...paginationProps}
              ariaLabels={{
                paginationLabel: t('lists:pages'),
                nextPageLabel: t('ranges:nextPage'),
                previousPageLabel: t('ranges:previousPage'),
                pageLabel: (page) => t('ranges:page', { page }),
              }}
            />
          )
        }
        columnDefinitions={[
          {
            id: 'name',
            header: t('lists:name'),
            sortingField: 'name',
            isRowHeader: true,
            minWidth: 160,
            cell: (list) => (
              <div className="given">
                <Link href={href(`lists/${list.id}`)}>{list.name}</Link> <ListFindingSign list={list} />
                <Box color="text-body-secondary">{list.description}</Box>
              </div>
            ),
          },
          {
            id: 'source',
            header: t('lists:source'),
            sortingField: 'sourceText',
            minWidth: 160,
            cell: (list) => <div className="given">{list.sourceText}</div>,
          },
          {
            id: 'entries',
            header: t('lists:entries'),
            sortingField: 'entryCount',
            minWidth: 100,
            cell: (list) => list.entryCount.toLocaleString(language()),
          },
          { id: 'ranges', header: t('lists:ranges'), sortingField: 'ranges', minWidth: 120, cell: (list) => list.ranges },
          {
            id: 'refresh',
            header: t('lists:refreshed'),
            minWidth: 140,
            cell: (list) => <RefreshSign list={list} refresh={list.refresh} />,
          },
          {
            id: 'changed',
            header: t('lists:changed'),
            sortingField: 'updatedAt',
            minWidth: 120,
            cell: (list) => <Ago time={list.updatedAt} who={list.updatedBy} />,
          },
        ]}
      />
    </SpaceBetween>
  );
}
