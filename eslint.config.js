import { defineConfigWithVueTs, vueTsConfigs } from '@vue/eslint-config-typescript'
import vue from 'eslint-plugin-vue'

const electronOnlyInMain = {
  '@typescript-eslint/no-restricted-imports': [
    'error',
    { paths: [{ name: 'electron', message: 'only in files directly in src/main', allowTypeImports: true }] },
  ],
}

export default defineConfigWithVueTs(
  { ignores: ['out/**', 'dist/**', 'stage/**', 'vendor/**', 'node_modules/**', '.cache/**', 'coverage/**'] },
  vue.configs['flat/recommended'],
  vueTsConfigs.strictTypeChecked,
  {
    rules: {
      // Numbers read well in templates; everything else still has to be a string.
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      // `noUncheckedIndexedAccess` makes every array read possibly undefined; where the bound is plain from the
      // loop, `!` says so in one character.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/html-self-closing': 'off',
      'vue/html-indent': 'off',
      'vue/html-closing-bracket-newline': 'off',
      'vue/multiline-html-element-content-newline': 'off',
      'vue/require-default-prop': 'off',
    },
  },
  {
    files: [
      'src/main/engine/**/*.ts',
      'src/main/host/**/*.ts',
      'src/shared/**/*.ts',
      'src/main/serve.ts',
      'src/main/cli.ts',
    ],
    rules: electronOnlyInMain,
  },
)
