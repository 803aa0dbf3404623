import Alert from '@cloudscape-design/components/alert';
import Autosuggest from '@cloudscape-design/components/autosuggest';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { answer, api, ApiError } from '../api';
import { useDecisions, useIsEditor, useSettings } from '../parts/data';
import { Failure } from '../parts/Failure';
import { faultText } from '../parts/texts';
import { t } from '../words';
import { EndDialog } from './EndDialog';
import { Reviewed, ReviewSummary } from './Reviewed';

/** What to end besides looking. */
export interface Ending {
  terminate?: boolean;
  terminateNotRecorded?: boolean;
}

const ask = (endpointId: string, ending: Ending) =>
  answer(api.POST('/api/sessions/review', { params: { query: { endpointId, ...ending } } }));

/** Open connections are decided about again, and ended where they would not come in any more. */
export default function Sessions() {
  const isEditor = useIsEditor();
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description={t('sessions:description')}>
        {t('sessions:title')}
      </Header>
      {isEditor ? <Review /> : <Alert type="info">{t('sessions:reader')}</Alert>}
    </SpaceBetween>
  );
}

function Review() {
  const settings = useSettings();
  const decisions = useDecisions();
  const seen = [...new Set(decisions.data?.items.map((d) => d.endpointId).filter(Boolean))];
  const [typed, setTyped] = useState<string>();
  const endpointId = typed ?? (seen.length === 1 ? seen[0]! : '');
  const [ending, setEnding] = useState<{ how: Ending; count: number }>();
  const review = useMutation({ mutationFn: (id: string) => ask(id, {}) });
  const end = useMutation({ mutationFn: ({ id, how }: { id: string; how: Ending }) => ask(id, how) });
  const shown = end.data ?? review.data;
  const fault = review.error instanceof ApiError ? review.error.faults('endpointId')[0] : undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    end.reset();
    review.mutate(endpointId.trim());
  };
  return (
    <SpaceBetween size="l">
      {settings.data?.enforcement === 'report-only' && <Alert type="warning">{t('sessions:reportOnly')}</Alert>}
      <Container>
        <form onSubmit={submit}>
          <FormField
            label={t('sessions:endpoint')}
            description={t('sessions:endpointHelp')}
            errorText={fault && faultText(fault)}
            secondaryControl={
              <Button variant="primary" formAction="submit" loading={review.isPending} disabled={!endpointId.trim()}>
                {t('sessions:review')}
              </Button>
            }
          >
            <Autosuggest
              value={endpointId}
              options={seen.map((value) => ({ value }))}
              enteredTextLabel={(text) => t('sessions:endpointSeen', { text })}
              placeholder="cvpn-endpoint-…"
              onChange={({ detail }) => setTyped(detail.value)}
            />
          </FormField>
        </form>
      </Container>
      <div aria-live="polite">
        {review.error && !fault && (
          <SpaceBetween size="s">
            <Failure error={review.error} />
            {review.error instanceof ApiError && review.error.status === 502 && <Alert type="info">{t('sessions:aws')}</Alert>}
          </SpaceBetween>
        )}
        {shown && <ReviewSummary review={shown} />}
      </div>
      {shown && <Reviewed review={shown} hasEnded={!!end.data} onEnd={(how, count) => setEnding({ how, count })} />}
      {shown && ending && (
        <EndDialog
          count={ending.count}
          endpointId={shown.endpointId}
          isRecorded={!!ending.how.terminate}
          end={() => end.mutateAsync({ id: shown.endpointId, how: ending.how })}
          onClose={() => setEnding(undefined)}
        />
      )}
    </SpaceBetween>
  );
}
