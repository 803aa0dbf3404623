import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import Textarea from '@cloudscape-design/components/textarea';
import { type FormEvent, useRef, useState } from 'react';
import { answer, api, ApiError, type Schemas } from '../api';
import { useIsEditor, useMessages } from '../parts/data';
import { Failure } from '../parts/Failure';
import { type CommitQuery, type PreviewQuery, useSave } from '../parts/Save';
import { faultText, reasonText, timeText } from '../parts/texts';
import { go, useRoute } from '../route';
import { t } from '../words';
import { cut, fill, maxLength, reasons, samples } from './denialText';
import { Edited, read, type Tagged, useOne } from './Edited';
import { EndpointInput } from './EndpointInput';

type Message = Schemas['DenialMessage'];
type Reason = Schemas['DenialReason'];

/** The higher, the sooner it is shown. */
const weight = (m: Message) => (m.endpointId ? 2 : 0) + (m.reason ? 1 : 0);

/** What people are told who are denied: the list, or the form for one. */
export default function Messages() {
  const { path } = useRoute();
  const isEditor = useIsEditor();
  const id = path[1];
  return !id || !isEditor ? <List /> : id === 'new' ? <MessageForm /> : <EditMessage id={id} />;
}

function EditMessage({ id }: { id: string }) {
  const found = useOne('message', id, () => api.GET('/api/denial-messages/{id}', { params: { path: { id } } }));
  return <Edited found={found} gone={t('messages:gone')}>{(tagged) => <MessageForm tagged={tagged} />}</Edited>;
}

function List() {
  const messages = useMessages();
  const isEditor = useIsEditor();
  const save = useSave();
  const remove = ({ id }: Message) => {
    const path = { id };
    let header = {}; // so that what is removed is what was shown
    save({
      title: t('messages:removeTitle'),
      button: t('remove'),
      preview: async (query) => {
        header = { 'If-Match': (await read(api.GET('/api/denial-messages/{id}', { params: { path } }))).etag };
        return answer(api.DELETE('/api/preview/denial-messages/{id}', { params: { path, query, header } }));
      },
      commit: (query) => answer(api.DELETE('/api/denial-messages/{id}', { params: { path, query, header } })),
    });
  };
  return (
    <SpaceBetween size="l">
      {messages.error && <Failure error={messages.error} retry={() => void messages.refetch()} />}
      <Table
        variant="container"
        items={[...(messages.data ?? [])].sort((a, b) => weight(b) - weight(a))}
        trackBy="id"
        loading={messages.isPending}
        loadingText={t('loading')}
        wrapLines
        header={
          <Header
            variant="h1"
            counter={messages.data && `(${messages.data.length})`}
            description={t('messages:description')}
            actions={
              isEditor && (
                <Button variant="primary" onClick={() => go('messages/new')}>
                  {t('messages:add')}
                </Button>
              )
            }
          >
            {t('messages:title')}
          </Header>
        }
        empty={<Box textAlign="center" padding="l">{t('messages:empty')}</Box>}
        footer={
          messages.data?.every((m) => weight(m) > 0) && <Box color="text-body-secondary">{t('messages:builtIn')}</Box>
        }
        columnDefinitions={[
          { id: 'text', header: t('messages:text'), cell: (m) => m.text, isRowHeader: true, minWidth: 240 },
          { id: 'endpoint', header: t('messages:endpoint'), cell: (m) => m.endpointId ?? t('messages:allEndpoints'), minWidth: 140 },
          {
            id: 'reason',
            header: t('messages:reason'),
            cell: (m) => (m.reason ? reasonText(m.reason) : t('messages:allReasons')),
            minWidth: 160,
          },
          {
            id: 'by',
            header: t('messages:by'),
            minWidth: 140,
            cell: (m) => (
              <>
                {timeText(m.updatedAt)}
                <Box color="text-body-secondary">{m.updatedBy}</Box>
              </>
            ),
          },
          ...(isEditor ? [{
            id: 'actions',
            header: t('messages:actions'),
            minWidth: 130,
            cell: (m: Message) => (
              <SpaceBetween direction="horizontal" size="xs">
                <Button variant="inline-link" ariaLabel={t('messages:editOne', { text: m.text })} onClick={() => go(`messages/${m.id}`)}>
                  {t('edit')}
                </Button>
                <Button variant="inline-link" ariaLabel={t('messages:removeOne', { text: m.text })} onClick={() => remove(m)}>
                  {t('remove')}
                </Button>
              </SpaceBetween>
            ),
          }] : []),
        ]}
      />
    </SpaceBetween>
  );
}

