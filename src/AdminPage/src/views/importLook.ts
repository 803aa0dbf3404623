import { answer, api, ApiError, type Schemas } from '../api';
import { type PreviewQuery } from '../parts/Save';
import { faultText, fieldText, type Range, rangeText } from '../parts/texts';
import { t } from '../words';
import { bodyOf, csvText, type Kind, parse, type Row, type Sheet, without } from './importFormats';

/** What the portal says of a text that is to be imported. */
export interface Look {
  sheet: Sheet;
  faults: Map<Row, string[]>;

  /** The ranges that each good row stands for; nothing where that couldn't be found out. */
  ranges: Map<Row, Range[]>;

  /** There are so many faults that the rest wasn't looked at: it is hardly the right format. */
  isHopeless: boolean;
}

/** A row, and what would become of it. */
export interface Line {
  row: Row;
  state: 'new' | 'there' | 'rival' | 'bad';

  /** The ranges, each with the one that it is already: of the portal, or of an earlier line. */
  ranges: { range: Range; there?: Range; isTwice?: boolean }[];
  sentences: string[];
}

const asIs = (body: unknown) => body as string;

export function previewImport(text: string, kind: Kind, query: PreviewQuery & { impactDays?: number }) {
  const { body, type } = bodyOf(text, kind);
  return answer(
    api.POST('/api/preview/ranges/import', { params: { query }, body, bodySerializer: asIs, headers: { 'Content-Type': type } }));
}

export function importRanges(text: string, kind: Kind, query: { comment?: string; force?: boolean }) {
  const { body, type } = bodyOf(text, kind);
  return answer(api.POST('/api/ranges/import', { params: { query }, body, bodySerializer: asIs, headers: { 'Content-Type': type } }));
}

const maxRounds = 20;
const placeOf = /^(line \d+|Entries\[\d+\]|IPSet\.Addresses\[\d+\])/;

/**
 * Finds out what is wrong with each row. An answer names the first hundred faults at most, so that the portal is asked again about what
 * comes after them.
 */
export async function look(text: string, kind: Kind): Promise<Look> {
  const sheet = parse(text, kind);
  const faults = new Map<Row, string[]>();
  let [rest, body] = [sheet.rows, text];
  for (let round = 0; rest.length > 0 || round === 0; round++) {
    if (round === maxRounds) {
      return { sheet: { ...sheet, rows: sheet.rows.filter((row) => faults.has(row)) }, faults, ranges: new Map(), isHopeless: true };
    }
    try {
      await previewImport(body, kind, { impactDays: 1 }); // it's about the faults alone
      break;
    } catch (e) {
      if (!(e instanceof ApiError)) {
        throw e;
      }
      if (e.problem?.code === 'address-twice') {
        break; // the row is found below
      }
      const now = parse(body, kind).rows; // the same rows as the rest, at the places that they have in this body
      const index = new Map(now.map((row, i) => [row.place, i]));
      let last = -1;
      for (const fault of e.problem?.faults ?? []) {
        const place = placeOf.exec(fault.field)?.[0] ?? '';
        const i = index.get(place);
        if (i !== undefined) {
          faults.set(rest[i]!, [...(faults.get(rest[i]!) ?? []), faultOf(fault, place)]);
          last = Math.max(last, i);
        }
      }
      if (last < 0) {
        throw e;
      }
      body = without(body, kind, now.slice(0, last + 1));
      rest = rest.slice(last + 1);
    }
  }
  return { sheet, faults, ranges: await rangesOf(sheet, sheet.rows.filter((row) => !faults.has(row))), isHopeless: false };
}

function faultOf(fault: Schemas['FieldFault'], place: string) {
  const member = fault.field.slice(place.length).replace(/^\./, '');
  return /^(cidr)?$/.test(member) ? faultText(fault) : `${fieldText(member)}: ${faultText(fault)}`;
}

const mark = 'import-row-';
const maxRows = 1_000; // a preview shows no more ranges

/**
 * What the portal understands each row as. It doesn't say which range is of which row, nor anything of those that are there already:
 * a name of its own in each row, for this question alone, tells it.
 */
