import Button from '@cloudscape-design/components/button';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Link from '@cloudscape-design/components/link';
import Popover from '@cloudscape-design/components/popover';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useFindings, useListFindings } from '../parts/data';
import { Failure } from '../parts/Failure';
import { addressesText } from '../parts/listTexts';
import { findingText, listFindingText, type Range } from '../parts/texts';
import { href } from '../route';
import { t } from '../words';

const shown = 100;

/** A sign beside a range that something about it is worth a look. */
export function FindingSign({ range }: { range: Range }) {
  const findings = useFindings().data?.filter((f) => f.rangeId === range.id) ?? [];
  return <Sign texts={findings.map(findingText)} label={t('ranges:findingsOf', { cidr: addressesText(range) })} />;
}

/** The same beside an address list. */
export function ListFindingSign({ list: { id, name } }: { list: { id: string; name: string } }) {
  const findings = useListFindings().data?.filter((f) => f.addressListId === id) ?? [];
  return <Sign texts={findings.map(listFindingText)} label={t('lists:findingsOf', { name })} />;
}

function Sign({ texts, label }: { texts: string[]; label: string }) {
  return texts.length === 0 ? null : (
    <Popover
      triggerType="custom"
      header={t('ranges:findings')}
      dismissAriaLabel={t('close')}
      content={
        <ul>
          {texts.map((text, i) => (
            <li key={i}>{text}</li>
          ))}
        </ul>
      }
    >
      <Button variant="inline-icon" iconName="status-warning" ariaLabel={label} />
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
            <Link href={href(`ranges/${f.rangeId}`)}>
              {addressesText(f)}
              {f.description && ` (${f.description})`}
            </Link>
            : {findingText(f)}
          </li>
        ))}
        {count > shown && <li>{t('save:more', { count: count - shown })}</li>}
      </ul>
    </ExpandableSection>
  );
}

/** What was found about all address lists; nothing where there is nothing. */
export function AllListFindings() {
  const findings = useListFindings();
  if (findings.error) {
    return <Failure error={findings.error} retry={() => void findings.refetch()} />;
  }
  const count = findings.data?.length ?? 0;
  return count === 0 ? null : (
    <ExpandableSection headerText={t('lists:findingsCount', { count })}>
      <ul>
        {findings.data?.slice(0, shown).map((f, i) => (
          <li key={i}>
            <Link href={href(`lists/${f.addressListId}`)}>{f.name}</Link>: {listFindingText(f)}
          </li>
        ))}
        {count > shown && <li>{t('save:more', { count: count - shown })}</li>}
      </ul>
    </ExpandableSection>
  );
}
