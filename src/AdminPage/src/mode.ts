import { applyMode, Mode } from '@cloudscape-design/global-styles';
import { useSyncExternalStore } from 'react';

const system = matchMedia('(prefers-color-scheme: dark)');
const listeners = new Set<() => void>();

/** Dark as somebody chose it in this browser, else as their system is. */
const isDark = () => (localStorage.getItem('mode') ?? (system.matches ? 'dark' : 'light')) === 'dark';

function apply() {
  applyMode(isDark() ? Mode.Dark : Mode.Light);
  document.documentElement.style.colorScheme = isDark() ? 'dark' : 'light';
  listeners.forEach((listener) => listener());
}

apply();
system.addEventListener('change', apply);

export function setDark(dark: boolean) {
  localStorage.setItem('mode', dark ? 'dark' : 'light');
  apply();
}

export const useIsDark = () =>
  useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, isDark);
