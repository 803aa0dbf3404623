import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Flashbar, { type FlashbarProps } from '@cloudscape-design/components/flashbar';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import Textarea from '@cloudscape-design/components/textarea';
import { createContext, type ReactNode, type RefObject, useContext, useEffect, useRef, useState } from 'react';
import { ApiError, type Preview, readAgain, type Schemas } from '../api';
import { useRoute } from '../route';
import { t } from '../words';
import { useOwnAddress } from './data';
import { Differences } from './Differences';
import { Failure } from './Failure';
import { People } from './People';
import { lostText, reasonText } from './texts';

/** The parameters that every preview takes. */
export interface PreviewQuery {
  address?: string;
  force?: boolean;
}

/** The parameters that every change takes. */
export interface CommitQuery {
  address?: string;
  comment?: string;
  force?: boolean;
}

/** A change that somebody wants to make: first it is shown what it would do, then it is made. */
export interface Change {
  title: string;
  preview: (query: PreviewQuery) => Promise<Preview>;
  commit: (query: CommitQuery) => Promise<unknown>;

  /** What the button says; Save unless given. */
  button?: string;

  /** A reason to begin with. */
  comment?: string;

  /** So many things are lost that their number must be typed, whatever the guards say. */
  removals?: number;

  /** What is lost, if it isn't ranges. */
  removalsHelp?: 'save:entriesHelp' | 'save:everythingHelp';

  /** What is wrong with what was filled in is shown in the form instead of here. */
  onInvalid?: (error: ApiError) => void;

  onDone?: (result: unknown) => void;
}

const SaveContext = createContext<(change: Change) => void>(() => {});

/** Asks to save a change: shows what it does, and makes it when that is confirmed. */
export const useSave = () => useContext(SaveContext);

export function Saving({ children }: { children: ReactNode }) {
  const [change, setChange] = useState<Change>();
  const [notes, setNotes] = useState<FlashbarProps.MessageDefinition[]>([]);
  const route = useRoute();
  const isSaving = useRef(false);
  useEffect(() => {
    // Whoever goes elsewhere leaves it, unless it is being done: then they see what becomes of it.
    if (!isSaving.current) {
      setChange(undefined);
    }
  }, [route]);
  const done = (result: unknown) => {
    const revision = (result as { revision?: number } | undefined)?.revision;
    const id = String(Date.now());
    const dismiss = () => setNotes((all) => all.filter((n) => n.id !== id));
    setNotes((all) => [
      ...all,
      {
        id,
        type: 'success',
        ariaRole: 'status',
        content: revision === undefined ? t('save:doneShort') : t('save:done', { revision }),
        dismissible: true,
        dismissLabel: t('close'),
        onDismiss: dismiss,
      },
    ]);
    setTimeout(dismiss, 10_000);
    void readAgain();
    change?.onDone?.(result);
    setChange(undefined);
  };
  return (
    <SaveContext.Provider value={setChange}>
      <Flashbar items={notes} />
      {children}
      {change && <SaveDialog change={change} busy={isSaving} onDone={done} onClose={() => setChange(undefined)} />}
    </SaveContext.Provider>
  );
}

/** What the portal refuses until somebody has read why, and wants it all the same. */
const forcible = ['address-twice', 'source-changed-much', 'source-empty', 'source-wide'];

const hitsOf = ({ impact, brokenRuleTests, lostEndpoints }: Preview) =>
  impact.losingCount + brokenRuleTests.length + lostEndpoints.length;

