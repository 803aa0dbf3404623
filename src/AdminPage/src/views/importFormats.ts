/** What can be imported: a plain list, a sheet, or what AWS and the portal's own export print. */
export type Kind = 'plain' | 'csv' | 'json';

/** One address of what was given. */
export interface Row {
  /** What the portal calls this place in its answers. */
  place: string;

  /** What a person would count: the line, or the entry in JSON. */
  number: number;
  text: string;
  cells: string[];

  /** The first and the last of its lines, or its index in JSON. */
  from: number;
  to: number;
}

/** What was given, as a table. */
export interface Sheet {
  columns: string[];
  rows: Row[];

  /** The portal's own export, as JSON; the import doesn't take it, so that it is sent as CSV. */
  isExport: boolean;
}

/** The columns that an import takes. */
export const importedColumns = [
  'cidr', 'action', 'description', 'enabled', 'endpointIds', 'users', 'groups', 'commonNames', 'platforms', 'validFrom', 'validUntil',
  'schedule', 'addressListId',
];

/** Those that the portal itself fills in, so that nobody misses them. */
const ownColumns = ['id', 'createdAt', 'createdBy', 'updatedAt', 'updatedBy'];

const plainColumns = ['cidr', 'description'];
const separators = [',', ';', '\t'];
const lineEnds = /\r\n|[\n\r\f\u0085\u2028\u2029]/;
const sepLine = /^sep=([,;\t])\s*$/i;

/** A file's text, as the portal would read it: by its mark, else UTF-8, else the Shift_JIS of a Japanese Excel. */
export function decode(bytes: Uint8Array): { text: string; encoding: string } | undefined {
  const encodings = bytes[0] === 0xff && bytes[1] === 0xfe ? ['utf-16le'] : bytes[0] === 0xfe && bytes[1] === 0xff ? ['utf-16be']
    : ['utf-8', 'shift_jis'];
  for (const encoding of encodings) {
    try {
      const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
      return text.includes('\0') ? undefined : { text, encoding: encoding === 'shift_jis' ? 'Shift_JIS' : encoding.toUpperCase() };
    } catch {
      // Perhaps it is the next one.
    }
  }
  return undefined;
}

/** The separator that the first line names itself, or has most of outside of quotes. */
function separatorOf(firstLine: string) {
  const outside = firstLine.split('"').filter((_, i) => i % 2 === 0).join('');
  const counts = separators.map((s) => outside.split(s).length);
  return sepLine.exec(firstLine)?.[1] ?? separators[counts.indexOf(Math.max(...counts))]!;
}

interface CsvRow {
  cells: string[];
  from: number;
  to: number;
}

/** The rows of a CSV text (RFC 4180) that aren't blank, each with its lines. */
function csvRows(text: string): CsvRow[] {
  const firstLine = text.split(lineEnds, 1)[0]!;
  const [separator, namesSeparator] = [separatorOf(firstLine), sepLine.test(firstLine)];
  const rows: CsvRow[] = [];
  let [cells, cell, line, from, isQuoted]: [string[], string, number, number, boolean] = [[], '', 0, 0, false];
  const end = () => {
    cells.push(cell);
    if (cells.some((c) => c.trim()) && !(from === 0 && namesSeparator)) {
      rows.push({ cells, from, to: line });
    }
    [cells, cell, from] = [[], '', line + 1];
  };
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (isQuoted && c === '"' && text[i + 1] === '"') {
      cell += c;
      i++;
    } else if (isQuoted ? c === '"' : c === '"' && cell === '') {
      isQuoted = !isQuoted;
    } else if (!isQuoted && c === separator) {
      cells.push(cell);
      cell = '';
    } else if (c === '\n' || c === '\r') {
      if (c === '\r' && text[i + 1] === '\n') {
        i++;
      }
      if (isQuoted) {
        cell += '\n';
      } else {
        end();
      }
      line++;
    } else {
      cell += c;
    }
  }
  end();
  return rows;
}

const canonical = (name: string) =>
  [...importedColumns, ...ownColumns].find((c) => c.toLowerCase() === name.trim().toLowerCase()) ?? name.trim();

