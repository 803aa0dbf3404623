import Autosuggest from '@cloudscape-design/components/autosuggest';
import FormField from '@cloudscape-design/components/form-field';
import TokenGroup from '@cloudscape-design/components/token-group';
import { useRef, useState } from 'react';
import { t } from '../words';

interface Props {
  label: string;
  description: string;
  values: string[];
  onChange: (values: string[]) => void;
  errorText: string | undefined;

  /** Names of connections lately. */
  seen?: string[];

  /** A comma belongs to a name instead of ending it. */
  hasCommas?: boolean;
}

/** Several names: what is typed becomes one with Enter, with a comma, or when the field is left. */
export function NamesInput({ label, description, values, onChange, errorText, seen = [], hasCommas }: Props) {
  const [text, setText] = useState('');
  const wasChosen = useRef(false);
  const add = (given: string) => {
    const names = (hasCommas ? [given] : given.split(/[,、\n]/)).map((name) => name.trim()).filter(Boolean);
    const added = [...new Set(names)].filter((name) => !values.includes(name));
    if (added.length > 0) {
      onChange([...values, ...added]);
    }
    setText('');
  };
  return (
    <FormField label={label} description={description} errorText={errorText} stretch>
      <Autosuggest
        value={text}
        placeholder={t('ranges:typeAndEnter')}
        options={seen.filter((name) => !values.includes(name)).map((value) => ({ value, labelTag: t('ranges:seenLately') }))}
        enteredTextLabel={(entered) => t('ranges:useText', { text: entered })}
        onChange={({ detail }) => setText(detail.value)}
        onSelect={({ detail }) => {
          wasChosen.current = true;
          add(detail.value);
        }}
        onBlur={() => add(text)}
        onKeyDown={(event) => {
          const { key, isComposing } = event.detail;
          if (!isComposing && (key === 'Enter' || (key === ',' && !hasCommas))) {
            event.preventDefault();
            if (!wasChosen.current) {
              add(text);
            }
          }
          wasChosen.current = false;
        }}
      />
      <TokenGroup
        items={values.map((value) => ({ label: value, dismissLabel: t('ranges:removeName', { name: value }) }))}
        onDismiss={({ detail }) => onChange(values.filter((_, i) => i !== detail.itemIndex))}
      />
    </FormField>
  );
}
