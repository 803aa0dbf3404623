import Box from '@cloudscape-design/components/box';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import Table from '@cloudscape-design/components/table';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api } from '../api';
import { Failure } from '../parts/Failure';
import { rangeText } from '../parts/texts';
import { t } from '../words';

const days = 7;

/** Whom and what most decisions of the last days were about. It is counted when somebody wants to know. */
export function MostFrequent() {
  const [isOpen, setIsOpen] = useState(false);
  const summary = useQuery({
    queryKey: ['most-frequent'],
    enabled: isOpen,
    queryFn: () => {
      const from = new Date(Date.now() - days * 86_400_000).toISOString();
      return answer(api.GET('/api/decisions/summary', { params: { query: { by: 'day', from, top: 10 } } }));
    },
  });
  const top = summary.data?.top;
  return (
    <ExpandableSection
      headerText={t('decisions:frequent', { count: days })}
      expanded={isOpen}
      onChange={({ detail }) => setIsOpen(detail.expanded)}
    >
      {summary.error && <Failure error={summary.error} retry={() => void summary.refetch()} />}
      {isOpen && summary.isPending && <Spinner />}
      {top && (
        <SpaceBetween size="l">
          <Counted header={t('decisions:who')} rows={top.users} />
          <Counted header={t('decisions:address')} rows={top.addresses} />
          <Counted
            header={t('decisions:deciding')}
            rows={top.ranges.map((r) => ({ ...r, name: r.range ? rangeText(r.range) : r.rangeId }))}
          />
        </SpaceBetween>
      )}
    </ExpandableSection>
  );
}

interface Row {
  name: string;
  allowed: number;
  reported: number;
  denied: number;
}

function Counted({ header, rows }: { header: string; rows: Row[] }) {
  return (
    <Table
      variant="embedded"
      wrapLines
      items={rows}
      empty={<Box>{t('none')}</Box>}
      columnDefinitions={[
        { id: 'name', header, isRowHeader: true, cell: (row) => row.name },
        { id: 'allowed', header: t('allowed'), width: 120, cell: (row) => row.allowed },
        { id: 'denied', header: t('denied'), width: 120, cell: (row) => row.denied + row.reported },
      ]}
    />
  );
}
