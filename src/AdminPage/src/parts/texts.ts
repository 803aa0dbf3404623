import i18next from 'i18next';
import { ApiError, type Schemas } from '../api';
import { language, t } from '../words';
import { summaryInJapanese, whoInJapanese, whyInJapanese } from '../words/changes';
import { errors, fields, findings, listFindings, nouns } from '../words/errors.ja';
import { fields as names } from '../words/fields.en';
import { type Addresses, addressesText, listName, type Source, sourceText } from './listTexts';

export type Range = Schemas['AddressRange'];

/** What the API calls a list that stands in the place of an address. */
const listId = /^The address list ([\da-f]{8}-[\da-f-]{27})/;

const pattern = /\{\{(\w+)\}\}/g;

/** Values as a Japanese sentence can have them. */
function valuesInJapanese(values: Record<string, string>) {
  const { reason, what, endpoints, kind, example, cidr } = values;
  return {
    ...values,
    ...(reason && { reason: reasonText(reason) }),
    ...(what && { what: nouns[what] ?? what }),
    ...(kind && { kind: nouns[kind] ?? kind }),
    ...(cidr && { cidr: cidr.replace(listId, (_, id: string) => t('lists:named', { name: listName(id) })) }),
    ...(example && { example: nouns[example] ?? example }),
    ...(endpoints && { endpoints: endpoints.replace(/ and others$/, ' など') }),
  };
}

/** The sentence of a code in Japanese where there is one; the API's own otherwise. */
function sentence(codes: Record<string, string | string[]>, code: string, message: string, values: Record<string, string>) {
  const texts = language() === 'ja' ? [codes[code] ?? []].flat() : [];
  const text = texts.find((one) => [...one.matchAll(pattern)].every(([, name]) => name! in values));
  return text === undefined ? message.replace(listId, (_, id: string) => `The address list ${listName(id)}`)
    : i18next.services.interpolator.interpolate(text, valuesInJapanese(values), language(), { escapeValue: false });
}

export const faultText = (fault: Pick<Schemas['FieldFault'], 'code' | 'message' | 'values'>) =>
  sentence(errors, fault.code, fault.message, fault.values);

export const findingText = (finding: Schemas['Finding']) =>
  sentence(findings, finding.kind, finding.message, finding.values);

/** A refresh that failed says why by the code of that. */
export const listFindingText = ({ kind, message, values }: Schemas['ListFinding']) =>
  kind === 'not-refreshed' && language() === 'ja'
    ? `${t('lists:failed')}${sentence(errors, values.code ?? '', message, values)}`
    : sentence(listFindings, kind, message, values);

/** A member's name as an administrator would call it. */
export function fieldText(field: string) {
  if (language() !== 'ja') {
    return field.replace(/[^.]+$/, (last) => names[last as keyof typeof names] ?? last);
  }
  const place = /^line (\d+)/.exec(field)?.[1];
  const index = /^\[(\d+)\]/.exec(field)?.[1];
  const where = place ? `${place} 行目` : index ? `${Number(index) + 1} 件目` : '';
  const name = field.replace(/^line \d+/, '').replace(/\[\d+\]/g, '').split('.').at(-1)!;
  return [where, fields[name] ?? name].filter(Boolean).join(' ');
}

/** What went wrong, as sentences. */
export function explain(error: unknown): string[] {
  if (!(error instanceof ApiError)) {
    return [error instanceof TypeError ? t('offline') : String(error)];
  }
  const { problem } = error;
  if (!problem) {
    return [error.message];
  }
  return problem.faults?.length
    ? problem.faults.map((f) => `${fieldText(f.field)}: ${faultText(f)}`)
    : [sentence(errors, problem.code, problem.detail, problem.values), ...(language() === 'ja' ? hitBy(problem) : [])];
}

/** Which tests and whom a refused change hits: the API's own sentence has them, but they are none of its values. */
function hitBy({ brokenRuleTests = [], lostEndpoints = [], impact }: Partial<Schemas['RefusedChange']>) {
  const { losingCount: count = 0, losing = [], days } = impact ?? {};
  const named = losing.slice(0, 20).map((person) => person.name).join(', ');
  const more = count > 20 ? [t('save:more', { count: count - 20 })] : [];
  return [
    ...lostEndpoints.map(lostText),
    ...(brokenRuleTests.length > 0 ? [`${t('save:tests')}: ${brokenRuleTests.map((test) => test.description).join(', ')}`] : []),
    ...(count > 0 ? [[t('save:losing', { count, days }), named, ...more].join(' ')] : []),
  ];
}

