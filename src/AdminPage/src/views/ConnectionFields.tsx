import ColumnLayout from '@cloudscape-design/components/column-layout';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { type ReactNode, useState } from 'react';
import type { Schemas } from '../api';
import { zone } from '../parts/texts';
import { t } from '../words';
import { EndpointInput } from './EndpointInput';
import { type Moment, MomentFields, momentOf, noMoment, timeOf } from './MomentFields';
import { platformNames } from './rangeTexts';

type Event = Schemas['ConnectionEvent'];

/** A connection as it is filled in. */
export interface Connection {
  publicIp: string;
  username: string;
  groups: string;
  commonName: string;
  endpointId: string;
  platform: string;
  at: Moment;
}

export const noConnection: Connection = {
  publicIp: '', username: '', groups: '', commonName: '', endpointId: '', platform: '', at: noMoment,
};

const groupsOf = (event: Event) => (Array.isArray(event.groups) ? event.groups.map(String).join(', ') : String(event.groups ?? ''));
const groupList = (groups: string) => groups.split(',').map((g) => g.trim()).filter(Boolean);

export const connectionOf = (event: Event, at?: string | null): Connection => ({
  publicIp: event['public-ip'] ?? '',
  username: event.username ?? '',
  groups: groupsOf(event),
  commonName: event['common-name'] ?? '',
  endpointId: event['endpoint-id'] ?? '',
  platform: event.platform ?? '',
  at: momentOf(at),
});

/** The event as Client VPN would send it. What the form doesn't ask for stays as it was. */
export const eventOf = (filled: Connection, old?: Event): Event => ({
  'schema-version': 'v3', // without it, what isn't filled in would be missing
  ...old,
  'public-ip': filled.publicIp.trim(),
  username: filled.username.trim() || undefined,
  groups: old && filled.groups === groupsOf(old) ? old.groups : groupList(filled.groups).join(',') || undefined,
  'common-name': filled.commonName.trim() || undefined,
  'endpoint-id': filled.endpointId.trim() || undefined,
  platform: filled.platform || undefined,
});

/** The same in short, of which the portal says what is wrong with each field. */
export const inputOf = (filled: Connection): Schemas['EvaluationInput'] => ({
  publicIp: filled.publicIp.trim(),
  username: filled.username.trim() || undefined,
  groups: groupList(filled.groups),
  commonName: filled.commonName.trim() || undefined,
  endpointId: filled.endpointId.trim() || undefined,
  platform: filled.platform || undefined,
  at: timeOf(filled.at),
});

/** A connection as a few words each: from where, who, and with what. */
export function connectionTexts(event: Event): string[] {
  const named = (name: string, value: string | null | undefined) => (value ? [`${name}: ${value}`] : []);
  return [
    t('tests:from', { address: event['public-ip'] }),
    ...named(t('conditions.users'), event.username),
    ...named(t('conditions.groups'), groupsOf(event)),
    ...named(t('conditions.common-names'), event['common-name']),
    ...named(t('conditions.endpoint-ids'), event['endpoint-id']),
    ...named(t('conditions.platforms'), event.platform),
  ];
}

interface Props {
  value: Connection;
  onChange: (value: Connection) => void;

  /** What is wrong with one of the fields. */
  fault: (name: keyof Connection) => string | undefined;

  /** What it means when no day is given. */
  atHelp: string;

  /** Whether all fields are shown at once, though nothing is filled in. */
  isOpen?: boolean;

  /** What else is asked under More. */
  children?: ReactNode;
}

/** What is asked of a connection that nobody has made. */
export function ConnectionFields({ value, onChange, fault, atHelp, isOpen = false, children }: Props) {
  const { endpointId, commonName, platform, at } = value;
  const hasMore = !!(endpointId || commonName || platform || at.day);
  const [isExpanded, setIsExpanded] = useState<boolean>();
  const set = (change: Partial<Connection>) => onChange({ ...value, ...change });
  const field = (name: Exclude<keyof Connection, 'at'>, label: string, help?: string, placeholder?: string) => (
    <FormField label={label} constraintText={help} errorText={fault(name)}>
      <Input value={value[name]} placeholder={placeholder} onChange={({ detail }) => set({ [name]: detail.value })} />
    </FormField>
  );
  const platforms = [
    { value: '', label: '–' },
    ...Object.entries(platformNames).map(([name, label]) => ({ value: name, label, labelTag: name })),
  ];
  return (
    <SpaceBetween size="m">
      <ColumnLayout columns={3}>
        {field('publicIp', t('tryIt:address'), t('tryIt:addressHelp'), '203.0.113.7')}
        {field('username', t('tryIt:person'), undefined, 'alice')}
        {field('groups', t('tryIt:groups'), t('tryIt:groupsHelp'))}
      </ColumnLayout>
      <ExpandableSection
        headerText={t('tryIt:more')}
        expanded={isExpanded ?? (isOpen || hasMore)}
        onChange={({ detail }) => setIsExpanded(detail.expanded)}
      >
        <SpaceBetween size="m">
          <ColumnLayout columns={3}>
            <FormField label={t('tryIt:endpoint')} errorText={fault('endpointId')}>
              <EndpointInput value={endpointId} onChange={(next) => set({ endpointId: next })} />
            </FormField>
            {field('commonName', t('tryIt:commonName'), undefined, 'laptop.example.com')}
            <FormField label={t('tryIt:platform')} errorText={fault('platform')}>
              <Select
                selectedOption={platforms.find((p) => p.value === platform) ?? { value: platform }}
                options={platforms}
                onChange={({ detail }) => set({ platform: detail.selectedOption.value ?? '' })}
              />
            </FormField>
          </ColumnLayout>
          <ColumnLayout columns={2}>
            <MomentFields
              label={t('tryIt:at')}
              timeLabel={t('tryIt:atTime')}
              help={`${atHelp} ${t('ranges:zone', { zone })}`}
              value={at}
              errorText={fault('at')}
              onChange={(next) => set({ at: next })}
            />
            {children}
          </ColumnLayout>
        </SpaceBetween>
      </ExpandableSection>
    </SpaceBetween>
  );
}
