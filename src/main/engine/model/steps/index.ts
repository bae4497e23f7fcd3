import type { CompiledStep, StepOf } from '../../../../shared/model/compiled.ts'
import type { Layer } from '../../../../shared/model/spec.ts'
import { activationStep } from './activation.ts'
import { attentionStep } from './attention.ts'
import { averagePoolStep } from './avgpool.ts'
import { batchNormStep } from './batchnorm.ts'
import { classTokenStep } from './classtoken.ts'
import { convStep } from './conv.ts'
import { dropoutStep } from './dropout.ts'
import { flattenStep } from './flatten.ts'
import { layerNormStep } from './layernorm.ts'
import { layerScaleStep } from './layerscale.ts'
import { linearStep } from './linear.ts'
import { maxPoolStep } from './maxpool.ts'
import { pathsStep } from './paths.ts'
import { positionStep } from './position.ts'
import type { Step } from './step.ts'
import { takeClassStep } from './takeclass.ts'
import { tokensStep } from './tokens.ts'

type Computing = Exclude<Layer['kind'], 'sequence' | 'block'>

const makers: { readonly [K in Computing]: (step: StepOf<K>) => Step } = {
  conv: convStep,
  linear: linearStep,
  batchnorm: batchNormStep,
  layernorm: layerNormStep,
  layerscale: layerScaleStep,
  relu: activationStep,
  relu6: activationStep,
  sigmoid: activationStep,
  hardsigmoid: activationStep,
  hardswish: activationStep,
  silu: activationStep,
  gelu: activationStep,
  maxpool: maxPoolStep,
  avgpool: averagePoolStep,
  flatten: flattenStep,
  dropout: dropoutStep,
  tokens: tokensStep,
  classtoken: classTokenStep,
  position: positionStep,
  attention: attentionStep,
  takeclass: takeClassStep,
  paths: (step) =>
    pathsStep(
      step,
      step.paths.map((path) => path.map(stepOf)),
    ),
}

/** The step that runs what was compiled. */
export const stepOf = (compiled: CompiledStep): Step =>
  (makers[compiled.placed.layer.kind] as (step: CompiledStep) => Step)(compiled)