/** Out of which endpoint somebody shuts themselves, and why. */
export const lostText = ({ endpointId, publicIp, reason }: Schemas['LostEndpoint']) =>
  t('save:lost', { endpoint: endpointId, address: publicIp, reason: reasonText(reason) });

export const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** A moment in the browser's zone. */
export const timeText = (time: string) =>
  new Intl.DateTimeFormat(language(), { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' }).format(
    new Date(time));

/** How long ago, or how long still. */
export function agoText(time: string, now = Date.now()) {
  const seconds = (new Date(time).getTime() - now) / 1000;
  const format = new Intl.RelativeTimeFormat(language(), { numeric: 'auto', style: 'short' });
  for (const [unit, size] of [['day', 86_400], ['hour', 3_600], ['minute', 60]] as const) {
    if (Math.abs(seconds) >= size) {
      return format.format(Math.round(seconds / size), unit);
    }
  }
  return format.format(0, 'minute');
}

export const reasonText = (reason: unknown) => (typeof reason === 'string' ? t(`reasons.${reason}` as 'reasons.address-blocked') : '');

export const actionText = (action: Schemas['RangeAction']) => t(action === 'allow' ? 'allow' : 'deny');

export function stateOf(range: Range, now = Date.now()): Schemas['RangeState'] {
  return !range.enabled ? 'disabled'
    : range.validUntil && Date.parse(range.validUntil) <= now ? 'expired'
    : range.validFrom && Date.parse(range.validFrom) > now ? 'scheduled'
    : 'active';
}

export function scheduleText(schedule: Schemas['Schedule']) {
  const days = (w: Schemas['ScheduleWindow']) => w.days.map((d) => t(`days.${d}`)).join(language() === 'ja' ? '・' : ', ');
  const windows = schedule.windows.map((w) => `${days(w)} ${w.from}–${w.to}`);
  return `${windows.join('; ')} (${schedule.timeZone})`;
}

/** For whom and when a range counts, each condition as a few words; none for anybody at any time. */
export function conditionTexts(range: Partial<Range>): string[] {
  const texts: string[] = [];
  const names = (condition: Schemas['RangeCondition'], values: readonly string[] | undefined) => {
    if (values?.length) {
      texts.push(`${t(`conditions.${condition}`)}: ${values.slice(0, 3).join(', ')}${values.length > 3 ? ` (+${values.length - 3})` : ''}`);
    }
  };
  names('users', range.users);
  names('groups', range.groups);
  names('common-names', range.commonNames);
  names('platforms', range.platforms);
  names('endpoint-ids', range.endpointIds);
  if (range.validFrom) {
    texts.push(`${t('conditions.valid-from')}: ${timeText(range.validFrom)}`);
  }
  if (range.validUntil) {
    texts.push(`${t('conditions.valid-until')}: ${timeText(range.validUntil)}`);
  }
  if (range.schedule) {
    texts.push(scheduleText(range.schedule as Schemas['Schedule']));
  }
  return texts;
}

/** What was changed, in a sentence: the API's own, in Japanese where it is known. */
export const summaryText = (summary: string) => (language() === 'ja' ? summaryInJapanese(summary) : summary);

/** Who made a change. */
export const whoText = (who: string) => (language() === 'ja' ? whoInJapanese(who) : who);

/** Why a change was made. */
export const whyText = (why: string) => (language() === 'ja' ? whyInJapanese(why) : why);

/** A range in a few words. */
export const rangeText = (range: Addresses & { action: Schemas['RangeAction']; description: string }) =>
  `${actionText(range.action)} ${addressesText(range)}${range.description ? ` (${range.description})` : ''}`;

/** A member's value in a few words. */
export function valueText(value: unknown, field?: string): string {
  return value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0) ? t('save:empty')
    : Array.isArray(value) ? value.map((one) => valueText(one)).join(', ')
    : field === 'enabled' ? t(value ? 'states.active' : 'states.disabled')
    : field === 'addressListId' ? listName(String(value))
    : typeof value === 'object' && 'maxChange' in value ? sourceText(value as Source)
    : typeof value === 'object' && 'windows' in value ? scheduleText(value as Schemas['Schedule'])
    : typeof value === 'object' ? JSON.stringify(value)
    : value === 'enforce' || value === 'report-only' ? t(`enforcement.${value}`)
    : value === 'allow' || value === 'deny' ? actionText(value)
    : typeof value === 'boolean' ? t(value ? 'yes' : 'no')
    : typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) ? timeText(value)
    : String(value);
}
