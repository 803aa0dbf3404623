export default function Ranges() {
  return null;
}
