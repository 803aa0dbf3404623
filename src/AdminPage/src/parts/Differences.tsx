import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { Schemas } from '../api';
import { t } from '../words';
import { useAddressLists } from './data';
import { remember, sourceText } from './listTexts';
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

/** What is different between two revisions, in words. */
export function Differences({ changes }: { changes: Schemas['RuleSetChanges'] }) {
  useAddressLists(); // whose names are in the texts of ranges
  remember([...changes.addressLists.added, ...changes.addressLists.removed]);
  const linesOf = <T,>(
    of: { added: T[]; removed: T[]; changed: { object: T | null; fields: Schemas['FieldChange'][] }[] },
    text: (object: T) => string,
    details: (object: T) => string[] = () => [],
  ): Line[] => [
    ...(['added', 'removed'] as const).flatMap((kind) => of[kind].map((o) => ({ kind, text: text(o), details: details(o) }))),
    ...of.changed.map((c) => ({ kind: 'changed' as const, text: text(c.object!), details: fieldLines(c.fields) })),
  ];
  const listLines = linesOf(
    {
      ...changes.addressLists,
      changed: changes.addressLists.changed.flatMap(({ object, fields }) => {
        const others = fields.filter((f) => f.field !== 'entryCount'); // the entries themselves follow
        return others.length > 0 ? [{ object, fields: others }] : [];
      }),
    },
    (list) => `${t('lists:list')}: ${list.name}`,
    (list) => [sourceText(list.source), t('lists:count', { count: list.entryCount })],
  );
  const lines: Line[] = [
    ...listLines,
    ...changes.entries.map(entriesLine),
    ...linesOf(changes.ranges, rangeText, conditionTexts),
    ...linesOf(changes.denialMessages, (m) => `${t('messages')}: ${m.text}`),
    ...linesOf(changes.ruleTests, (r) => `${t('tests')}: ${r.description}`),
    ...(changes.settings.length > 0 ? [{ kind: 'changed' as const, text: t('settings'), details: fieldLines(changes.settings) }] : []),
  ];
  const left = [changes.ranges, changes.addressLists, changes.denialMessages, changes.ruleTests].reduce(
    (sum, { addedCount, removedCount, changedCount, added, removed, changed }) =>
      sum + addedCount + removedCount + changedCount - added.length - removed.length - changed.length,
    Math.max(0, lines.length - shown),
  );
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
      {left > 0 && <div>{t('save:more', { count: left })}</div>}
    </SpaceBetween>
  );
}
