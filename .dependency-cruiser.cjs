/** Who may import whom (docs/architecture.md). */
const electron = { path: '(^|node_modules/)electron($|/)', dependencyTypesNot: ['type-only'] }

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'shared-is-pure',
      severity: 'error',
      from: { path: '^src/shared' },
      to: { path: '^src/(main|renderer)' },
    },
    {
      name: 'shared-runs-anywhere',
      severity: 'error',
      from: { path: '^src/shared' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'renderer-only-shared',
      severity: 'error',
      from: { path: '^src/renderer' },
      to: { path: '^src/main' },
    },
    {
      name: 'engine-only-shared',
      severity: 'error',
      from: { path: '^src/main/engine' },
      to: { path: '^src/', pathNot: '^src/(main/engine|shared)' },
    },
    {
      name: 'host-only-shared',
      severity: 'error',
      from: { path: '^src/main/host' },
      to: { path: '^src/', pathNot: '^src/(main/host|shared)' },
    },
    {
      name: 'serve-only-host',
      severity: 'error',
      from: { path: '^src/main/serve' },
      to: { path: '^src/', pathNot: '^src/(main/(host|serve)|shared)' },
    },
    {
      name: 'cli-engine-and-serve',
      severity: 'error',
      from: { path: '^src/main/(cli|commands)' },
      to: { path: '^src/', pathNot: '^src/(main/(engine|serve|cli|commands)|shared)' },
    },
    {
      name: 'no-electron-outside-main',
      severity: 'error',
      from: { path: '^src/(main/(engine|host|commands|serve|cli)|shared|renderer)' },
      to: electron,
    },
    {
      name: 'tensorflow-only-there',
      severity: 'error',
      from: {
        path: '^src',
        pathNot: '^src/main/engine/(backend|model|training|evaluation|classify|bank|exchange)',
      },
      to: { path: '@tensorflow/' },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.node.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.vue', '.js', '.json'],
      conditionNames: ['import', 'node', 'default', 'types'],
      exportsFields: ['exports'],
    },
  },
}
