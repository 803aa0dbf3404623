export const sessions = {
  en: {
    title: '',
  },
  ja: {
    title: '',
  },
};
