export default function RuleTests() {
  return null;
}
