import Link from '@cloudscape-design/components/link';
import type { Schemas } from '../api';
import { href } from '../route';
import { entryText } from './listTexts';

/** The entry of a list that decided, which leads to it. */
export function EntryLink({ entry }: { entry: Schemas['MatchedEntry'] }) {
  return <Link href={href(`lists/${entry.addressListId}`, { entry: entry.cidr })}>{entryText(entry)}</Link>;
}
