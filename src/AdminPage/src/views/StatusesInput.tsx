import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Grid from '@cloudscape-design/components/grid';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import TokenGroup from '@cloudscape-design/components/token-group';
import { useState } from 'react';
import { t } from '../words';

/** Posture statuses, one after the other. */
export function StatusesInput({ label, statuses, faults, onChange }: {
  label: string;
  statuses: string[];
  faults: string[];
  onChange: (statuses: string[]) => void;
}) {
  const [text, setText] = useState('');
  const add = () => {
    const status = text.trim();
    if (status && !statuses.includes(status)) {
      onChange([...statuses, status]);
    }
    setText('');
  };
  return (
    <FormField label={label} constraintText={t('settings:statusLimit')} errorText={faults.length > 0 && faults.join(' ')} stretch>
      <SpaceBetween size="xs">
        <Grid gridDefinition={[{ colspan: { default: 8, xs: 9 } }, { colspan: { default: 4, xs: 3 } }]}>
          <Input
            value={text}
            placeholder="revision-{revision}"
            onChange={({ detail }) => setText(detail.value)}
            onKeyDown={({ detail }) => detail.key === 'Enter' && !detail.isComposing && add()}
            onBlur={add} // what was typed and not added would be lost else
          />
          <Button ariaLabel={t('settings:statusAddTo', { label })} disabled={!text.trim()} onClick={add}>
            {t('settings:statusAdd')}
          </Button>
        </Grid>
        <TokenGroup
          items={statuses.map((status) => ({ label: status, dismissLabel: t('settings:statusRemove', { status }) }))}
          onDismiss={({ detail }) => onChange(statuses.filter((_, i) => i !== detail.itemIndex))}
        />
      </SpaceBetween>
    </FormField>
  );
}
