import { useRoute } from '../route';
import { NewList } from './ListForm';
import { ListTable } from './ListTable';
import { ListView } from './ListView';

/** The lists, `lists/new`, `lists/<id>` and `lists/<id>/edit`. */
export default function AddressLists() {
  const [, id, part] = useRoute().path;
  return id === undefined ? <ListTable /> : id === 'new' ? <NewList /> : <ListView id={id} isEditing={part === 'edit'} />;
}
