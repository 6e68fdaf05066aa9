import { remote } from '../../host/desk-kit/build/remote.ts'

export default remote('people', import.meta.dirname)
