export const tests = {
  en: {
    title: '',
  },
  ja: {
    title: '',
  },
};
