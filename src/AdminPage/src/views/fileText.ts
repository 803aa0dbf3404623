import { t } from '../words';
import { decode } from './importFormats';

const maxBytes = 16 * 1024 * 1024;

type FileText = { text: string; encoding: string; error?: undefined } | { text?: undefined; error: string };

/** The text of a file that somebody chose, or why there is none. */
export async function readText(file: File): Promise<FileText> {
  if (file.size > maxBytes) {
    return { error: t('imports:tooBig') };
  }
  const bytes = new Uint8Array(await file.arrayBuffer());
  return bytes[0] === 0x50 && bytes[1] === 0x4b ? { error: t('imports:workbook') } // "PK": a zip, as .xlsx is
    : (decode(bytes) ?? { error: t('imports:unreadable') });
}
