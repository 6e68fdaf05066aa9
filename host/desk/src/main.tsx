import { createRoot } from 'react-dom/client'
import { TamaguiProvider, Theme, View, Text, config } from '@bm/desk-kit'
createRoot(document.getElementById('root')!).render(<TamaguiProvider config={config} defaultTheme="light"><Theme name="light"><View p={10} bg="$surface"><Text color="$accent">hi</Text></View></Theme></TamaguiProvider>)
