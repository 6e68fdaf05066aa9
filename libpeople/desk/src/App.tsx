// What people adds to the Desk beyond what its metadata draws.
import { type About, DomainPages } from '@bm/desk-kit'

export const about: About = {
  connections: [
    { of: 'people.employee', type: 'people.leave_application', field: 'employee' },
    { of: 'people.employee', type: 'people.expense_claim', field: 'employee' },
  ],
  search: ['people.employee', 'people.expense_claim'],
  todos: [
    {
      type: 'people.leave_application',
      label: 'Leave to decide',
      filter: { state: 'submitted' },
      decide: ['sanction', 'reject'],
    },
    {
      type: 'people.expense_claim',
      label: 'Claims to decide',
      filter: { state: 'submitted' },
      decide: ['approve', 'reject'],
    },
  ],
}

export default function App({ path }: { path: string }) {
  return <DomainPages path={path} />
}
