import Autosuggest from '@cloudscape-design/components/autosuggest';
import { useDecisions, useMessages, useRanges } from '../parts/data';
import { t } from '../words';

/** An endpoint's id, which nobody wants to type: those that are known here are offered. */
export function EndpointInput({ value, onChange, onBlur }: { value: string; onChange: (value: string) => void; onBlur?: () => void }) {
  const [ranges, messages, decisions] = [useRanges().data, useMessages().data, useDecisions().data];
  const known = new Set([
    ...(decisions?.items ?? []).map((d) => d.endpointId),
    ...(ranges ?? []).flatMap((r) => r.endpointIds),
    ...(messages ?? []).map((m) => m.endpointId ?? ''),
  ]);
  known.delete('');
  return (
    <Autosuggest
      value={value}
      options={[...known].sort().map((id) => ({ value: id }))}
      placeholder="cvpn-endpoint-…"
      enteredTextLabel={(entered) => t('messages:useEntered', { value: entered })}
      onChange={({ detail }) => onChange(detail.value)}
      onBlur={onBlur}
    />
  );
}
