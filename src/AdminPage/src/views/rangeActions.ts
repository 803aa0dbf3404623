import { answer, api } from '../api';
import { useSave } from '../parts/Save';
import { type Range, rangeText } from '../parts/texts';
import { t } from '../words';

/** What is done with ranges that are there, with one as with several. */
export function useRangeActions() {
  const save = useSave();
  const title = (what: 'switchOn' | 'switchOff' | 'remove', ranges: readonly Range[]) =>
    ranges.length === 1 ? t(`ranges:${what}One`, { range: rangeText(ranges[0]!) }) : t(`ranges:${what}Several`, { count: ranges.length });
  return {
    switchTo(enabled: boolean, ranges: readonly Range[], onDone?: () => void) {
      const body = ranges.map(({ id }) => ({ id, enabled }));
      const what = enabled ? 'switchOn' : 'switchOff';
      save({
        title: title(what, ranges),
        button: t(`ranges:${what}`),
        preview: (query) => answer(api.PATCH('/api/preview/ranges', { params: { query }, body })),
        commit: (query) => answer(api.PATCH('/api/ranges', { params: { query }, body })),
        onDone,
      });
    },
    // The preview names each one, at most a page of them: their number need not be typed.
    remove(ranges: readonly Range[], onDone?: () => void) {
      const id = ranges.map((range) => range.id);
      save({
        title: title('remove', ranges),
        button: t('ranges:delete'),
        preview: (query) => answer(api.DELETE('/api/preview/ranges', { params: { query: { ...query, id } } })),
        commit: (query) => answer(api.DELETE('/api/ranges', { params: { query: { ...query, id } } })),
        onDone,
      });
    },
  };
}
