import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { Schemas } from '../api';
import type { AddressList } from '../parts/listTexts';
import { agoText } from '../parts/texts';
import { t } from '../words';

/** How the last refresh of a list went; nothing of one that has no source. */
export function RefreshSign({ list, refresh }: { list: AddressList; refresh: Schemas['ListRefresh'] | undefined }) {
  return list.source.kind === 'manual' ? '–'
    : refresh?.error ? (
      <StatusIndicator type="error">{t('lists:failing', { when: agoText(refresh.lastTry) })}</StatusIndicator>
    ) : refresh?.lastSuccess ? (
      <StatusIndicator type="success">{agoText(refresh.lastSuccess)}</StatusIndicator>
    ) : (
      <StatusIndicator type="pending">{t('lists:never')}</StatusIndicator>
    );
}
