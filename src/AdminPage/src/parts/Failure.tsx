import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import { t } from '../words';
import { explain } from './texts';

/** What went wrong, and a way on. */
export function Failure({ error, retry, retryText }: { error: unknown; retry?: () => void; retryText?: string }) {
  const sentences = explain(error);
  return (
    <Alert type="error" header={t('failed')} action={retry && <Button onClick={retry}>{retryText ?? t('retry')}</Button>}>
      {sentences.length === 1 ? sentences[0] : (
        <ul>
          {sentences.map((s, i) => (
            <li key={i}>{s}</li>
          ))}
        </ul>
      )}
    </Alert>
  );
}
