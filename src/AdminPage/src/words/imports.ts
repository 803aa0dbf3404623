export const imports = {
  en: {
    title: '',
  },
  ja: {
    title: '',
  },
};
