import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { useState } from 'react';
import type { Schemas } from '../api';
import { t } from '../words';
import { agoText } from './texts';

const first = 20;

/** Whom a change hits, one to a row: how often and when last, from where and to what. Two columns are readable on any phone. */
export function People({ people, count, label }: { people: Schemas['AffectedPerson'][]; count: number; label: string }) {
  const [isWhole, setIsWhole] = useState(false);
  const shown = isWhole ? people : people.slice(0, first);
  return (
    <SpaceBetween size="xs">
      <Table
        variant="embedded"
        wrapLines
        items={shown}
        trackBy="name"
        ariaLabels={{ tableLabel: label }}
        columnDefinitions={[
          {
            id: 'who',
            header: t('save:person'),
            isRowHeader: true,
            cell: (person) => (
              <div className="given">
                <Box fontWeight="bold">{person.name}</Box>
                <Box color="text-body-secondary">
                  {t('save:connections', { count: person.connections, last: agoText(person.lastTime) })}
                </Box>
              </div>
            ),
          },
          {
            id: 'from',
            header: t('save:from'),
            cell: (person) => (
              <div className="given">
                {person.addresses.map((address) => (
                  <div key={address}>{address}</div>
                ))}
                {person.endpointIds.map((endpoint) => (
                  <Box key={endpoint} color="text-body-secondary">
                    {endpoint}
                  </Box>
                ))}
              </div>
            ),
          },
        ]}
      />
      {people.length > shown.length && <Button onClick={() => setIsWhole(true)}>{t('save:all', { count: people.length })}</Button>}
      {count > people.length && shown.length === people.length && <div>{t('save:more', { count: count - people.length })}</div>}
    </SpaceBetween>
  );
}
