import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { Failure } from '../parts/Failure';
import { t } from '../words';

/** Asks before connections are ended. It is no change of the rules, so it has no preview, and can't be undone. */
export function EndDialog({ count, endpointId, isRecorded, end, onClose }: {
  count: number;
  endpointId: string;

  /** Whether they are decided about once more before they are ended. */
  isRecorded: boolean;

  end: () => Promise<unknown>;
  onClose: () => void;
}) {
  const [typed, setTyped] = useState('');
  const run = useMutation({ mutationFn: end, onSuccess: onClose });
  return (
    <Modal
      visible
      header={t('sessions:endTitle', { count })}
      onDismiss={onClose}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>
              {t('cancel')}
            </Button>
            <Button variant="primary" disabled={typed.trim() !== String(count)} loading={run.isPending} onClick={() => run.mutate()}>
              {t('sessions:endButton')}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        {run.error && <Failure error={run.error} />}
        <Alert type="warning">
          {t('sessions:endText', { count })} {isRecorded && t('sessions:endAgain')}
        </Alert>
        <Box>
          {t('sessions:endpoint')}: {endpointId}
        </Box>
        <FormField label={t('sessions:endLabel')} description={t('sessions:endType', { count })}>
          <Input value={typed} inputMode="numeric" onChange={({ detail }) => setTyped(detail.value)} />
        </FormField>
      </SpaceBetween>
    </Modal>
  );
}
