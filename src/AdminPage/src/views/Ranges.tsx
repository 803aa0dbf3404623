import { useRoute } from '../route';
import { NewRange } from './RangeForm';
import { RangeList } from './RangeList';
import { RangeView } from './RangeView';

/** The list, `ranges/new`, `ranges/<id>` and `ranges/<id>/edit`. */
export default function Ranges() {
  const [, id, part] = useRoute().path;
  return id === undefined ? <RangeList /> : id === 'new' ? <NewRange /> : <RangeView id={id} isEditing={part === 'edit'} />;
}