async function rangesOf({ columns, rows: all }: Sheet, rows: readonly Row[]): Promise<Map<Row, Range[]>> {
  const header = columns.includes('commonNames') ? columns : [...columns, 'commonNames'];
  const column = header.indexOf('commonNames');
  const index = new Map(all.map((row, i) => [row, i]));
  const found = new Map<Row, Range[]>();
  const ask = async (some: readonly Row[]): Promise<void> => {
    const table = some.map((row) => {
      const name = `${mark}${index.get(row)}`;
      const cell = row.cells[column] ?? '';
      const named = cell.startsWith('[')
        ? JSON.stringify([...(JSON.parse(cell) as unknown[]), name])
        : [cell, name].filter(Boolean).join(';');
      return header.map((_, i) => (i === column ? named : (row.cells[i] ?? '')));
    });
    const { ranges } = (await answer(api.POST('/api/preview/ranges/import', {
      params: { query: { force: true, impactDays: 1 } },
      body: csvText([header, ...table]),
      bodySerializer: asIs,
      headers: { 'Content-Type': 'text/csv' },
    }))).changes;
    if (ranges.added.length < ranges.addedCount && some.length > 1) {
      const half = Math.ceil(some.length / 2);
      await ask(some.slice(0, half));
      await ask(some.slice(half));
      return;
    }
    for (const range of ranges.added) {
      const row = all[Number(range.commonNames.find((n) => n.startsWith(mark))?.slice(mark.length))];
      if (row) {
        const its = found.get(row) ?? [];
        its.push({ ...range, commonNames: range.commonNames.filter((n) => !n.startsWith(mark)) });
        found.set(row, its);
      }
    }
  };
  try {
    for (let i = 0; i < rows.length; i += maxRows) {
      await ask(rows.slice(i, i + maxRows));
    }
  } catch (e) {
    if (!(e instanceof ApiError)) {
      throw e;
    }
    // With the names it is too much. The rows are good all the same.
  }
  return found;
}

/** Ranges with the same key count for the same connections. */
const keyOf = (r: Range) =>
  JSON.stringify([
    r.cidr, r.addressListId, r.endpointIds, r.users, r.groups, r.commonNames, r.platforms, r.validFrom, r.validUntil, r.schedule,
  ]);

/** What would become of each row beside the ranges that there are. */
export function linesOf({ sheet, faults, ranges }: Look, present: readonly Range[]): Line[] {
  const ids = new Set(present.map((r) => r.id));
  const known = new Map<string, Range[]>();
  for (const range of present) {
    known.set(keyOf(range), [...(known.get(keyOf(range)) ?? []), range]);
  }
  return sheet.rows.map((row) => {
    const sentences = faults.get(row);
    if (sentences) {
      return { row, state: 'bad', ranges: [], sentences };
    }
    const rivals: Range[] = [];
    const found = (ranges.get(row) ?? []).map((range) => {
      const others = known.get(keyOf(range)) ?? [];
      const there = others.find((o) => o.action === range.action && o.enabled === range.enabled);
      if (!there) {
        rivals.push(...others);
        known.set(keyOf(range), [...others, range]);
      }
      return { range, there, isTwice: there && !ids.has(there.id) };
    });
    return {
      row,
      state: rivals.length > 0 ? 'rival' : found.length > 0 && found.every((f) => f.there) ? 'there' : 'new',
      ranges: found,
      sentences: rivals.map((r) => t('imports:rival', { range: rangeText(r) })),
    };
  });
}

/** The whole list that there would be instead of the present one: what is there already stays what it is. */
export function replacementOf(lines: readonly Line[]): Schemas['RangeInput'][] {
  const taken = new Set<string>();
  return lines.flatMap((line) => line.ranges).flatMap(({ range, there, isTwice }) => {
    if (isTwice || (there && taken.has(there.id))) {
      return [];
    }
    if (there) {
      taken.add(there.id);
    }
    const { id: _, createdAt: _1, createdBy: _2, updatedAt: _3, updatedBy: _4, ...rest } = range;
    return [{ ...rest, description: range.description || there?.description || '', id: there?.id }];
  });
}
