import { remote } from '../../host/desk-kit/build/remote.ts'

export default remote('wms', import.meta.dirname)
