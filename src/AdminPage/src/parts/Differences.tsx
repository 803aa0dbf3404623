import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { Schemas } from '../api';
import { t } from '../words';
import { useMessages, useRanges, useRuleTests } from './data';
import { conditionTexts, fieldText, rangeText, valueText } from './texts';

const shown = 50;

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

/** What is different between two revisions, in words; what has changed since says what things were called then. */
export function Differences({ changes, since }: { changes: Schemas['RuleSetChanges']; since?: Schemas['RuleSetChanges'] }) {
  const ranges = [...(useRanges().data ?? []), ...(since?.ranges.removed ?? [])];
  const messages = [...(useMessages().data ?? []), ...(since?.denialMessages.removed ?? [])];
  const tests = [...(useRuleTests().data ?? []), ...(since?.ruleTests.removed ?? [])];
  type Changed = Schemas['ChangedObject'];
  const name = <T extends { id: string }>(id: string, of: T[], later: Changed[] | undefined, text: (object: T) => string) => {
    const found = of.find((o) => o.id === id);
    const was = later?.find((c) => c.id === id)?.fields.map((f) => [f.field, f.from]) ?? [];
    return found ? text({ ...found, ...Object.fromEntries(was) }) : id;
  };
  const messageText = (m: Schemas['DenialMessage']) => `${t('messages')}: ${m.text}`;
  const testText = (r: Schemas['RuleTest']) => `${t('tests')}: ${r.description}`;
  const lines: Line[] = [
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
