import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { Schemas } from '../api';
import { t } from '../words';
import { useAddressLists, useMessages, useRanges, useRuleTests } from './data';
import { type AddressList, remember, sourceText } from './listTexts';
import { conditionTexts, fieldText, rangeText, valueText } from './texts';

const shown = 50;
const shownEntries = 20;

type Kind = 'added' | 'removed' | 'changed';

interface Line {
  kind: Kind;
  text: string;
  details: string[];
}

const colors = { added: 'text-status-success', removed: 'text-status-error', changed: 'text-status-info' } as const;

export const fieldLine = (f: Schemas['FieldChange']) =>
  t('save:fieldFromTo', { field: fieldText(f.field), from: valueText(f.from, f.field), to: valueText(f.to, f.field) });

const fieldLines = (fields: Schemas['FieldChange'][]) => fields.map(fieldLine);

/** Which entries of a list came and went, the first of them one by one. */
function entriesLine({ addressListName: name, addedCount, removedCount, added, removed }: Schemas['EntryChanges']): Line {
  const text = ({ cidr, note }: Schemas['AddressEntry']) => (note ? `${cidr} (${note})` : cidr);
  const lines = [
    ...removed.map((entry) => t('lists:went', { entry: text(entry) })),
    ...added.map((entry) => t('lists:came', { entry: text(entry) })),
  ];
  const left = addedCount + removedCount - Math.min(lines.length, shownEntries);
  return {
    kind: 'changed',
    text: t('lists:changedEntries', { name, added: addedCount, removed: removedCount }),
    details: [...lines.slice(0, shownEntries), ...(left > 0 ? [t('save:more', { count: left })] : [])],
  };
}

/** What is different between two revisions, in words; what has changed since says what things were called then. */
export function Differences({ changes, since }: { changes: Schemas['RuleSetChanges']; since?: Schemas['RuleSetChanges'] }) {
  const ranges = [...(useRanges().data ?? []), ...(since?.ranges.removed ?? [])];
  const messages = [...(useMessages().data ?? []), ...(since?.denialMessages.removed ?? [])];
  const tests = [...(useRuleTests().data ?? []), ...(since?.ruleTests.removed ?? [])];
  const lists = [...(useAddressLists().data ?? []), ...(since?.addressLists.removed ?? []), ...changes.addressLists.added];
  remember(changes.addressLists.removed); // ranges that went with them have their ids alone
  type Changed = Schemas['ChangedObject'];
  const name = <T extends { id: string }>(id: string, of: T[], later: Changed[] | undefined, text: (object: T) => string) => {
    const found = of.find((o) => o.id === id);
    const was = later?.find((c) => c.id === id)?.fields.map((f) => [f.field, f.from]) ?? [];
    return found ? text({ ...found, ...Object.fromEntries(was) }) : id;
  };
  const messageText = (m: Schemas['DenialMessage']) => `${t('messages')}: ${m.text}`;
  const testText = (r: Schemas['RuleTest']) => `${t('tests')}: ${r.description}`;
  const listText = (list: AddressList) => `${t('lists:list')}: ${list.name}`;
  const lines: Line[] = [
    ...(['added', 'removed'] as const).flatMap((kind) =>
      changes.addressLists[kind].map((list) => ({
        kind,
        text: listText(list),
        details: [sourceText(list.source), t('lists:count', { count: list.entryCount })],
      }))),
    ...changes.addressLists.changed.flatMap((c) => {
      const fields = c.fields.filter((f) => f.field !== 'entryCount'); // the entries themselves follow
      const text = name(c.id, lists, since?.addressLists.changed, listText);
      return fields.length > 0 ? [{ kind: 'changed' as const, text, details: fieldLines(fields) }] : [];
    }),
    ...changes.entries.map(entriesLine),
    ...changes.ranges.added.map((r) => ({ kind: 'added' as const, text: rangeText(r), details: conditionTexts(r) })),
    ...changes.ranges.removed.map((r) => ({ kind: 'removed' as const, text: rangeText(r), details: conditionTexts(r) })),
    ...changes.ranges.changed.map((c) => ({
      kind: 'changed' as const,
      text: name(c.id, ranges, since?.ranges.changed, rangeText),
      details: fieldLines(c.fields),
    })),
    ...(['added', 'removed'] as const).flatMap((kind) => [
      ...changes.denialMessages[kind].map((m) => ({ kind, text: messageText(m), details: [] })),
      ...changes.ruleTests[kind].map((r) => ({ kind, text: testText(r), details: [] })),
    ]),
    ...changes.denialMessages.changed.map((c) => ({
      kind: 'changed' as const,
      text: name(c.id, messages, since?.denialMessages.changed, messageText),
      details: fieldLines(c.fields),
    })),
    ...changes.ruleTests.changed.map((c) => ({
      kind: 'changed' as const,
      text: name(c.id, tests, since?.ruleTests.changed, testText),
      details: fieldLines(c.fields),
    })),
    ...(changes.settings.length > 0 ? [{ kind: 'changed' as const, text: t('settings'), details: fieldLines(changes.settings) }] : []),
  ];
  return lines.length === 0 ? (
    <Box color="text-body-secondary">{t('save:nothing')}</Box>
  ) : (
    <SpaceBetween size="xxs">
      {lines.slice(0, shown).map((line, i) => (
        <div key={i}>
          <Box variant="span" color={colors[line.kind]} fontWeight="bold">
            {t(`save:${line.kind}`)}
          </Box>{' '}
          {line.text}
          {line.details.map((detail, j) => (
            <Box key={j} color="text-body-secondary" padding={{ left: 'l' }}>
              {detail}
            </Box>
          ))}
        </div>
      ))}
      {lines.length > shown && <div>{t('save:more', { count: lines.length - shown })}</div>}
    </SpaceBetween>
  );
}
