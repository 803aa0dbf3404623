import { answer, api } from '../api';
import { conditionTexts, rangeText } from '../parts/texts';
import { t } from '../words';
import { ObjectHistory } from './ObjectHistory';

/** What became of one range. */
export function RangeHistory({ id }: { id: string }) {
  return (
    <ObjectHistory
      id={id}
      page={(cursor) => answer(api.GET('/api/ranges/{id}/history', { params: { path: { id }, query: { cursor } } }))}
      texts={(range) => [rangeText(range), ...conditionTexts(range)]}
      empty={t('ranges:historyEmpty')}
    />
  );
}
