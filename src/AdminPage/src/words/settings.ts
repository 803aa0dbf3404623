export const settings = {
  en: {
    title: '',
  },
  ja: {
    title: '',
  },
};
