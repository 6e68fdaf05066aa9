import { FormView } from './form'
import { t } from './i18n'
import { ListView } from './list'
import { PrintView } from './print'
import { ReportView } from './report'
import { useRoute } from './router'
import { Button, Empty } from './ui'

/** Every page of a domain that the metadata alone can draw. path: "/wms/purchase-orders/01M8…". */
export function DomainPages({ path }: { path: string }) {
  const { go } = useRoute()
  const [, module, second, third, ...rest] = path.split('/')
  if (module && second === 'reports' && third && rest.length === 0) return <ReportView module={module} name={third} />
  if (module && second && !third) return <ListView module={module} collection={second} />
  if (module && second && third && rest.length === 0)
    return <FormView key={path} module={module} collection={second} id={decodeURIComponent(third)} />
  if (module && second && third && rest.length === 1 && rest[0] === 'print')
    return <PrintView module={module} collection={second} id={decodeURIComponent(third)} />
  return (
    <Empty title={t('There is nothing at this address')}>
      <Button onPress={() => go('/')}>{t('Home')}</Button>
    </Empty>
  )
}
