// One list of singletons for the shell and every remote; remotes never carry a copy of their own.
const names = ['react', 'react/jsx-runtime', 'react-dom', '@bm/desk-kit']

export const shared = (who: 'shell' | 'remote') =>
  Object.fromEntries(
    names.map((name) => [
      name,
      {
        singleton: true,
        strictVersion: false,
        ...(who === 'remote' ? { import: false as const } : {}),
        ...(name === '@bm/desk-kit' ? { version: '0.1.0', requiredVersion: '^0.1.0' } : {}),
      },
    ]),
  )
