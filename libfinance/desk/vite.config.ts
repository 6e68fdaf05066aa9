import { remote } from '../../host/desk-kit/build/remote.ts'

export default remote('finance', import.meta.dirname)
