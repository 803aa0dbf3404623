import Button from '@cloudscape-design/components/button';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Link from '@cloudscape-design/components/link';
import Popover from '@cloudscape-design/components/popover';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useFindings } from '../parts/data';
import { Failure } from '../parts/Failure';
import { findingText } from '../parts/texts';
import { href } from '../route';
import { t } from '../words';

const shown = 100;

/** A sign beside a range that something about it is worth a look. */
export function FindingSign({ range }: { range: { id: string; cidr: string } }) {
  const findings = useFindings().data?.filter((f) => f.rangeId === range.id) ?? [];
  return findings.length === 0 ? null : (
    <Popover
      triggerType="custom"
      header={t('ranges:findings')}
      dismissAriaLabel={t('close')}
      content={
        <ul>
          {findings.map((f, i) => (
            <li key={i}>{findingText(f)}</li>
          ))}
        </ul>
      }
    >
      <Button variant="inline-icon" iconName="status-warning" ariaLabel={t('ranges:findingsOf', { cidr: range.cidr })} />
    </Popover>
  );
}

/** What was found about all ranges, closed until somebody wants to see it. */
export function AllFindings() {
  const findings = useFindings();
  if (findings.error) {
    return <Failure error={findings.error} retry={() => void findings.refetch()} />;
  }
  if (!findings.data || findings.data.length === 0) {
    return (
      <StatusIndicator type={findings.data ? 'success' : 'loading'}>
        {t(findings.data ? 'ranges:findingsNone' : 'ranges:findingsLoading')}
      </StatusIndicator>
    );
  }
  const count = findings.data.length;
  return (
    <ExpandableSection headerText={t('ranges:findingsCount', { count })}>
      <ul>
        {findings.data.slice(0, shown).map((f, i) => (
          <li key={i}>
            <Link href={href(`ranges/${f.rangeId}`)}>{f.description ? `${f.cidr} (${f.description})` : f.cidr}</Link>: {findingText(f)}
          </li>
        ))}
        {count > shown && <li>{t('save:more', { count: count - shown })}</li>}
      </ul>
    </ExpandableSection>
  );
}
