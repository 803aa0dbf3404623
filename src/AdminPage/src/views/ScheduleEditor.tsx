import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Checkbox from '@cloudscape-design/components/checkbox';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { Schemas } from '../api';
import { scheduleText } from '../parts/texts';
import { t } from '../words';
import { plain } from './rangeTexts';

type Schedule = Schemas['Schedule'];
type Window = Schemas['ScheduleWindow'];

const days = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;

/** A time of the day as the API writes it, from how people type it: 9, 930, 9:30. Anything else stays, and the API says what is wrong. */
function timeOf(text: string) {
  const [, hours, minutes = '00'] = /^(\d{1,2})(?::?(\d\d))?$/.exec(plain(text).replace('時', ':').replace(/:?分?$/, '')) ?? [];
  return hours === undefined ? plain(text) : `${hours.padStart(2, '0')}:${minutes}`;
}

/** The times of each line as the API writes them, also of the one that somebody is still in. */
export const tidy = ({ timeZone, windows }: Schedule): Schedule =>
  ({ timeZone, windows: windows.map((w) => ({ ...w, from: timeOf(w.from), to: timeOf(w.to) })) });

interface Props {
  schedule: Schedule;
  onChange: (schedule: Schedule) => void;

  /** What is wrong with a member of it. */
  fault: (field: string) => string | undefined;
}

/** The times of the week at which a range counts; without any, at all times. */
export function ScheduleEditor({ schedule, onChange, fault }: Props) {
  const { timeZone, windows } = schedule;
  const zones = [...new Set([timeZone, 'UTC', ...Intl.supportedValuesOf('timeZone')])];
  const add = (window: Window) => onChange({ timeZone, windows: [...windows, window] });
  const replace = (index: number, change: Partial<Window>) =>
    onChange({ timeZone, windows: windows.map((w, i) => (i === index ? { ...w, ...change } : w)) });
  const isComplete = windows.length > 0 && windows.every((w) => w.days.length > 0 && w.from && w.to);
  return (
    <FormField label={t('ranges:schedule')} description={t('ranges:scheduleHelp')} errorText={fault('schedule')} stretch>
      <SpaceBetween size="s">
        {windows.map((window, i) => {
          const faultOf = (name: keyof Window) => fault(`schedule.windows[${i}].${name}`);
          const time = (name: 'from' | 'to') => (
            <FormField label={t(`ranges:${name}`)}>
              <Input
                value={window[name]}
                invalid={!!faultOf(name)}
                placeholder="hh:mm"
                inputMode="numeric"
                onChange={({ detail }) => replace(i, { [name]: detail.value })}
                onBlur={() => replace(i, { [name]: timeOf(window[name]) })}
              />
            </FormField>
          );
          return (
            <div key={i} role="group" aria-label={t('ranges:window', { number: i + 1 })} className="hours">
              <FormField label={t('ranges:window', { number: i + 1 })} errorText={faultOf('days') ?? faultOf('from') ?? faultOf('to')}>
                <div className="days">
                  {days.map((day) => (
                    <Checkbox
                      key={day}
                      checked={window.days.includes(day)}
                      onChange={({ detail }) =>
                        replace(i, { days: days.filter((d) => (d === day ? detail.checked : window.days.includes(d))) })
                      }
                    >
                      {t(`days.${day}`)}
                    </Checkbox>
                  ))}
                </div>
              </FormField>
              <div className="times">
                {time('from')}
                {time('to')}
                <Button
                  variant="icon"
                  iconName="remove"
                  formAction="none"
                  ariaLabel={`${t('ranges:removeWindow')} (${i + 1})`}
                  onClick={() => onChange({ timeZone, windows: windows.filter((_, j) => j !== i) })}
                />
              </div>
            </div>
          );
        })}
        <SpaceBetween direction="horizontal" size="xs">
          {windows.length === 0 && (
            <Button formAction="none" onClick={() => add({ days: days.slice(0, 5), from: '09:00', to: '18:00' })}>
              {t('ranges:weekdays')}
            </Button>
          )}
          <Button
            formAction="none"
            iconName="add-plus"
            onClick={() => add({ days: [], from: windows.at(-1)?.from ?? '', to: windows.at(-1)?.to ?? '' })}
          >
            {t('ranges:addWindow')}
          </Button>
        </SpaceBetween>
        {windows.length > 0 && (
          <FormField label={t('ranges:timeZone')} errorText={fault('schedule.timeZone')}>
            <Select
              selectedOption={{ value: timeZone }}
              options={zones.map((value) => ({ value }))}
              filteringType="auto"
              filteringAriaLabel={t('search')}
              virtualScroll
              onChange={({ detail }) => onChange({ timeZone: detail.selectedOption.value!, windows })}
            />
          </FormField>
        )}
        {isComplete && <Box fontWeight="bold">{t('ranges:means', { schedule: scheduleText(schedule) })}</Box>}
      </SpaceBetween>
    </FormField>
  );
}
