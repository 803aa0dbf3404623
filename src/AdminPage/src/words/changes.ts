export const changes = {
  en: {
    title: '',
  },
  ja: {
    title: '',
  },
};