/** What a text seems to be. */
export function detect(text: string): Kind {
  if (/^\s*[[{]/.test(text)) {
    return 'json';
  }
  const header = csvRows(text.slice(0, 10_000))[0]?.cells ?? [];
  return header.map(canonical).includes('cidr') ? 'csv' : 'plain';
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

const textOf = (value: unknown) => (value === null || value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value));

/** The list in a JSON text: what it has, and how it is put together again without some of it. */
function jsonList(text: string) {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined; // the portal says where it is wrong
  }
  if (Array.isArray(json)) {
    return { items: json, place: undefined, name: '', put: (items: unknown[]): unknown => items };
  }
  if (isObject(json) && Array.isArray(json.Entries)) {
    const put = (items: unknown[]): unknown => ({ ...json, Entries: items });
    return { items: json.Entries as unknown[], place: 'Entries', name: '', put };
  }
  if (isObject(json) && isObject(json.IPSet) && Array.isArray(json.IPSet.Addresses)) {
    const set = json.IPSet;
    return {
      items: set.Addresses as unknown[],
      place: 'IPSet.Addresses',
      name: typeof set.Name === 'string' && set.Name ? `WAF IP set ${set.Name}` : '',
      put: (items: unknown[]): unknown => ({ ...json, IPSet: { ...set, Addresses: items } }),
    };
  }
  return undefined;
}

export function parse(text: string, kind: Kind): Sheet {
  if (kind === 'json') {
    const list = jsonList(text);
    const rows = (list?.items ?? []).map((item, i) => {
      const members = isObject(item) ? item : {};
      const cells = !list?.place ? importedColumns.map((c) => textOf(members[c]))
        : list.place === 'Entries' ? [textOf(members.Cidr), textOf(members.Description)]
        : [textOf(item), list.name];
      const shown = list?.place ? cells : [cells[0], cells[2]];
      const place = list?.place ? `${list.place}[${i}]` : `line ${i + 2}`;
      return { place, number: i + 1, text: shown.filter(Boolean).join('  '), cells, from: i, to: i };
    });
    const isExport = !!list && !list.place;
    return { columns: isExport ? importedColumns : plainColumns, rows, isExport };
  }
  const lines = text.split(lineEnds);
  if (kind === 'plain') {
    const rows = lines.flatMap((line, i) => {
      const [address, ...rest] = line.split('#');
      const cells = [address!.trim(), rest.join('#').trim()];
      return cells[0] ? [{ place: `line ${i + 1}`, number: i + 1, text: line.trim(), cells, from: i, to: i }] : [];
    });
    return { columns: plainColumns, rows, isExport: false };
  }
  const [header, ...rows] = csvRows(text);
  return {
    columns: header?.cells.map(canonical) ?? [],
    rows: rows.map((row) => ({
      ...row,
      place: `line ${row.from + 1}`,
      number: row.from + 1,
      text: lines.slice(row.from, row.to + 1).join(' ⏎ '),
    })),
    isExport: false,
  };
}

/** Whether each row says itself which range it is: the portal's own export, perhaps edited. */
export const hasIds = (sheet: Sheet) => sheet.isExport || sheet.columns.includes('id');

/** Columns that somebody filled in and that an import leaves where they are. */
export const passedOver = ({ columns }: Sheet) => columns.filter((c) => c && ![...importedColumns, ...ownColumns].includes(c));

/** The text without some of its rows. */
export function without(text: string, kind: Kind, rows: readonly Row[]): string {
  const gone = new Set(rows.flatMap((r) => Array.from({ length: r.to - r.from + 1 }, (_, i) => r.from + i)));
  const list = kind === 'json' ? jsonList(text) : undefined;
  return list ? JSON.stringify(list.put(list.items.filter((_, i) => !gone.has(i))), null, 2)
    : text.split(lineEnds).filter((_, i) => !gone.has(i)).join('\n');
}

export const csvText = (rows: readonly (readonly string[])[]) =>
  rows.map((cells) => cells.map((c) => `"${c.replaceAll('"', '""')}"`).join(',')).join('\n');

/** What is sent to the import, and as what. */
export function bodyOf(text: string, kind: Kind): { body: string; type: string } {
  const sheet = kind === 'json' ? parse(text, kind) : undefined;
  return sheet?.isExport ? { body: csvText([sheet.columns, ...sheet.rows.map((r) => r.cells)]), type: 'text/csv' }
    : { body: text, type: { plain: 'text/plain', csv: 'text/csv', json: 'application/json' }[kind] };
}

const address = /^\s*(\d{1,3}(\.\d{1,3}){3}|[\da-f]*:[\da-f:.]*)(\s*[/-].*)?\s*$/i;
const describing = /desc|name|note|comment|説明|備考|名|メモ|用途/i;

/**
 * The same table with a header that the import understands: of one whose column of addresses has another name, as spreadsheets have it,
 * or that has no header at all. Nothing if this is no such table.
 */
export function withHeader(text: string): string | undefined {
  const rows = csvRows(text);
  const first = rows[0];
  const column = (rows[1] ?? first)?.cells.findIndex((c) => address.test(c)) ?? -1;
  if (!first || first.cells.length < 2 || column < 0) {
    return undefined;
  }
  const separator = separatorOf(text.split(lineEnds, 1)[0]!);
  const hasHeader = !first.cells.some((c) => address.test(c));
  const described = hasHeader ? first.cells.findIndex((c, i) => i !== column && describing.test(c))
    : first.cells.findIndex((_, i) => i !== column && i === (column === 0 ? 1 : first.cells.length - 1));
  const header = first.cells.map((c, i) => (i === column ? 'cidr' : i === described ? 'description' : hasHeader ? c : ''));
  const lines = text.split(lineEnds);
  const written = header.map((c) => (/[",;\t\n]/.test(c) ? `"${c.replaceAll('"', '""')}"` : c)).join(separator);
  return [written, ...lines.slice(hasHeader ? first.to + 1 : first.from)].join('\n');
}
