export const messages = {
  en: {
    title: '',
  },
  ja: {
    title: '',
  },
};