function MessageForm({ tagged }: { tagged?: Tagged<Message> }) {
  const save = useSave();
  const message = tagged?.object;
  const [text, setText] = useState(message?.text ?? '');
  const [endpointId, setEndpointId] = useState(message?.endpointId ?? '');
  const [reason, setReason] = useState<Reason | ''>((message?.reason as Reason | null) ?? '');
  const [error, setError] = useState<unknown>();
  const checks = useRef(0);

  // Said before the portal does, since it is no fault of the text.
  const others = useMessages().data?.filter((m) => m.id !== message?.id);
  const rival = others?.find((m) => (m.endpointId ?? '') === endpointId.trim() && (m.reason ?? '') === reason);

  const bodyWith = (r: Reason | '') => ({ text, endpointId: endpointId.trim() || null, reason: r || null });
  const { watched, header } = tagged ?? {};
  const params = { path: { id: message?.id ?? '' }, header };
  const preview = (body: Schemas['DenialMessageInput'], query: PreviewQuery & { impactDays?: number }) =>
    watched ? watched(answer(api.PUT('/api/preview/denial-messages/{id}', { params: { ...params, query }, body })))
      : answer(api.POST('/api/preview/denial-messages', { params: { query }, body }));
  const commit = (body: Schemas['DenialMessageInput'], query: CommitQuery) =>
    watched ? watched(answer(api.PUT('/api/denial-messages/{id}', { params: { ...params, query }, body })))
      : answer(api.POST('/api/denial-messages', { params: { query }, body }));

  // What the portal thinks of it, as soon as somebody goes on to the next field.
  const check = async (r = reason) => {
    const number = ++checks.current;
    const found = text.trim() ? await preview(bodyWith(r), { impactDays: 1 }).then(() => undefined, (e: unknown) => e) : undefined;
    if (number === checks.current) {
      setError(found);
    }
  };
  const submit = (e: FormEvent) => {
    e.preventDefault();
    checks.current++;
    const body = bodyWith(reason);
    save({
      title: t(message ? 'messages:editTitle' : 'messages:addTitle'),
      preview: (query) => preview(body, query),
      commit: (query) => commit(body, query),
      onInvalid: setError,
      onDone: () => go('messages'),
    });
  };
  const insert = (name: string) => {
    const field = document.querySelector<HTMLTextAreaElement>('#message-text');
    const [from, to] = field ? [field.selectionStart, field.selectionEnd] : [text.length, text.length];
    setText(`${text.slice(0, from)}{${name}}${text.slice(to)}`);
    requestAnimationFrame(() => {
      field?.focus();
      field?.setSelectionRange(from + name.length + 2, from + name.length + 2);
    });
  };

  const faultsOf = (field: string) => (error instanceof ApiError ? error.faults(field).map(faultText).join(' ') : '');
  const isAtField = ['text', 'endpointId', 'reason'].some(faultsOf);
  const filled = fill(text, { ...samples, ...(endpointId && { 'endpoint-id': endpointId }), ...(reason && { reason }) });
  return (
    <form onSubmit={submit}>
      <Form
        header={<Header variant="h1">{t(message ? 'messages:editTitle' : 'messages:addTitle')}</Header>}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button formAction="none" variant="link" onClick={() => go('messages')}>
              {t('cancel')}
            </Button>
            <Button variant="primary" disabled={!text.trim() || !!rival}>
              {t('messages:save')}
            </Button>
          </SpaceBetween>
        }
      >
        <Container>
          <ColumnLayout columns={2}>
            <SpaceBetween size="m">
              <FormField
                label={t('messages:text')}
                controlId="message-text"
                description={t('messages:textHelp')}
                errorText={faultsOf('text')}
                constraintText={t('messages:counter', { count: text.length, max: maxLength })}
                stretch
              >
                <Textarea
                  value={text}
                  rows={4}
                  invalid={text.length > maxLength}
                  onChange={({ detail }) => setText(detail.value.replace(/[\r\n\t]+/g, ' '))} // OpenVPN takes one line
                  onBlur={() => void check()}
                />
              </FormField>
              <SpaceBetween size="xxs">
                <Box>{t('messages:insert')}</Box>
                <SpaceBetween direction="horizontal" size="xs">
                  {(Object.keys(samples) as (keyof typeof samples)[]).map((name) => (
                    <Button key={name} formAction="none" onClick={() => insert(name)}>
                      {t(`messages:placeholders.${name}`)}
                    </Button>
                  ))}
                </SpaceBetween>
              </SpaceBetween>
              <FormField label={t('messages:endpoint')} description={t('messages:endpointHelp')} errorText={faultsOf('endpointId')}>
                <EndpointInput value={endpointId} onChange={setEndpointId} onBlur={() => void check()} />
              </FormField>
              <FormField label={t('messages:reason')} errorText={faultsOf('reason')}>
                <Select
                  selectedOption={{ value: reason, label: reason ? reasonText(reason) : t('messages:allReasons') }}
                  options={[
                    { value: '', label: t('messages:allReasons') },
                    ...reasons.map((r) => ({ value: r, label: reasonText(r), description: r })),
                  ]}
                  onChange={({ detail }) => {
                    const next = (detail.selectedOption.value ?? '') as Reason | '';
                    setReason(next);
                    void check(next);
                  }}
                />
              </FormField>
              {rival && (
                <Alert
                  type="info"
                  action={
                    <Button formAction="none" onClick={() => go(`messages/${rival.id}`)}>
                      {t('messages:editRival')}
                    </Button>
                  }
                >
                  {t('messages:rival', { text: rival.text })}
                </Alert>
              )}
              {error !== undefined && !isAtField && !rival && <Failure error={error} />}
            </SpaceBetween>
            <SpaceBetween size="s">
              <Box variant="h3" tagOverride="h2">{t('messages:preview')}</Box>
              <div className="vpn-window">
                <header>{t('tryIt:vpn')}</header>
                <p data-testid="message">{cut(filled) || '…'}</p>
              </div>
              <Box color="text-body-secondary">{t('messages:sample')}</Box>
              {filled.length > maxLength && text.length <= maxLength && (
                <Alert type="warning">{t('messages:cut', { count: filled.length, max: maxLength })}</Alert>
              )}
            </SpaceBetween>
          </ColumnLayout>
        </Container>
      </Form>
    </form>
  );
}
