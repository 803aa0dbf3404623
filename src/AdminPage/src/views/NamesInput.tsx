import Autosuggest from '@cloudscape-design/components/autosuggest';
import FormField from '@cloudscape-design/components/form-field';
import TokenGroup from '@cloudscape-design/components/token-group';
import { useRef } from 'react';
import { t } from '../words';

/** Several names, and one that is still being typed. */
export interface Names {
  values: string[];
  text: string;
}

/** The names with what was typed last. A comma is between two, unless names may have some. */
export function withTyped({ values, text }: Names, hasCommas?: boolean): string[] {
  const typed = (hasCommas ? [text] : text.split(/[,、\n]/)).map((name) => name.trim()).filter(Boolean);
  return [...new Set([...values, ...typed])];
}

interface Props {
  label: string;
  description: string;
  names: Names;
  onChange: (names: Names) => void;
  errorText: string | undefined;

  /** Names of connections lately. */
  seen?: string[];

  hasCommas?: boolean;
}

/**
 * What is typed becomes a name with Enter or a comma. When the field is left it stays as it is, so that nothing moves away under the
 * pointer; saving takes it as well.
 */
export function NamesInput({ label, description, names, onChange, errorText, seen = [], hasCommas }: Props) {
  const { values, text } = names;
  const wasChosen = useRef(false);
  const add = (given: string) => onChange({ values: withTyped({ values, text: given }, hasCommas), text: '' });
  return (
    <FormField label={label} description={description} errorText={errorText} stretch>
      <Autosuggest
        value={text}
        placeholder={t('ranges:typeAndEnter')}
        options={seen.filter((name) => !values.includes(name)).map((value) => ({ value, labelTag: t('ranges:seenLately') }))}
        hideEnteredTextOption
        onChange={({ detail }) => onChange({ values, text: detail.value })}
        onSelect={({ detail }) => {
          wasChosen.current = true;
          add(detail.value);
        }}
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
        onDismiss={({ detail }) => onChange({ values: values.filter((_, i) => i !== detail.itemIndex), text })}
      />
    </FormField>
  );
}
