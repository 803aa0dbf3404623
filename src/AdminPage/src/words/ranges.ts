export const ranges = {
  en: {
    title: '',
  },
  ja: {
    title: '',
  },
};
