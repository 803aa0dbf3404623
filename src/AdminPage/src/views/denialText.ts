import type { Schemas } from '../api';

export const reasons = [
  'address-not-allowed', 'not-in-scope', 'outside-validity', 'outside-schedule', 'address-blocked', 'invalid-request', 'rules-unavailable',
] as const satisfies Schemas['DenialReason'][];

export const maxLength = 255;

/** The placeholders of denial messages, each with a value to show how it looks. */
export const samples = {
  'public-ip': '203.0.113.7',
  username: 'alice',
  'common-name': 'laptop.example.com',
  'endpoint-id': 'cvpn-endpoint-0f13eab7f860433cc',
  'connection-id': 'cvpn-connection-04e7e1b2f0daf9460',
  reason: 'address-not-allowed',
};

/** A message with values in its placeholders, as the handler fills it in: what is no placeholder stays as it is. */
export const fill = (text: string, values: Record<string, string>) =>
  text.replace(/\{([^{}]*)\}/g, (whole, name: string) => values[name] ?? whole);

/** Cut as the handler does it: to 255 UTF-16 code units, and not through a character as people see it. */
export function cut(text: string) {
  let length = 0;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (length + segment.length > maxLength) {
      break;
    }
    length += segment.length;
  }
  return text.slice(0, length);
}
