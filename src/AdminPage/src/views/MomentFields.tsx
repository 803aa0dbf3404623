import DatePicker from '@cloudscape-design/components/date-picker';
import FormField from '@cloudscape-design/components/form-field';
import TimeInput from '@cloudscape-design/components/time-input';
import './ranges.css';

/** A moment as two fields show it, in the browser's zone. While somebody types there can be anything in them. */
export interface Moment {
  day: string;
  time: string;
}

export const noMoment: Moment = { day: '', time: '' };

export function momentOf(time: string | null | undefined): Moment {
  if (!time) {
    return noMoment;
  }
  const at = new Date(time);
  const two = (n: number) => String(n).padStart(2, '0');
  return {
    day: `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`,
    time: `${two(at.getHours())}:${two(at.getMinutes())}`,
  };
}

/**
 * The moment as the API takes it: null where there is none, undefined where the fields don't say one (yet). Where they still show what
 * it was, it stays that, seconds and all.
 */
export function timeOf({ day, time }: Moment, was?: string | null): string | null | undefined {
  if (!day) {
    return null;
  }
  const shown = momentOf(was);
  if (day === shown.day && time === shown.time) {
    return was;
  }
  // A Date takes "2026" and 30 February as well, for another day than somebody means.
  const text = `${day}T${time}`;
  const at = new Date(/^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(text) ? text : NaN);
  return !Number.isNaN(at.getTime()) && momentOf(at.toISOString()).day === day ? at.toISOString() : undefined;
}

interface Props {
  label: string;
  timeLabel: string;
  help: string;
  value: Moment;

  /** The time of the day as soon as a day is chosen. */
  timeToBegin?: string;
  errorText: string | undefined;
  onChange: (value: Moment) => void;
}

/** A day and a time of it, or none. */
export function MomentFields({ label, timeLabel, help, value, timeToBegin = '00:00', errorText, onChange }: Props) {
  return (
    <div className="moment">
      <FormField label={label} constraintText={help} errorText={errorText}>
        <DatePicker
          value={value.day}
          placeholder="YYYY/MM/DD"
          onChange={({ detail }) => onChange({ day: detail.value, time: detail.value ? value.time || timeToBegin : '' })}
        />
      </FormField>
      <FormField label={timeLabel}>
        <TimeInput
          value={value.time}
          format="hh:mm"
          placeholder="hh:mm"
          disabled={!value.day}
          onChange={({ detail }) => onChange({ ...value, time: detail.value })}
        />
      </FormField>
    </div>
  );
}