function SaveDialog({ change, busy, onDone, onClose }: {
  change: Change;

  /** Whether it is being done. */
  busy: RefObject<boolean>;

  onDone: (result: unknown) => void;
  onClose: () => void;
}) {
  const [preview, setPreview] = useState<Preview>();
  const [error, setError] = useState<unknown>();
  const [comment, setComment] = useState(change.comment ?? '');
  const [typed, setTyped] = useState<Record<string, string>>({});
  const [isForced, setIsForced] = useState(false);
  const [isSaving, setIsSaving] = useState(false);
  const [isOther, setIsOther] = useState(false);
  const [address] = useOwnAddress();

  const fail = (e: unknown) => {
    // What is wrong with one's own address is in no form.
    if (e instanceof ApiError && e.problem?.faults?.some((f) => f.field !== 'address') && change.onInvalid) {
      onClose();
      change.onInvalid(e);
    } else {
      setError(e);
    }
  };
  const look = (force?: boolean) => {
    setError(undefined);
    return change.preview({ address, force });
  };
  const lookAgain = (force?: boolean) => void look(force).then(setPreview, fail);
  useEffect(() => lookAgain(), [change]); // once for each change: the dialog is made anew for another one

  const hit = preview ? hitsOf(preview) : 0;
  const wanted = ([
    [change.removalsHelp ?? 'save:removalsHelp', change.removals ?? 0],
    ['save:forceHelp', preview?.needsForce ? hit : 0],
  ] as const).filter(([, count]) => count > 0);
  const mayGoOn = !!preview && wanted.every(([help, count]) => typed[help]?.trim() === String(count));

  /** Shows what it would do by now, for which something else must be typed. */
  const showOther = (now: Preview) => {
    setPreview(now);
    setTyped({});
    setIsOther(true);
  };
  const commit = async () => {
    setIsSaving(true);
    busy.current = true;
    try {
      // What is forced is what was read: others may have changed the rules, and people come and go.
      const now = preview?.needsForce ? await look(isForced) : undefined;
      if (now && hitsOf(now) !== hit) {
        showOther(now);
      } else {
        const force = isForced || preview?.needsForce || undefined;
        onDone(await change.commit({ address, comment: comment.trim() || undefined, force }));
      }
    } catch (e) {
      if (e instanceof ApiError && e.problem?.code === 'needs-force') {
        await look(isForced).then(showOther, fail);
      } else {
        fail(e);
      }
    } finally {
      busy.current = false;
      setIsSaving(false);
    }
  };

  return (
    <Modal
      visible
      size="large"
      header={change.title}
      onDismiss={() => isSaving || onClose()}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" disabled={isSaving} onClick={onClose}>
              {t('cancel')}
            </Button>
            <Button variant="primary" disabled={!mayGoOn} loading={isSaving} onClick={commit}>
              {wanted.length > 0 ? t('save:force') : (change.button ?? t('save:confirm'))}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="l">
        {error instanceof ApiError && error.status === 412 && <Alert type="warning">{t('save:conflict')}</Alert>}
        {error !== undefined && !(error instanceof ApiError && error.status === 412) && (
          <Failure
            error={error}
            {...(error instanceof ApiError && forcible.includes(error.problem?.code ?? '')
              ? {
                  retry: () => {
                    setIsForced(true);
                    lookAgain(true);
                  },
                  retryText: t('save:force'),
                }
              : { retry: preview ? undefined : () => lookAgain(isForced) })}
          />
        )}
        {!preview && error === undefined && (
          <Box>
            <Spinner /> {t('save:checking')}
          </Box>
        )}
        {isOther && <Alert type="info">{t('save:other')}</Alert>}
        {preview && (
          <SpaceBetween size="l">
            <div>
              <Box variant="h3" padding={{ bottom: 'xs' }}>
                {t('save:changes')}
              </Box>
              <Differences changes={preview.changes} />
            </div>
            <Affected preview={preview} />
            <FormField label={t('save:comment')} description={t('save:commentHelp')} stretch>
              <Textarea value={comment} rows={2} onChange={({ detail }) => setComment(detail.value)} />
            </FormField>
            {wanted.map(([help, count]) => (
              <FormField key={help} label={t('save:force')} description={t(help, { count })}>
                <Input
                  value={typed[help] ?? ''}
                  inputMode="numeric"
                  onChange={({ detail }) => setTyped({ ...typed, [help]: detail.value })}
                />
              </FormField>
            ))}
          </SpaceBetween>
        )}
      </SpaceBetween>
    </Modal>
  );
}

/** Whom a change hits: whoever makes it first, then those who would be shut out. */
function Affected({ preview }: { preview: Preview }) {
  const { impact, brokenRuleTests, lostEndpoints } = preview;
  const { days, losingCount, gainingCount } = impact;
  const own: Schemas['OwnConnection'] | null = preview.address;
  return (
    <SpaceBetween size="s">
      <Box variant="h3">{t('save:who')}</Box>
      {lostEndpoints.length > 0 ? (
        <Alert type="error">
          {lostEndpoints.map((lost) => (
            <div key={lost.endpointId} className="given">
              {lostText(lost)}
            </div>
          ))}
        </Alert>
      ) : (
        own?.from.letIn &&
        !own.to.letIn && (
          <Alert type="warning">
            {t('save:yourself', { address: own.publicIp, who: own.username })} {reasonText(own.to.reason)}
          </Alert>
        )
      )}
      {losingCount > 0 && (
        <>
          <Alert type={impact.locksOut ? 'error' : 'warning'}>
            {t('save:losing', { count: losingCount, days })} {impact.locksOut && t('save:locksOut')}
          </Alert>
          <People people={impact.losing} count={losingCount} label={t('save:losing', { count: losingCount, days })} />
        </>
      )}
      {gainingCount > 0 && (
        <>
          <div>{t('save:gaining', { count: gainingCount, days })}</div>
          <People people={impact.gaining} count={gainingCount} label={t('save:gaining', { count: gainingCount, days })} />
        </>
      )}
      {losingCount === 0 && gainingCount === 0 && (
        <Box color="text-body-secondary">{t(impact.decisions === 0 ? 'save:noDecisions' : 'save:nobody', { days })}</Box>
      )}
      {!impact.isComplete && <Box color="text-body-secondary">{t('save:incomplete', { count: impact.decisions })}</Box>}
      {brokenRuleTests.length > 0 && (
        <Alert type="error" header={t('save:tests')}>
          <ul>
            {brokenRuleTests.map((test) => (
              <li key={test.id}>
                {test.description}: {t(test.expected ? 'save:testAllow' : 'save:testDeny')}
              </li>
            ))}
          </ul>
        </Alert>
      )}
    </SpaceBetween>
  );
}
