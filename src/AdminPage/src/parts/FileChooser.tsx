import FileUpload from '@cloudscape-design/components/file-upload';
import { t } from '../words';

/** Where somebody chooses a file, or drops one. It is read at once, so none is kept here. */
export function FileChooser({ accept = '.csv,.txt,.tsv,.json,text/plain,text/csv,application/json', error, note, onChoose }: {
  /** Which files are offered; lists of addresses unless given. */
  accept?: string;

  error?: string;

  /** What became of the last one. */
  note?: string;

  onChoose: (file: File) => void;
}) {
  return (
    <FileUpload
      value={[]}
      onChange={({ detail }) => detail.value[0] && onChoose(detail.value[0])}
      accept={accept}
      errorText={error}
      constraintText={note}
      i18nStrings={{
        uploadButtonText: () => t('imports:choose'),
        dropzoneText: () => t('imports:drop'),
        removeFileAriaLabel: () => '',
        errorIconAriaLabel: t('failed'),
      }}
    />
  );
}
